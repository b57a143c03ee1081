using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Kernel.Tests.Pki;

/// <summary>A hierarchy in memory: root, CA below it, a dual pair, an OCSP responder, a time-stamping authority. Made once.</summary>
internal sealed class TestPki
{
    private static readonly Lazy<TestPki> s_instance = new(() => new TestPki());

    internal static readonly DateTimeOffset Now = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    private TestPki()
    {
        Root = Issue("C=CN, O=虎符测试, CN=Root", RootKey, null, null, Authority(null));
        Ca = Issue("C=CN, O=虎符测试, CN=CA", CaKey, Root, RootKey, Authority(0));
        Signing = Issue("C=CN, O=某单位, CN=张三", SigningKey, Ca, CaKey, EndEntity(KeyUsages.Signing));
        Encryption = Issue("C=CN, O=某单位, CN=张三", EncryptionKey, Ca, CaKey, EndEntity(KeyUsages.Encryption));
        Ocsp = Issue("C=CN, O=虎符测试, CN=OCSP", OcspKey, Ca, CaKey,
            [new KeyUsageExtension(KeyUsages.DigitalSignature).ToExtension(), new ExtendedKeyUsage([Oids.PurposeOcspSigning]).ToExtension(false), OcspNoCheck.ToExtension()]);
        Tsa = Issue("C=CN, O=虎符测试, CN=TSA", TsaKey, Ca, CaKey,
            [new KeyUsageExtension(KeyUsages.Signing).ToExtension(), new ExtendedKeyUsage([Oids.PurposeTimeStamping]).ToExtension(true)]);
        Km = Issue("C=CN, O=虎符测试, CN=KM", KmKey, Ca, CaKey, EndEntity(KeyUsages.Signing));
    }

    internal static TestPki Instance => s_instance.Value;

    internal Sm2KeyPair RootKey { get; } = Sm2KeyPair.Generate();

    internal Sm2KeyPair CaKey { get; } = Sm2KeyPair.Generate();

    internal Sm2KeyPair SigningKey { get; } = Sm2KeyPair.Generate();

    internal Sm2KeyPair EncryptionKey { get; } = Sm2KeyPair.Generate();

    internal Sm2KeyPair OcspKey { get; } = Sm2KeyPair.Generate();

    internal Sm2KeyPair TsaKey { get; } = Sm2KeyPair.Generate();

    internal Sm2KeyPair KmKey { get; } = Sm2KeyPair.Generate();

    internal Certificate Root { get; }

    internal Certificate Ca { get; }

    internal Certificate Signing { get; }

    internal Certificate Encryption { get; }

    internal Certificate Ocsp { get; }

    internal Certificate Tsa { get; }

    internal Certificate Km { get; }

    internal static CertificateExtension[] Authority(int? pathLength) => [new BasicConstraints(true, pathLength).ToExtension(), new KeyUsageExtension(KeyUsages.Authority).ToExtension()];

    internal static CertificateExtension[] EndEntity(KeyUsages usages) => [new KeyUsageExtension(usages).ToExtension(), new CertificatePolicies([new CertificatePolicy("1.2.156.112600.1.1")]).ToExtension()];

    internal static TbsCertificate Tbs(string subject, SubjectPublicKeyInfo key, Certificate? issuer, params CertificateExtension[] extensions) => new()
    {
        SerialNumber = SerialNumber.Create(),
        Signature = AlgorithmIdentifier.Sm2WithSm3,
        Issuer = issuer?.Subject ?? DistinguishedName.Parse(subject),
        NotBefore = Now.AddDays(-1),
        NotAfter = Now.AddYears(5),
        Subject = DistinguishedName.Parse(subject),
        PublicKey = key,
        Extensions =
        [
            issuer is null ? AuthorityKeyIdentifier.FromKeyIdentifier(key.KeyIdentifier).ToExtension() : AuthorityKeyIdentifier.FromIssuer(issuer).ToExtension(),
            new SubjectKeyIdentifier(key.KeyIdentifier).ToExtension(),
            .. extensions,
        ],
    };

    internal static Certificate Issue(string subject, Sm2KeyPair key, Certificate? issuer, Sm2KeyPair? issuerKey, params CertificateExtension[] extensions) =>
        Certificate.Sign(Tbs(subject, key.PublicKey, issuer, extensions), issuerKey ?? key);

    internal static Sm2KeyPair Key(string hex) => new(Sm2PrivateKey.TryImport(Convert.FromHexString(hex), out Sm2PrivateKey? key) ? key : throw new InvalidOperationException("No SM2 key."));
}
