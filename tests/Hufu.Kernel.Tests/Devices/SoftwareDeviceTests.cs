using System.Text;
using Hufu.Crypto;
using Hufu.Devices;
using Hufu.Pki;
using Xunit;

namespace Hufu.Kernel.Tests.Devices;

public sealed class SoftwareDeviceTests : IDisposable
{
    private const string Pin = "correct horse 7";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private SoftwareDevice Create(string name = "d") => SoftwareDevice.Create(_folder[name], Pin, DeviceOptions.ForTests);

    private SoftwareDevice Open(string pin = Pin) => SoftwareDevice.Open(_folder["d"], pin);

    private static DeviceError Refused(Action act) => Assert.Throws<DeviceException>(act).Error;

    [Fact]
    public void A_key_made_inside_signs_and_is_the_same_after_reopening()
    {
        byte[] data = "what is signed"u8.ToArray();
        SubjectPublicKeyInfo publicKey;
        using (SoftwareDevice device = Create())
        {
            publicKey = device.GenerateKeyPair("ca", KeyUse.Signing);
            Assert.Equal(["ca"], device.Labels);
        }

        using SoftwareDevice again = Open();
        ISigner signer = again.GetSigner("ca");
        Assert.Equal(publicKey, signer.PublicKey);
        Assert.Equal(publicKey, again.PublicKeyOf("ca"));
        byte[] signature = signer.Sign(data);
        Assert.True(publicKey.Verify(signer.Algorithm, data, signature));
        Assert.False(publicKey.Verify(signer.Algorithm, "something else"u8, signature));
        byte[] digest = new byte[32];
        publicKey.RequireSm2().ComputeDigest(Sm2.DefaultId, data, digest);
        Assert.True(publicKey.Verify(signer.Algorithm, data, Assert.IsType<IDigestSigner>(signer, exactMatch: false).SignDigest(digest)));
    }

    [Fact]
    public void An_encryption_key_opens_and_a_changed_ciphertext_does_not()
    {
        using SoftwareDevice device = Create();
        SubjectPublicKeyInfo publicKey = device.GenerateKeyPair("enc", KeyUse.Encryption);
        byte[] cipher = Sm2Cipher.Encrypt(publicKey.RequireSm2(), "for the room"u8).Encode();
        IDecryptor decryptor = device.GetDecryptor("enc");
        Assert.Equal("for the room"u8.ToArray(), decryptor.Decrypt(cipher));
        cipher[^1] ^= 1;
        Assert.Equal(PkiError.NotOpened, Assert.Throws<PkiException>(() => decryptor.Decrypt(cipher)).Error);
    }

