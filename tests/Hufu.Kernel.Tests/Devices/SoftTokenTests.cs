using Hufu.Crypto;
using Hufu.Devices;
using Hufu.Pki;
using Xunit;

namespace Hufu.Kernel.Tests.Devices;

public sealed class SoftTokenTests : IDisposable
{
    private const string Pin = "token pin 1";
    private readonly TemporaryFolder _folder = new();
    private readonly SoftToken _token;

    public SoftTokenTests() => _token = SoftToken.Create(_folder["t"], "张三 的令牌", Pin, DeviceOptions.ForTests);

    public void Dispose()
    {
        _token.Dispose();
        _folder.Dispose();
    }

    private static DeviceError Refused(Action act) => Assert.Throws<DeviceException>(act).Error;

    private SoftToken Reopen()
    {
        _token.Dispose();
        return SoftToken.Open(_folder["t"]);
    }

    [Fact]
    [Hufu.Contracts.Clause("6.6.2.2-h")]
    public void Keys_work_after_the_pin_only_and_stop_on_sign_out_and_on_closing()
    {
        SubjectPublicKeyInfo key = _token.GenerateSigningPair("main");
        using SoftToken token = Reopen();
        Assert.Equal("张三 的令牌", token.Label);
        Assert.Equal(["main"], token.Containers);
        ISigner signer = token.GetSigner("main");
        Assert.Equal(key, signer.PublicKey);
        Assert.Equal(DeviceError.PinNotVerified, Refused(() => signer.Sign("x"u8)));
        Assert.Equal(DeviceError.PinNotVerified, Refused(() => token.GenerateSigningPair("second")));
        token.VerifyPin(Pin);
        Assert.True(key.Verify(signer.Algorithm, "x"u8, signer.Sign("x"u8)));
        token.Logout();
        Assert.False(token.IsVerified);
        Assert.Equal(DeviceError.PinNotVerified, Refused(() => signer.Sign("x"u8)));
        token.VerifyPin(Pin);
        Assert.NotEmpty(signer.Sign("x"u8));
        token.Dispose();
        Assert.Equal(DeviceError.Deactivated, Refused(() => signer.Sign("x"u8)));
        Assert.Equal(DeviceError.Deactivated, Refused(() => token.VerifyPin(Pin)));
        Assert.Equal(DeviceError.Deactivated, Refused(() => _ = token.Containers));
    }

    [Fact]
    public void Six_wrong_pins_lock_it_over_restarts_and_a_wrong_pin_signs_out()
    {
        _token.GenerateSigningPair("main");
        ISigner signer = _token.GetSigner("main");
        Assert.Equal(5, Assert.Throws<DeviceException>(() => _token.VerifyPin("wrong pin")).TriesLeft);
        Assert.Equal(DeviceError.PinNotVerified, Refused(() => signer.Sign("x"u8)));
        for (int left = 4; left > 0; left--)
        {
            using SoftToken again = SoftToken.Open(_folder["t"]);
            Assert.Equal(left + 1, again.TriesLeft);
            Assert.Equal(left, Assert.Throws<DeviceException>(() => again.VerifyPin("wrong pin")).TriesLeft);
        }

        using SoftToken last = SoftToken.Open(_folder["t"]);
        Assert.Equal(DeviceError.PinLocked, Refused(() => last.VerifyPin("wrong pin")));
        Assert.Equal(0, last.TriesLeft);
        Assert.Equal(DeviceError.PinLocked, Refused(() => last.VerifyPin(Pin)));
    }

