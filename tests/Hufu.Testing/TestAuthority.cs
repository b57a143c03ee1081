using Hufu.Pki;

namespace Hufu.Testing;

/// <summary>A small PKI in memory: a root and an operational CA below it, which certify whatever a test asks for.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly Sm2KeyPair _rootKey = Sm2KeyPair.Generate();
    private readonly Sm2KeyPair _caKey = Sm2KeyPair.Generate();
    private readonly TimeProvider _clock;

    public TestAuthority(TimeProvider clock)
    {
        _clock = clock;
        Root = Certify(Name("测试根"), _rootKey.PublicKey, Name("测试根"), _rootKey, TimeSpan.FromDays(3650), [new BasicConstraints(true).ToExtension(), Usage(KeyUsages.KeyCertSign | KeyUsages.CrlSign)]);
        Ca = Certify(Name("测试 CA"), _caKey.PublicKey, Root.Subject, _rootKey, TimeSpan.FromDays(3000), [new BasicConstraints(true, 0).ToExtension(), Usage(KeyUsages.KeyCertSign | KeyUsages.CrlSign)]);
    }

    public Certificate Root { get; }

    public Certificate Ca { get; }

    /// <summary>Issuing CA first, root last.</summary>
    public IReadOnlyList<Certificate> Chain => [Ca, Root];

    /// <summary>The CA's key, for tests that sign CRLs and answers.</summary>
    public Sm2KeyPair CaKey => _caKey;

    /// <summary>The root's key.</summary>
    public Sm2KeyPair RootKey => _rootKey;

    public static CertificateExtension Usage(KeyUsages usages) => new KeyUsageExtension(usages).ToExtension();

    public static DistinguishedName Name(string commonName) =>
        DistinguishedName.Create((Oids.Country, "CN"), (Oids.Organization, "测试机构"), (Oids.CommonName, commonName));

    /// <summary>An end-entity certificate from the CA.</summary>
    public Certificate Issue(string commonName, SubjectPublicKeyInfo key, KeyUsages usages = KeyUsages.DigitalSignature | KeyUsages.NonRepudiation, TimeSpan? life = null, params CertificateExtension[] more) =>
        Certify(Name(commonName), key, Ca.Subject, _caKey, life ?? TimeSpan.FromDays(365), [Usage(usages), .. more]);

    /// <summary>A person with a key and a certificate from the CA.</summary>
    public TestPerson Person(string name, TimeSpan? life = null)
    {
        var key = Sm2KeyPair.Generate();
        return new TestPerson(name, key, Issue(name, key.PublicKey, life: life));
    }

    public void Dispose()
    {
        _rootKey.Dispose();
        _caKey.Dispose();
    }

    private Certificate Certify(
        DistinguishedName subject, SubjectPublicKeyInfo key, DistinguishedName issuer, Sm2KeyPair signer, TimeSpan life, IReadOnlyList<CertificateExtension> extensions)
    {
        var now = _clock.GetUtcNow();
        var notBefore = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, now.Minute, now.Second, TimeSpan.Zero).AddMinutes(-1);
        return Certificate.Sign(
            new TbsCertificate
            {
                SerialNumber = SerialNumber.Create(),
                Signature = AlgorithmIdentifier.Sm2WithSm3,
                Issuer = issuer,
                NotBefore = notBefore,
                NotAfter = notBefore + life,
                Subject = subject,
                PublicKey = key,
                Extensions =
                [
                    AuthorityKeyIdentifier.FromKeyIdentifier(signer.PublicKey.KeyIdentifier).ToExtension(),
                    new SubjectKeyIdentifier(key.KeyIdentifier).ToExtension(),
                    .. extensions,
                ],
            },
            signer);
    }
}
