using Hufu.Crypto;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Pki;
using Hufu.Testing;

namespace Hufu.Modules.Tests.Ra;

/// <summary>Somebody who applies, with a real token.</summary>
internal sealed class Applicant : IDisposable
{
    private const string Container = "cert";
    private const string Pin = "holder-pin-1";

    public const string CreditCode = "91110108MA01HF261H";
    public const string AgentIdentityNumber = "110101199003076632";
    public const string AgentPhone = "010-55667788";
    public const string AgentEmail = "agent@unit.example";
    public const string Phrase = "北风卷地白草折";

    private readonly TempFolder _folder = new();

    public Applicant()
    {
        Token = SoftToken.Create(_folder["token"], "holder", Pin, DeviceOptions.ForTests);
        Token.VerifyPin(Pin);
        Token.GenerateSigningPair(Container);
    }

    public SoftToken Token { get; }

    public ISigner Signer => Token.GetSigner(Container);

    public static Dictionary<string, string> Fields() => new()
    {
        ["organisationName"] = "北京虎符科技有限公司",
        ["creditCode"] = CreditCode,
        ["province"] = "北京市",
        ["agentName"] = "赵经办",
        ["agentIdentityNumber"] = AgentIdentityNumber,
        ["agentPhone"] = AgentPhone,
        ["agentEmail"] = AgentEmail,
    };

    /// <summary>The request of the last application that was made.</summary>
    public byte[] LastRequest { get; private set; } = [];

    public byte[] Request() => LastRequest = RequestBy(Signer);

    public static byte[] RequestBy(ISigner signer) => CertificationRequest.Create(TestAuthority.Name("随便"), signer).Encode();

    public NewApplication Application() => new("organisation", Fields(), Request(), Phrase, "1.0", AgreementAccepted: true, Publish: true);

    public SubjectPublicKeyInfo Import(FetchedPair pair)
    {
        Token.ImportCertificate(Container, KeyUse.Signing, Certificate.Decode(pair.SigningCertificate));
        var key = Token.ImportEncryptionPair(Container, Sm2EnvelopedKey.Decode(pair.EnvelopedKey!));
        Token.ImportCertificate(Container, KeyUse.Encryption, Certificate.Decode(pair.EncryptionCertificate!));
        return key;
    }

    /// <summary>Takes a key that was encrypted to this token.</summary>
    public SubjectPublicKeyInfo Recover(byte[] envelope) => Token.ImportEncryptionPair(Container, Sm2EnvelopedKey.Decode(envelope));

    public byte[] Decrypt(byte[] cipher) => Token.GetDecryptor(Container).Decrypt(cipher);

    public void Dispose()
    {
        Token.Dispose();
        _folder.Dispose();
    }
}

/// <summary>Signs in ways that prove nothing.</summary>
internal sealed class BadSigner(SubjectPublicKeyInfo publicKey, Func<byte[], byte[]> sign) : ISigner
{
    public SubjectPublicKeyInfo PublicKey { get; } = publicKey;

    public AlgorithmIdentifier Algorithm => AlgorithmIdentifier.Sm2WithSm3;

    public byte[] Sign(ReadOnlySpan<byte> data) => sign(data.ToArray());

    /// <summary>The key of one pair in the request, the signature of another.</summary>
    public static BadSigner OtherKey()
    {
        var (one, other) = (Sm2KeyPair.Generate(), Sm2KeyPair.Generate());
        return new BadSigner(one.PublicKey, data => other.Sign(data));
    }

    /// <summary>SM3 over the data alone, as software does that takes SM2 for ECDSA.</summary>
    public static BadSigner WithoutZ()
    {
        var key = Sm2KeyPair.Generate();
        return new BadSigner(key.PublicKey, data => key.SignDigest(Sm3.HashData(data)));
    }

    /// <summary>Z over an empty user id: what openssl 3.0 does when it is not told one.</summary>
    public static BadSigner EmptyId()
    {
        var key = Sm2KeyPair.Generate();
        return new BadSigner(key.PublicKey, data =>
        {
            var digest = new byte[Sm3.HashSizeInBytes];
            key.PublicKey.Sm2!.ComputeDigest([], data, digest);
            return key.SignDigest(digest);
        });
    }
}