    [Fact]
    public void An_imported_encryption_pair_opens_what_was_encrypted_to_it_and_older_ones_still_do()
    {
        Sm2PublicKey signing = _token.GenerateSigningPair("main").RequireSm2();
        Assert.Equal(DeviceError.WrongUse, Refused(() => _token.GetDecryptor("main")));
        using Sm2PrivateKey first = Sm2PrivateKey.Generate();
        using Sm2PrivateKey second = Sm2PrivateKey.Generate();
        Sm2EnvelopedKey delivered = Sm2EnvelopedKey.Create(signing, first);
        SubjectPublicKeyInfo firstKey = _token.ImportEncryptionPair("main", delivered);
        Assert.Equal(firstKey, _token.ImportEncryptionPair("main", delivered));
        byte[] early = Sm2Cipher.Encrypt(first.PublicKey, "early"u8).Encode();
        SubjectPublicKeyInfo secondKey = _token.ImportEncryptionPair("main", Sm2EnvelopedKey.Create(signing, second));
        byte[] late = Sm2Cipher.Encrypt(second.PublicKey, "late"u8).Encode();
        using SoftToken token = Reopen();
        token.VerifyPin(Pin);
        Assert.Equal([secondKey, firstKey], token.EncryptionKeys("main"));
        Assert.Equal("late"u8.ToArray(), token.GetDecryptor("main").Decrypt(late));
        Assert.Throws<PkiException>(() => token.GetDecryptor("main").Decrypt(early));
        Assert.Equal("early"u8.ToArray(), token.GetDecryptor("main", firstKey).Decrypt(early));
        token.Logout();
        Assert.Equal(DeviceError.PinNotVerified, Refused(() => token.GetDecryptor("main").Decrypt(late)));
    }

    [Fact]
    public void A_pair_that_does_not_belong_here_is_refused_and_leaves_nothing()
    {
        Sm2PublicKey signing = _token.GenerateSigningPair("main").RequireSm2();
        using Sm2PrivateKey pair = Sm2PrivateKey.Generate();
        using Sm2PrivateKey other = Sm2PrivateKey.Generate();
        Assert.Equal(DeviceError.Mismatch, Refused(() => _token.ImportEncryptionPair("main", Sm2EnvelopedKey.Create(other.PublicKey, pair))));
        Sm2EnvelopedKey right = Sm2EnvelopedKey.Create(signing, pair);
        Sm2EnvelopedKey crossed = Sm2EnvelopedKey.Assemble(right.EncryptedKey, other.PublicKey.Encode(), right.EncryptedPrivateKey.Span);
        Assert.Equal(DeviceError.Mismatch, Refused(() => _token.ImportEncryptionPair("main", crossed)));
        Assert.Empty(_token.EncryptionKeys("main"));
        Assert.Equal(DeviceError.KeyMissing, Refused(() => _token.ImportEncryptionPair("absent", right)));
    }

    [Fact]
    public void A_signing_key_never_decrypts_and_the_token_makes_no_encryption_pair()
    {
        SubjectPublicKeyInfo signing = _token.GenerateSigningPair("main");
        byte[] cipher = Sm2Cipher.Encrypt(signing.RequireSm2(), "x"u8).Encode();
        Assert.Equal(DeviceError.WrongUse, Refused(() => _token.GetDecryptor("main").Decrypt(cipher)));
        Assert.Equal(DeviceError.WrongUse, Refused(() => _token.ReEnvelop("main", cipher, signing.RequireSm2())));
        Assert.Equal(DeviceError.KeyMissing, Refused(() => _token.GetDecryptor("main", signing)));
        Assert.Equal(DeviceError.WrongUse, Refused(() => _token.GenerateSigningPair("e", KeyUse.Encryption)));
        Assert.Equal(DeviceError.KeyExists, Refused(() => _token.GenerateSigningPair("main")));
    }

    [Fact]
    public void A_deleted_container_is_gone_with_all_its_keys()
    {
        Sm2PublicKey signing = _token.GenerateSigningPair("main").RequireSm2();
        using Sm2PrivateKey pair = Sm2PrivateKey.Generate();
        _token.ImportEncryptionPair("main", Sm2EnvelopedKey.Create(signing, pair));
        ISigner signer = _token.GetSigner("main");
        _token.GenerateSigningPair("other");
        _token.DeleteContainer("main");
        Assert.Equal(["other"], _token.Containers);
        Assert.Equal(DeviceError.KeyMissing, Refused(() => signer.Sign("x"u8)));
        Assert.DoesNotContain(_folder.Files, f => f.File.Contains("main", StringComparison.Ordinal));
        Assert.Equal(DeviceError.KeyMissing, Refused(() => _token.DeleteContainer("main")));
    }