    [Fact]
    public void A_keys_use_is_enforced()
    {
        using SoftwareDevice device = Create();
        device.GenerateKeyPair("sign", KeyUse.Signing);
        device.GenerateKeyPair("enc", KeyUse.Encryption);
        device.GenerateKeyPair("both", KeyUse.Both);
        device.GetDataCipher("data");
        device.GenerateStorageKey("store");
        Assert.Equal(DeviceError.WrongUse, Refused(() => device.GetDecryptor("sign")));
        Assert.Equal(DeviceError.WrongUse, Refused(() => device.GetSigner("enc")));
        Assert.Equal(DeviceError.WrongUse, Refused(() => device.GetSigner("data")));
        Assert.Equal(DeviceError.WrongUse, Refused(() => device.GetDataCipher("store")));
        Assert.Equal(DeviceError.WrongUse, Refused(() => device.GetDataCipher("sign")));
        Assert.Equal(DeviceError.WrongUse, Refused(() => device.MakeEscrowPair("data", [])));
        Assert.Equal(DeviceError.WrongUse, Refused(() => device.PublicKeyOf("data")));
        Assert.Equal(DeviceError.WrongUse, Refused(() => device.GenerateKeyPair("x", KeyUse.Data)));
        Assert.Equal(DeviceError.KeyMissing, Refused(() => device.GetSigner("absent")));
        Assert.Equal(DeviceError.KeyExists, Refused(() => device.GenerateKeyPair("sign", KeyUse.Signing)));
        Assert.Equal(device.GetSigner("both").PublicKey, device.GetDecryptor("both").PublicKey);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../escape")]
    [InlineData(".hidden")]
    [InlineData("UPPER")]
    [InlineData("中文")]
    [InlineData("a+sign")]
    public void A_label_that_is_no_plain_name_is_refused(string label)
    {
        using SoftwareDevice device = Create();
        Assert.Equal(DeviceError.LabelUnfit, Refused(() => device.GenerateKeyPair(label, KeyUse.Signing)));
        Assert.Equal(DeviceError.LabelUnfit, Refused(() => device.GetDataCipher(label)));
        Assert.Empty(device.Labels);
    }

    [Fact]
    public void Sealed_data_opens_only_unchanged_in_its_place_and_after_reopening()
    {
        byte[] sealedData;
        using (SoftwareDevice device = Create())
        {
            IDataCipher cipher = device.GetDataCipher("evidence");
            sealedData = cipher.Seal("licence"u8, "place 1"u8);
            Assert.NotEqual(sealedData, cipher.Seal("licence"u8, "place 1"u8));
        }

        using SoftwareDevice again = Open();
        IDataCipher same = again.GetDataCipher("evidence");
        Assert.Equal("licence"u8.ToArray(), same.Open(sealedData, "place 1"u8));
        Assert.Equal(PkiError.NotOpened, Assert.Throws<PkiException>(() => same.Open(sealedData, "place 2"u8)).Error);
        Assert.Throws<PkiException>(() => again.GetDataCipher("other").Open(sealedData, "place 1"u8));
        for (int i = 0; i < sealedData.Length; i++)
        {
            byte[] changed = (byte[])sealedData.Clone();
            changed[i] ^= 0x80;
            Assert.Throws<PkiException>(() => same.Open(changed, "place 1"u8));
            Assert.Throws<PkiException>(() => same.Open(sealedData.AsSpan(0, i), "place 1"u8));
        }
    }

    [Fact]
    public void Wrong_pins_are_counted_over_restarts_and_the_right_one_frees_them()
    {
        Create().Dispose();
        for (int left = 5; left > 2; left--)
        {
            DeviceException e = Assert.Throws<DeviceException>(() => Open("wrong pin 1"));
            Assert.Equal((DeviceError.PinIncorrect, left), (e.Error, e.TriesLeft!.Value));
        }

        Open().Dispose();
        Assert.Equal(5, Assert.Throws<DeviceException>(() => Open("wrong pin 1")).TriesLeft);
    }

    [Fact]
    public void Six_wrong_pins_lock_for_good()
    {
        Create().Dispose();
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(DeviceError.PinIncorrect, Refused(() => Open("wrong pin 1")));
        }

        Assert.Equal(DeviceError.PinLocked, Refused(() => Open("wrong pin 1")));
        Assert.Equal(DeviceError.PinLocked, Refused(() => Open()));
        File.Delete(Path.Combine(_folder["d"], "pin.tries"));
        Assert.Equal(DeviceError.Damaged, Refused(() => Open()));
    }

    [Fact]
    public void A_pin_being_checked_elsewhere_still_costs_its_own_try()
    {
        Create().Dispose();
        int refused = 0;
        Parallel.For(0, 6, _ =>
        {
            Assert.Throws<DeviceException>(() => Open("wrong pin 1"));
            Interlocked.Increment(ref refused);
        });
        Assert.Equal(6, refused);
        Assert.Equal(DeviceError.PinLocked, Refused(() => Open()));
    }

    [Fact]
    public void The_pin_changes_only_with_the_old_one()
    {
        using (SoftwareDevice device = Create())
        {
            device.GenerateKeyPair("sign", KeyUse.Signing);
            Assert.Equal(DeviceError.PinUnfit, Refused(() => device.ChangePin(Pin, "short", DeviceOptions.ForTests)));
            device.ChangePin(Pin, "another pin 8", DeviceOptions.ForTests);
            Assert.NotEmpty(device.GetSigner("sign").Sign("still open"u8));
        }

        Assert.Equal(DeviceError.PinIncorrect, Refused(() => Open()));
        using SoftwareDevice again = Open("another pin 8");
        Assert.NotEmpty(again.GetSigner("sign").Sign("x"u8));
    }

    [Fact]
    public void Closing_deactivates_everything()
    {
        SoftwareDevice device = Create();
        SubjectPublicKeyInfo key = device.GenerateKeyPair("both", KeyUse.Both);
        ISigner signer = device.GetSigner("both");
        IDecryptor decryptor = device.GetDecryptor("both");
        IDataCipher cipher = device.GetDataCipher("data");
        byte[] sealedData = cipher.Seal("x"u8, []);
        byte[] sm2 = Sm2Cipher.Encrypt(key.RequireSm2(), "x"u8).Encode();
        Assert.NotEmpty(signer.Sign("x"u8));
        device.Dispose();
        Action[] uses =
        [
            () => signer.Sign("x"u8), () => decryptor.Decrypt(sm2), () => cipher.Seal("x"u8, []), () => cipher.Open(sealedData, []),
            () => device.GetSigner("both"), () => device.GetDecryptor("both"), () => device.GetDataCipher("data"), () => device.GetDataCipher("new"),
            () => device.GenerateKeyPair("n", KeyUse.Signing), () => device.Destroy("both"), () => _ = device.Labels, () => device.Contains("both"),
            () => device.SplitBackup(2, 2, [key.RequireSm2(), Sm2PrivateKey.Generate().PublicKey]), () => device.ChangePin(Pin, "another pin 8"),
        ];
        Assert.All(uses, use => Assert.Equal(DeviceError.Deactivated, Refused(use)));
        device.Dispose();
    }

