using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Messaging;
using Hufu.Pki;
using Xunit;

namespace Hufu.Modules.Tests.Messaging;

public sealed class IdentityTests : IDisposable
{
    private static readonly DateTimeOffset Now = TestAuthority.From.AddMonths(6);
    private readonly string _folder = Directory.CreateTempSubdirectory("hufu-identity-").FullName;
    private readonly TestAuthority _authority = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private RoomIdentity Open() => RoomIdentity.Open(Rooms.Ca, _folder, "room pin 1", DeviceOptions.ForTests);

    private static Refusal Refused(Action act) => Assert.Throws<RefusedException>(act).Refusal;

    [Fact]
    public void The_keys_are_made_once_and_the_certificates_come_back_after_a_restart()
    {
        SubjectPublicKeyInfo signing;
        using (RoomIdentity identity = Open())
        {
            signing = identity.Signer.PublicKey;
            Assert.False(identity.IsInstalled);
            Assert.Equal(RefusalCode.NotInitialised, Refused(() => identity.AsPeer()).Code);
            _authority.Certify(identity, Now);
        }

        using RoomIdentity again = Open();
        Assert.True(again.IsInstalled);
        Assert.Equal(signing, again.SigningCertificate!.PublicKey);
        Assert.Equal(again.Decryptor.PublicKey, again.EncryptionCertificate!.PublicKey);
        Assert.Equal(again.AuditSigner.PublicKey, again.AuditCertificate!.PublicKey);
        Assert.Equal([_authority.Root], again.Chain);
        Assert.Equal(again.SigningCertificate.Encode(), again.AsPeer().SigningCertificate);
        Assert.Equal(3, new[] { again.Signer.PublicKey, again.Decryptor.PublicKey, again.AuditSigner.PublicKey }.Distinct().Count());
    }

    [Fact]
    public void Each_request_proves_possession_of_its_own_key()
    {
        using RoomIdentity identity = Open();
        IdentityRequests requests = identity.MakeRequests(DistinguishedName.Parse("CN=ca,C=CN"));
        CertificationRequest[] decoded = [.. new[] { requests.Signing, requests.Encryption!, requests.Audit }.Select(r => CertificationRequest.Decode(r))];
        Assert.All(decoded, r => Assert.Equal(Possession.Proven, r.CheckPossession()));
        Assert.Equal([identity.Signer.PublicKey, identity.Decryptor.PublicKey, identity.AuditSigner.PublicKey], decoded.Select(r => r.PublicKey));
    }

    [Fact]
    public void Certificates_that_do_not_fit_are_refused_and_the_old_ones_stay()
    {
        using RoomIdentity identity = Open();
        Certificate signing = _authority.Issue(identity.Signer.PublicKey, "ca", KeyUsages.DigitalSignature);
        Certificate encryption = _authority.Issue(identity.Decryptor.PublicKey, "ca", KeyUsages.KeyEncipherment);
        Certificate audit = _authority.Issue(identity.AuditSigner.PublicKey, "ca", KeyUsages.DigitalSignature);
        Certificate[] chain = [_authority.Root];
        TestAuthority other = new("CN=other root,C=CN");
        Assert.Equal("signingCertificate", Refused(() => identity.Install(audit, encryption, audit, chain, Now)).Field);
        Assert.Equal("encryptionCertificate", Refused(() => identity.Install(signing, signing, audit, chain, Now)).Field);
        Assert.Equal("auditCertificate", Refused(() => identity.Install(signing, encryption, encryption, chain, Now)).Field);
        Assert.Equal("signingCertificate", Refused(() => identity.Install(signing, encryption, audit, [other.Root], Now)).Field);
        Assert.Equal("chain", Refused(() => identity.Install(signing, encryption, audit, [], Now)).Field);
        Assert.Equal("signingCertificate", Refused(() => identity.Install(
            _authority.Issue(identity.Signer.PublicKey, "ca", KeyUsages.KeyEncipherment), encryption, audit, chain, Now)).Field);
        Assert.Equal(RefusalCode.CertificateNotValid, Refused(() => identity.Install(signing, encryption, audit, chain, Now.AddYears(6))).Code);
        Assert.False(identity.IsInstalled);
        identity.Install(signing, encryption, audit, chain, Now);
        Assert.Throws<RefusedException>(() => identity.Install(audit, encryption, audit, chain, Now));
        Assert.Equal(signing, identity.SigningCertificate);
        identity.Install(signing, null, audit, chain, Now);
        Assert.Null(identity.EncryptionCertificate);
    }

    [Fact]
    [Clause("6.6.2.2-e")]
    public void Closing_a_room_deactivates_its_keys_for_whoever_holds_them()
    {
        RoomIdentity identity = Open();
        ISigner signer = identity.Signer;
        IDecryptor decryptor = identity.Decryptor;
        byte[] cipher = Sm2Cipher.Encrypt(decryptor.PublicKey.RequireSm2(), "x"u8).Encode();
        Assert.NotEmpty(signer.Sign("x"u8));
        Assert.Equal("x"u8.ToArray(), decryptor.Decrypt(cipher));
        identity.Dispose();
        Assert.Equal(DeviceError.Deactivated, Assert.Throws<DeviceException>(() => signer.Sign("x"u8)).Error);
        Assert.Equal(DeviceError.Deactivated, Assert.Throws<DeviceException>(() => decryptor.Decrypt(cipher)).Error);
        Assert.Equal(DeviceError.Deactivated, Assert.Throws<DeviceException>(() => identity.AuditSigner.Sign("x"u8)).Error);
    }

    [Fact]
    public void A_damaged_file_is_not_taken_for_certificates()
    {
        using (RoomIdentity identity = Open())
        {
            _authority.Certify(identity, Now);
        }

        string file = Path.Combine(_folder, "identity.der");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^5]);
        Assert.Throws<InvalidDataException>(Open);
    }
}