    private static Certificate CertificateFor(SubjectPublicKeyInfo key)
    {
        using Sm2KeyPair issuer = Sm2KeyPair.Generate();
        DateTimeOffset from = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return Certificate.Sign(
            new TbsCertificate
            {
                SerialNumber = SerialNumber.Create(),
                Signature = issuer.Algorithm,
                Issuer = DistinguishedName.Parse("CN=issuer,C=CN"),
                Subject = DistinguishedName.Parse("CN=holder,C=CN"),
                NotBefore = from,
                NotAfter = from.AddYears(1),
                PublicKey = key,
                Extensions = [],
            },
            issuer);
    }

    [Fact]
    public void Certificates_lie_beside_their_keys_and_are_read_without_the_pin()
    {
        SubjectPublicKeyInfo signing = _token.GenerateSigningPair("main");
        using Sm2PrivateKey first = Sm2PrivateKey.Generate();
        using Sm2PrivateKey second = Sm2PrivateKey.Generate();
        SubjectPublicKeyInfo firstKey = _token.ImportEncryptionPair("main", Sm2EnvelopedKey.Create(signing.RequireSm2(), first));
        Assert.Equal(DeviceError.CertificateMissing, Refused(() => _token.ExportCertificate("main", KeyUse.Signing)));
        Certificate forSigning = CertificateFor(signing);
        Certificate forFirst = CertificateFor(firstKey);
        _token.ImportCertificate("main", KeyUse.Signing, forSigning);
        _token.ImportCertificate("main", KeyUse.Encryption, forFirst);
        Assert.Equal(DeviceError.Mismatch, Refused(() => _token.ImportCertificate("main", KeyUse.Signing, forFirst)));
        Assert.Equal(DeviceError.Mismatch, Refused(() => _token.ImportCertificate("main", KeyUse.Encryption, forSigning)));
        SubjectPublicKeyInfo secondKey = _token.ImportEncryptionPair("main", Sm2EnvelopedKey.Create(signing.RequireSm2(), second));
        Assert.Equal(DeviceError.CertificateMissing, Refused(() => _token.ExportCertificate("main", KeyUse.Encryption)));
        Certificate forSecond = CertificateFor(secondKey);
        _token.ImportCertificate("main", KeyUse.Encryption, forSecond);
        using SoftToken token = Reopen();
        Assert.Equal(forSigning, token.ExportCertificate("main", KeyUse.Signing));
        Assert.Equal(forSecond, token.ExportCertificate("main", KeyUse.Encryption));
        Assert.Equal([forSecond, forFirst], token.EncryptionCertificates("main"));
        Assert.Equal(DeviceError.PinNotVerified, Refused(() => token.ImportCertificate("main", KeyUse.Signing, forSigning)));
        Assert.Equal(DeviceError.WrongUse, Refused(() => token.ExportCertificate("main", KeyUse.Both)));
        File.WriteAllBytes(Path.Combine(_folder["t"], "keys", "main+sign.cer"), forFirst.Encode());
        Assert.Equal(DeviceError.Damaged, Refused(() => token.ExportCertificate("main", KeyUse.Signing)));
        token.VerifyPin(Pin);
        token.DeleteContainer("main");
        Assert.DoesNotContain(_folder.Files, f => f.File.Contains("main", StringComparison.Ordinal));
    }

    [Fact]
    public void The_pin_can_be_changed()
    {
        _token.GenerateSigningPair("main");
        _token.ChangePin(Pin, "new token pin", DeviceOptions.ForTests);
        using SoftToken token = Reopen();
        Assert.Equal(DeviceError.PinIncorrect, Refused(() => token.VerifyPin(Pin)));
        token.VerifyPin("new token pin");
        Assert.NotEmpty(token.GetSigner("main").Sign("x"u8));
    }
}