    [Fact]
    public async Task Closing_while_others_sign_gives_a_signature_or_a_refusal_and_nothing_else()
    {
        SoftwareDevice device = Create();
        SubjectPublicKeyInfo key = device.GenerateKeyPair("sign", KeyUse.Signing);
        ISigner signer = device.GetSigner("sign");
        byte[] data = "data"u8.ToArray();
        Task[] signers =
        [
            .. Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                try
                {
                    while (true)
                    {
                        Assert.True(key.Verify(signer.Algorithm, data, signer.Sign(data)));
                    }
                }
                catch (DeviceException e)
                {
                    Assert.Equal(DeviceError.Deactivated, e.Error);
                }
            })),
        ];
        await Task.Delay(100, TestContext.Current.CancellationToken);
        device.Dispose();
        await Task.WhenAll(signers);
    }

    [Fact]
    public void A_destroyed_key_is_gone_also_for_those_who_held_it()
    {
        using SoftwareDevice device = Create();
        SubjectPublicKeyInfo key = device.GenerateKeyPair("old", KeyUse.Both);
        ISigner signer = device.GetSigner("old");
        IDecryptor decryptor = device.GetDecryptor("old");
        byte[] cipher = Sm2Cipher.Encrypt(key.RequireSm2(), "x"u8).Encode();
        signer.Sign("x"u8);
        device.Destroy("old");
        Assert.Equal(DeviceError.KeyMissing, Refused(() => signer.Sign("x"u8)));
        Assert.Equal(DeviceError.KeyMissing, Refused(() => decryptor.Decrypt(cipher)));
        Assert.Equal(DeviceError.KeyMissing, Refused(() => device.Destroy("old")));
        Assert.False(device.Contains("old"));
        Assert.DoesNotContain(_folder.Files, f => f.File.Contains("old", StringComparison.Ordinal));
        device.GenerateKeyPair("old", KeyUse.Both);
        Assert.Equal(DeviceError.KeyMissing, Refused(() => decryptor.Decrypt(cipher)));
    }

    [Fact]
    public void Files_changed_cut_swapped_or_brought_from_elsewhere_are_damage()
    {
        using (SoftwareDevice device = Create())
        {
            device.GenerateKeyPair("a", KeyUse.Signing);
            device.GenerateKeyPair("b", KeyUse.Signing);
        }

        using (SoftwareDevice other = Create("e"))
        {
            other.GenerateKeyPair("a", KeyUse.Signing);
        }

        string a = Path.Combine(_folder["d"], "keys", "a.key");
        string b = Path.Combine(_folder["d"], "keys", "b.key");
        byte[] original = File.ReadAllBytes(a);
        File.WriteAllBytes(a, original[..^1]);
        Assert.Equal(DeviceError.Damaged, Refused(() => Open()));
        File.Copy(b, a, overwrite: true);
        Assert.Equal(DeviceError.Damaged, Refused(() => Open()));
        File.Copy(Path.Combine(_folder["e"], "keys", "a.key"), a, overwrite: true);
        Assert.Equal(DeviceError.Damaged, Refused(() => Open()));
        File.WriteAllBytes(a, original);
        TemporaryFolder.Flip(a);
        using (SoftwareDevice device = Open())
        {
            Assert.Equal(DeviceError.Damaged, Refused(() => device.GetSigner("a").Sign("x"u8)));
            Assert.NotEmpty(device.GetSigner("b").Sign("x"u8));
        }

        TemporaryFolder.Flip(Path.Combine(_folder["d"], "header.der"));
        Assert.Equal(DeviceError.PinIncorrect, Refused(() => Open()));
    }

    [Fact]
    public void Every_use_in_the_key_file_is_authenticated()
    {
        using (SoftwareDevice device = Create())
        {
            device.GenerateKeyPair("a", KeyUse.Signing);
        }

        string file = Path.Combine(_folder["d"], "keys", "a.key");
        byte[] content = File.ReadAllBytes(file);
        int use = content.AsSpan().IndexOf(new byte[] { 0x61, 0x02, 0x01, 0x01 }) + 3; // after the label: INTEGER 1, signing
        content[use] = (byte)KeyUse.Both;
        File.WriteAllBytes(file, content);
        using SoftwareDevice again = Open();
        byte[] cipher = Sm2Cipher.Encrypt(again.PublicKeyOf("a").RequireSm2(), "x"u8).Encode();
        Assert.Equal(DeviceError.Damaged, Refused(() => again.GetDecryptor("a").Decrypt(cipher)));
    }

    [Fact]
    public void A_device_is_never_made_over_something_else_and_nothing_half_made_stays()
    {
        Create().Dispose();
        byte[] header = File.ReadAllBytes(Path.Combine(_folder["d"], "header.der"));
        Assert.Equal(DeviceError.DeviceExists, Refused(() => Create()));
        Assert.Equal(header, File.ReadAllBytes(Path.Combine(_folder["d"], "header.der")));
        Assert.Equal(DeviceError.PinUnfit, Refused(() => SoftwareDevice.Create(_folder["n"], "12345", DeviceOptions.ForTests)));
        Assert.Equal(DeviceError.PinUnfit, Refused(() => SoftwareDevice.Create(_folder["n"], new string('1', 65), DeviceOptions.ForTests)));
        Assert.Equal(DeviceError.DeviceMissing, Refused(() => SoftwareDevice.Open(_folder["n"], Pin)));
        Assert.Equal(["d"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
        Directory.CreateDirectory(_folder["empty"]);
        SoftwareDevice.Create(_folder["empty"], Pin, DeviceOptions.ForTests).Dispose();
        Assert.True(SoftwareDevice.Exists(_folder["empty"]));
        Assert.Equal(DeviceError.DeviceMissing, Refused(() => SoftToken.Open(_folder["d"])));
    }

    [Fact]
    public void Few_iterations_need_an_explicit_option_and_the_default_is_a_hundred_thousand()
    {
        Assert.Equal(DeviceError.OutOfRange, Refused(() => SoftwareDevice.Create(_folder["x"], Pin, new DeviceOptions { PinIterations = 99_999 })));
        Assert.Equal(100_000, new DeviceOptions().PinIterations);
        using SoftwareDevice usual = SoftwareDevice.Create(_folder["u"], Pin);
        byte[] header = File.ReadAllBytes(Path.Combine(_folder["u"], "header.der"));
        Assert.NotEqual(-1, header.AsSpan().IndexOf(new byte[] { 0x02, 0x03, 0x01, 0x86, 0xA0 })); // INTEGER 100000
    }

    [Fact]
    public void An_encryption_key_proves_possession_in_a_request_and_signs_nothing_else()
    {
        using SoftwareDevice device = Create();
        SubjectPublicKeyInfo key = device.GenerateKeyPair("enc", KeyUse.Encryption);
        CertificationRequest request = device.CreateRequest("enc", DistinguishedName.Parse("CN=room,C=CN"));
        Assert.Equal(key, request.PublicKey);
        Assert.Equal(Possession.Proven, request.CheckPossession());
        Assert.Equal(DeviceError.WrongUse, Refused(() => device.GetSigner("enc")));
        device.GetDataCipher("data");
        Assert.Equal(DeviceError.WrongUse, Refused(() => device.CreateRequest("data", DistinguishedName.Empty)));
        Assert.Equal(DeviceError.KeyMissing, Refused(() => device.CreateRequest("none", DistinguishedName.Empty)));
    }

    [Fact]
    public void Files_are_their_owners_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Unix modes");
            return;
        }

        using SoftwareDevice device = Create();
        device.GenerateKeyPair("a", KeyUse.Signing);
        foreach (string file in Directory.EnumerateFiles(_folder["d"], "*", SearchOption.AllDirectories))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder["d"]));
    }

    [Fact]
    public void A_write_that_was_cut_short_leaves_the_old_state()
    {
        using (SoftwareDevice device = Create())
        {
            device.GenerateKeyPair("a", KeyUse.Signing);
        }

        File.WriteAllBytes(Path.Combine(_folder["d"], "keys", "b.key.new"), "half a"u8.ToArray());
        File.WriteAllBytes(Path.Combine(_folder["d"], "header.der.new"), "half a"u8.ToArray());
        using SoftwareDevice again = Open();
        Assert.Equal(["a"], again.Labels);
        again.GenerateKeyPair("b", KeyUse.Signing);
    }

    [Fact]
    public void No_pin_and_no_private_key_is_in_any_file()
    {
        using SoftwareDevice device = Create();
        using Sm2PrivateKey known = Sm2PrivateKey.Generate();
        using SoftToken token = SoftToken.Create(_folder["t"], "token", Pin, DeviceOptions.ForTests);
        SubjectPublicKeyInfo signing = token.GenerateSigningPair("c");
        token.ImportEncryptionPair("c", Sm2EnvelopedKey.Create(signing.RequireSm2(), known));
        token.GetSigner("c").Sign("x"u8);
        byte[] d = TemporaryFolder.D(known);
        foreach ((string _, byte[] bytes) in _folder.Files)
        {
            Assert.Equal(-1, bytes.AsSpan().IndexOf(d.AsSpan(0, 8)));
            Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Pin)));
        }
    }
}
