using Hufu.Messaging;
using Hufu.Pki;

namespace Hufu.Modules.Tests.Messaging;

/// <summary>A root that certifies rooms in tests.</summary>
internal sealed class TestAuthority
{
    private readonly Sm2KeyPair _key = Sm2KeyPair.Generate();

    public TestAuthority(string name = "CN=test root,C=CN")
    {
        Root = Sign(_key.PublicKey, DistinguishedName.Parse(name), DistinguishedName.Parse(name), KeyUsages.KeyCertSign | KeyUsages.CrlSign, true, From, From.AddYears(10));
    }

    public static DateTimeOffset From { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public Certificate Root { get; }

    public Certificate Issue(SubjectPublicKeyInfo key, string name, KeyUsages usages, DateTimeOffset? notAfter = null) =>
        Issue(key, DistinguishedName.Parse($"CN={name},C=CN"), usages, notAfter ?? From.AddYears(5));

    public Certificate Issue(SubjectPublicKeyInfo key, DistinguishedName name, KeyUsages usages, DateTimeOffset notAfter) => Sign(key, Root.Subject, name, usages, false, From, notAfter);

    /// <summary>Certifies a room's own requests.</summary>
    public void Certify(RoomIdentity identity, DateTimeOffset now)
    {
        identity.Install(
            Issue(identity.Device.PublicKeyOf(RoomIdentity.SigningLabel), identity.Room, KeyUsages.DigitalSignature),
            Issue(identity.Device.PublicKeyOf(RoomIdentity.EncryptionLabel), identity.Room, KeyUsages.KeyEncipherment | KeyUsages.DataEncipherment),
            Issue(identity.Device.PublicKeyOf(RoomIdentity.AuditLabel), identity.Room, KeyUsages.DigitalSignature),
            [Root],
            now);
    }

    private Certificate Sign(
        SubjectPublicKeyInfo key, DistinguishedName issuer, DistinguishedName subject, KeyUsages usages, bool authority, DateTimeOffset from, DateTimeOffset to) =>
        Certificate.Sign(
            new TbsCertificate
            {
                SerialNumber = SerialNumber.Create(),
                Signature = _key.Algorithm,
                Issuer = issuer,
                Subject = subject,
                NotBefore = from,
                NotAfter = to,
                PublicKey = key,
                Extensions = authority
                    ? [new BasicConstraints(true).ToExtension(), new KeyUsageExtension(usages).ToExtension()]
                    : [new KeyUsageExtension(usages).ToExtension()],
            },
            _key);
}
