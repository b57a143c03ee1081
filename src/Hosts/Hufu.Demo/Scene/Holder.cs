using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Pki;

namespace Hufu.Demo.Scene;

/// <summary>A subscriber with a soft token: the signing pair is made in it, the encryption pair is imported into it.</summary>
internal sealed class Holder : IDisposable
{
    private const string Container = "pair";

    private readonly SoftToken token;

    private Holder(SoftToken token, string name)
    {
        this.token = token;
        Name = name;
    }

    public string Name { get; }

    public string Application { get; set; } = "";

    public string AccessToken { get; set; } = "";

    public Certificate Signing { get; private set; } = null!;

    public Certificate Encryption { get; private set; } = null!;

    public ISigner Signer => token.GetSigner(Container);

    public IDecryptor Decryptor => token.GetDecryptor(Container);

    /// <summary>Makes the token and the signing pair in it.</summary>
    public static Holder WithToken(string directory, string name, string pin)
    {
        var token = SoftToken.Create(directory, name, pin);
        token.GenerateSigningPair(Container);
        return new Holder(token, name);
    }

    /// <summary>PKCS#10 with the signing key.</summary>
    public byte[] Request() => CertificationRequest.Create(DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, Name)), Signer).Encode();

    /// <summary>Takes the fetched pair into the token: the encryption private key is unwrapped inside it.</summary>
    public void Import(FetchedPair pair)
    {
        Signing = Certificate.Decode(pair.SigningCertificate);
        Encryption = Certificate.Decode(pair.EncryptionCertificate ?? throw new InvalidDataException("The encryption certificate is missing."));
        var enveloped = Sm2EnvelopedKey.Decode(pair.EnvelopedKey ?? throw new InvalidDataException("The encryption key is missing."));
        token.ImportEncryptionPair(Container, enveloped);
        token.ImportCertificate(Container, KeyUse.Signing, Signing);
        token.ImportCertificate(Container, KeyUse.Encryption, Encryption);
    }

    /// <inheritdoc />
    public void Dispose() => token.Dispose();
}
