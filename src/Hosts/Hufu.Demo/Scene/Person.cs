using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Pki;

namespace Hufu.Demo.Scene;

/// <summary>Somebody with a PIN-protected soft token of their own.</summary>
internal sealed class Person : IDisposable
{
    private const string Container = "staff";

    private readonly SoftToken token;

    /// <summary>Everybody's password in the demo.</summary>
    public const string Password = "Mei7-zhu.lan!";

    private Person(string userName, string name, string pin, SoftToken token)
    {
        UserName = userName;
        Name = name;
        Pin = pin;
        this.token = token;
    }

    /// <summary>Their real name.</summary>
    public string Name { get; }

    /// <summary>Their user name: the room and the role, such as <c>ra-entry-clerk</c>.</summary>
    public string UserName { get; }

    /// <summary>Their PIN; in the demo only, everybody's is known.</summary>
    public string Pin { get; }

    /// <summary>Their certificate, once they have one.</summary>
    public Certificate Certificate { get; private set; } = null!;

    /// <summary>Their token's folder.</summary>
    public SoftToken Token => token;

    /// <summary>Makes a token with a pair in it; a share holder's also opens what is enveloped to it.</summary>
    public static Person WithToken(string directory, string userName, string name, string pin, KeyUse use)
    {
        var token = SoftToken.Create(directory, name, pin);
        token.GenerateSigningPair(Container, use);
        return new Person(userName, name, pin, token);
    }

    /// <summary>The request that an administrator gets: PKCS#10 made in the token.</summary>
    public PersonRequest Request() =>
        new(Name, CertificationRequest.Create(DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, Name)), token.GetSigner(Container)).Encode());

    /// <summary>Takes the certificate that came back into the token.</summary>
    public void Receive(byte[] certificate)
    {
        Certificate = Certificate.Decode(certificate);
        token.ImportCertificate(Container, KeyUse.Signing, Certificate);
    }

    /// <summary>Signs what they do.</summary>
    public SignedAct Sign(ActStatement statement) => SignedAct.Sign(statement, token.GetSigner(Container));

    /// <summary>Hands on what was enveloped to them to somebody else's key; it is in the clear inside the token only.</summary>
    public byte[] HandOn(byte[] sm2Cipher, SubjectPublicKeyInfo recipient) => token.ReEnvelop(Container, sm2Cipher, recipient.Sm2!);

    /// <inheritdoc />
    public void Dispose() => token.Dispose();
}
