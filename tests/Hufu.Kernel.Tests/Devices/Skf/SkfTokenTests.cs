using Hufu.Crypto;
using Hufu.Devices;
using Hufu.Kernel.Tests.Pki;
using Hufu.Pki;
using Xunit;

namespace Hufu.Kernel.Tests.Devices.Skf;

/// <summary>The driver for people's tokens (GM/T 0016) over the simulator, whose own SM2 is OpenSSL's.</summary>
public sealed class SkfTokenTests : IDisposable
{
    private readonly SkfSimulator _simulator = new();
    private readonly SkfReader _reader;

    public SkfTokenTests() => _reader = SkfReader.Load(_simulator.Options);

    public void Dispose()
    {
        _reader.Dispose();
        _simulator.Dispose();
    }

    private static DeviceError Refused(Action act) => Assert.Throws<DeviceException>(act).Error;

    private SkfToken Open() => _reader.Open(Assert.Single(_reader.Find()));

    [Fact]
    [Hufu.Contracts.Clause("6.6.2.2-h")]
    public void Keys_are_made_in_the_token_and_work_after_its_pin_only()
    {
        using SkfToken token = Open();
        Assert.Contains("2026112200100001", token.Label, StringComparison.Ordinal);
        Assert.Equal(6, token.TriesLeft);
        Assert.Empty(token.Containers);
        Assert.Equal(DeviceError.PinNotVerified, Refused(() => token.MakeSigningPair("staff")));
        token.VerifyPin(SkfSimulator.Pin);
        SubjectPublicKeyInfo key = token.MakeSigningPair("staff");
        Assert.Equal(DeviceError.KeyExists, Refused(() => token.MakeSigningPair("staff")));
        Assert.Equal(["staff"], token.Containers);
        ISigner signer = token.GetSigner("staff");
        Assert.Equal(key, signer.PublicKey);
        Assert.True(key.Verify(signer.Algorithm, "x"u8, signer.Sign("x"u8)));
        Assert.False(key.Verify(signer.Algorithm, "y"u8, signer.Sign("x"u8)));
        Assert.Equal(DeviceError.KeyMissing, Refused(() => token.GetSigner("other")));
        token.Logout();
        Assert.Equal(DeviceError.PinNotVerified, Refused(() => signer.Sign("x"u8)));
        token.Dispose();
        Assert.Equal(DeviceError.Deactivated, Refused(() => signer.Sign("x"u8)));
        // The same token has the same name whenever it is plugged in, and its keys are still there.
        using SkfToken again = Open();
        Assert.Equal(["staff"], again.Containers);
        Assert.Equal(DeviceError.PinNotVerified, Refused(() => again.GetSigner("staff").Sign("x"u8)));
    }

    [Fact]
    public void Six_wrong_pins_lock_it_and_each_says_how_many_are_left()
    {
        using SkfToken token = Open();
        for (int left = 5; left > 0; left--)
        {
            DeviceException wrong = Assert.Throws<DeviceException>(() => token.VerifyPin("654321"));
            Assert.Equal((DeviceError.PinIncorrect, left), (wrong.Error, wrong.TriesLeft));
            Assert.Equal(left, token.TriesLeft);
        }

        Assert.Equal(DeviceError.PinLocked, Refused(() => token.VerifyPin("654321")));
        Assert.Equal(DeviceError.PinLocked, Refused(() => token.VerifyPin(SkfSimulator.Pin)));
        Assert.Equal(0, token.TriesLeft);
        Assert.Equal(DeviceError.PinUnfit, Refused(() => token.VerifyPin("")));
        Assert.Equal(DeviceError.PinUnfit, Refused(() => token.VerifyPin("123456\0x")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_token_that_was_pulled_out_is_gone_whatever_its_maker_answers(bool weird)
    {
        using SkfToken token = Open();
        token.VerifyPin(SkfSimulator.Pin);
        token.MakeSigningPair("staff");
        ISigner signer = token.GetSigner("staff");
        _simulator.Pull(weird: weird);
        Assert.Equal(DeviceError.Removed, Refused(() => signer.Sign("x"u8)));
        Assert.Equal(DeviceError.Removed, Refused(() => _ = token.Containers));
        Assert.Equal(DeviceError.Removed, Refused(() => _ = token.TriesLeft));
        Assert.Equal(DeviceError.Removed, Refused(() => token.VerifyPin(SkfSimulator.Pin)));
        Assert.Empty(_reader.Find());
        _simulator.Pull(false);
        using SkfToken back = Open();
        Assert.Equal(["staff"], back.Containers);
    }

    [Theory]
    [InlineData(SkfKeyPlace.Last)]
    [InlineData(SkfKeyPlace.First)]
    public void An_encryption_pair_and_certificates_are_taken_over(SkfKeyPlace place)
    {
        using SkfSimulator simulator = new(place);
        using SkfReader reader = SkfReader.Load(simulator.Options);
        using SkfToken token = reader.Open(reader.Find()[0]);
        token.VerifyPin(SkfSimulator.Pin);
        Sm2PublicKey signing = token.MakeSigningPair("main").Sm2!;
        using Sm2PrivateKey pair = Sm2PrivateKey.Generate(), stranger = Sm2PrivateKey.Generate();
        Assert.Equal(DeviceError.Mismatch, Refused(() => token.ImportEncryptionPair("main", Sm2EnvelopedKey.Create(stranger.PublicKey, pair))));
        Assert.Equal(pair.PublicKey, token.ImportEncryptionPair("main", Sm2EnvelopedKey.Create(signing, pair)).Sm2);
        Assert.Equal(pair.PublicKey, token.ImportEncryptionPair("main", Sm2EnvelopedKey.Create(signing, pair)).Sm2);
        Assert.Equal(DeviceError.KeyExists, Refused(() => token.ImportEncryptionPair("main", Sm2EnvelopedKey.Create(signing, stranger))));

        using Sm2KeyPair authority = Sm2KeyPair.Generate();
        Certificate root = TestPki.Issue("CN=root", authority, null, null);
        Certificate Issue(Sm2PublicKey key) => Certificate.Sign(TestPki.Tbs("CN=holder", SubjectPublicKeyInfo.FromSm2(key), root), authority);
        Certificate own = Issue(signing), encryption = Issue(pair.PublicKey);
        Assert.Equal(DeviceError.CertificateMissing, Refused(() => token.ExportCertificate("main", KeyUse.Signing)));
        Assert.Equal(DeviceError.Mismatch, Refused(() => token.ImportCertificate("main", KeyUse.Signing, encryption)));
        Assert.Equal(DeviceError.WrongUse, Refused(() => token.ImportCertificate("main", KeyUse.Both, own)));
        token.ImportCertificate("main", KeyUse.Signing, own);
        token.ImportCertificate("main", KeyUse.Encryption, encryption);
        Assert.Equal(own.Encode(), token.ExportCertificate("main", KeyUse.Signing).Encode());
        Assert.Equal(encryption.Encode(), Assert.Single(token.EncryptionCertificates("main")).Encode());
    }

    [Fact]
    public void A_call_that_fails_is_named_and_leaves_nothing_half_made()
    {
        using SkfToken token = Open();
        token.VerifyPin(SkfSimulator.Pin);
        _simulator.Fail("SKF_GenECCKeyPair");
        DeviceException fault = Assert.Throws<DeviceException>(() => token.MakeSigningPair("staff"));
        Assert.Equal(DeviceError.Driver, fault.Error);
        Assert.Contains("SKF_GenECCKeyPair answers 0x0A000001", fault.Message, StringComparison.Ordinal);
        _simulator.Fail(null);
        Assert.Empty(token.Containers);
        token.MakeSigningPair("staff");
        _simulator.Fail("SKF_ECCSignData");
        Assert.Equal(DeviceError.Driver, Refused(() => token.GetSigner("staff").Sign("x"u8)));
        _simulator.Fail("SKF_EnumDev");
        Assert.Equal(DeviceError.Driver, Refused(() => _reader.Find()));
    }

    [Fact]
    public void What_is_no_SKF_library_is_refused()
    {
        Assert.Equal(DeviceError.DeviceMissing, Refused(() => SkfReader.Load(new SkfOptions { Library = "/nowhere/libskf.so" })));
        Assert.Equal(DeviceError.DeviceMissing, Refused(() => SkfReader.Load(new SkfOptions { Library = "libcrypto.so.3" })));
    }
}
