using System.Formats.Asn1;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Devices;
using Hufu.Pki;
using Xunit;

namespace Hufu.Kernel.Tests.Devices;

/// <summary>Activation by the operator's token, administration by any three of five, archive and destruction (6.6.2.2).</summary>
public sealed class GuardedDeviceTests : IDisposable
{
    private const string Pin = "holder pin 1";
    private static readonly DateTimeOffset s_archived = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);
    private readonly TemporaryFolder _folder = new();
    private readonly SoftToken[] _holders;
    private readonly SoftToken _operator;

    public GuardedDeviceTests()
    {
        _holders = [.. Enumerable.Range(1, 5).Select(i => Token($"holder{i}"))];
        _operator = Token("operator");
        GuardedDevice.Create(_folder["d"], [Key(_operator)], [.. _holders.Select(Key)], 3, DeviceOptions.ForTests);
        using SoftwareDevice device = Activate("d");
        device.GenerateKeyPair("root", KeyUse.Signing);
        device.GenerateKeyPair("enc", KeyUse.Encryption);
    }

    public void Dispose()
    {
        foreach (SoftToken token in (SoftToken[])[.. _holders, _operator])
        {
            token.Dispose();
        }

        _folder.Dispose();
    }

    private SoftToken Token(string name)
    {
        SoftToken token = SoftToken.Create(_folder["t-" + name], name, Pin, DeviceOptions.ForTests);
        token.GenerateSigningPair("c", KeyUse.Both);
        return token;
    }

    private static Sm2PublicKey Key(SoftToken token) => token.GetSigner("c").PublicKey.RequireSm2();

    private SoftwareDevice Activate(string name) => GuardedDevice.Activate(_folder[name], _operator.GetDecryptor("c"));

    private SecretShare[] Shares(string name, params int[] numbers)
    {
        AdministrationSet set = GuardedDevice.Administration(_folder[name]);
        return [.. numbers.Select(n => SecretShare.Open(n, set.Shares[n - 1].EnvelopedShare, _holders[n - 1].GetDecryptor("c")))];
    }

    private DeviceAdministration Administer(string name, params int[] numbers) => GuardedDevice.Administer(_folder[name], Shares(name, numbers));

    [Fact]
    [Clause("6.6.2.2-a")]
    public void The_operators_token_activates_and_no_other_does()
    {
        using (SoftwareDevice device = Activate("d"))
        {
            ISigner signer = device.GetSigner("root");
            Assert.True(signer.PublicKey.Verify(signer.Algorithm, "x"u8, signer.Sign("x"u8)));
        }

        Assert.Equal(DeviceError.NotTheOperator, Error(() => GuardedDevice.Activate(_folder["d"], _holders[0].GetDecryptor("c"))));
        _operator.Logout();
        Assert.Equal(DeviceError.PinNotVerified, Error(() => Activate("d")));
    }

    [Fact]
    [Clause("6.6.2.2-e")]
    public void Closing_deactivates_every_key_that_was_handed_out()
    {
        SoftwareDevice device = Activate("d");
        ISigner signer = device.GetSigner("root");
        signer.Sign("x"u8);
        device.Dispose();
        Assert.Equal(DeviceError.Deactivated, Error(() => signer.Sign("x"u8)));
    }

    [Fact]
    [Clause("6.6.2.2-e")]
    public void A_device_that_was_found_waits_for_its_operator_and_can_be_deactivated_and_activated_again()
    {
        using SoftwareDevice device = GuardedDevice.Find(_folder["d"]);
        ISigner signer = device.GetSigner("root");
        IDataCipher cipher = device.GetDataCipher("papers");
        Assert.False(device.IsActive);
        Assert.Equal(DeviceError.PinNotVerified, Error(() => signer.Sign("x"u8)));
        Assert.Equal(DeviceError.PinNotVerified, Error(() => cipher.Seal("x"u8, "y"u8)));
        Assert.Equal(DeviceError.NotTheOperator, Error(() => GuardedDevice.ActivationOf(_folder["d"], Key(_holders[0]))));
        byte[] opened = _operator.GetDecryptor("c").Decrypt(GuardedDevice.ActivationOf(_folder["d"], Key(_operator)));
        Assert.Equal(DeviceError.OutOfRange, Error(() => GuardedDevice.Activate(device, opened.AsSpan(1))));
        GuardedDevice.Activate(device, opened);
        byte[] kept = cipher.Seal("x"u8, "y"u8);
        Assert.True(signer.PublicKey.Verify(signer.Algorithm, "x"u8, signer.Sign("x"u8)));
        device.Deactivate();
        Assert.Equal(DeviceError.PinNotVerified, Error(() => signer.Sign("x"u8)));
        GuardedDevice.Activate(device, opened);
        Assert.Equal("x"u8.ToArray(), cipher.Open(kept, "y"u8));
        signer.Sign("x"u8);
    }

    [Fact]
    [Clause("6.6.2.2-d")]
    public void What_administration_changed_beside_a_deactivated_device_holds_when_it_is_activated()
    {
        using SoftwareDevice device = GuardedDevice.Find(_folder["d"]);
        ISigner signer = device.GetSigner("root");
        IDecryptor decryptor = device.GetDecryptor("enc");
        byte[] opened = _operator.GetDecryptor("c").Decrypt(GuardedDevice.ActivationOf(_folder["d"], Key(_operator)));
        GuardedDevice.Activate(device, opened);
        signer.Sign("x"u8);
        device.Deactivate();
        using (DeviceAdministration administration = Administer("d", 1, 2, 3))
        {
            administration.Device.Archive("root", s_archived);
            administration.Device.GenerateKeyPair("new", KeyUse.Signing);
        }

        GuardedDevice.Activate(device, opened);
        Assert.Equal(DeviceError.KeyArchived, Error(() => signer.Sign("x"u8)));
        device.GetSigner("new").Sign("x"u8);
        Assert.Equal("x"u8.ToArray(), decryptor.Decrypt(Sm2Cipher.Encrypt(decryptor.PublicKey.RequireSm2(), "x"u8).Encode()));
    }

    [Fact]
    [Clause("6.6.2.2-a")]
    public void Any_three_of_five_administer_and_two_do_not()
    {
        for (int first = 1; first <= 3; first++)
        {
            using DeviceAdministration administration = Administer("d", first, first + 1, first + 2);
            Assert.Equal(["enc", "root"], administration.Device.Labels);
        }

        Assert.Equal(DeviceError.TooFewShares, Error(() => Administer("d", 2, 5)));
        Assert.Equal(DeviceError.TooFewShares, Error(() => Administer("d", 2, 5, 5)));
    }

    [Fact]
    public void A_share_of_another_device_is_named()
    {
        GuardedDevice.Create(_folder["other"], [Key(_operator)], [.. _holders.Select(Key)], 3, DeviceOptions.ForTests);
        SecretShare[] mixed = [.. Shares("d", 1, 2), .. Shares("other", 4)];
        Assert.Equal([4], Assert.Throws<DeviceException>(() => GuardedDevice.Administer(_folder["d"], mixed)).Shares);
    }

    [Fact]
    public void Dealt_anew_the_old_shares_are_worthless()
    {
        SecretShare[] old = Shares("d", 1, 2, 3);
        using (DeviceAdministration administration = Administer("d", 3, 4, 5))
        {
            administration.Redeal([.. _holders.Reverse().Select(Key)], 3);
        }

        Assert.Equal(DeviceError.WrongShare, Error(() => GuardedDevice.Administer(_folder["d"], old)));
        Activate("d").Dispose();
    }

    [Fact]
    public void New_operators_replace_the_old_ones()
    {
        using SoftToken next = Token("next");
        using (DeviceAdministration administration = Administer("d", 1, 2, 3))
        {
            Assert.Equal(DeviceError.OutOfRange, Error(() => administration.SetOperators([Key(_holders[0])])));
            administration.SetOperators([Key(next)]);
        }

        Assert.Equal(DeviceError.NotTheOperator, Error(() => Activate("d")));
        GuardedDevice.Activate(_folder["d"], next.GetDecryptor("c")).Dispose();
    }

    [Fact]
    [Clause("6.6.2.2-c")]
    public void A_clone_has_the_same_keys_and_its_own_administration()
    {
        using (DeviceAdministration administration = Administer("d", 1, 2, 3))
        {
            administration.CloneTo(_folder["clone"], [Key(_operator)], [.. _holders.Select(Key)], 3, DeviceOptions.ForTests);
        }

        using SoftwareDevice original = Activate("d"), clone = Activate("clone");
        Assert.Equal(original.PublicKeyOf("root"), clone.PublicKeyOf("root"));
        ISigner signer = clone.GetSigner("root");
        Assert.True(original.PublicKeyOf("root").Verify(signer.Algorithm, "x"u8, signer.Sign("x"u8)));
        Assert.Equal(DeviceError.WrongShare, Error(() => GuardedDevice.Administer(_folder["clone"], Shares("d", 1, 2, 3))));
    }

    [Fact]
    [Clause("6.6.2.2-d")]
    public void An_archived_key_never_works_again_here_or_restored()
    {
        BackupSet backup;
        using (DeviceAdministration administration = Administer("d", 1, 2, 3))
        {
            ISigner living = administration.Device.GetSigner("root");
            living.Sign("x"u8);
            administration.Device.Archive("root", s_archived);
            administration.Device.Archive("root", s_archived.AddYears(-20)); // changes nothing: the term is not shortened
            Assert.Equal(DeviceError.KeyArchived, Error(() => living.Sign("x"u8)));
            backup = administration.Device.SplitBackup(5, 3, [.. _holders.Select(Key)]);
        }

        using (SoftwareDevice device = Activate("d"))
        {
            Assert.Equal(KeyUse.Signing | KeyUse.Archived, device.UseOf("root"));
            Assert.Equal(DeviceError.KeyArchived, Error(() => device.GetSigner("root").Sign("x"u8)));
            Assert.Equal(DeviceError.KeyArchived, Error(() => device.GetDecryptor("root")));
            Assert.Equal(DeviceError.KeyArchived, Error(() => device.CreateRequest("root", DistinguishedName.Parse("C=CN, CN=x"))));
            Assert.NotNull(device.PublicKeyOf("root"));
            Assert.Equal(s_archived, device.ArchivedAt("root"));
            Assert.Null(device.ArchivedAt("enc"));
            device.GetDecryptor("enc");
        }

        SecretShare[] shares = [.. new[] { 2, 3, 5 }.Select(n => SecretShare.Open(n, backup.Shares[n - 1].EnvelopedShare, _holders[n - 1].GetDecryptor("c")))];
        using SoftwareDevice restored = SoftwareDevice.Restore(_folder["restored"], backup.EncryptedBackup, shares, "restored pin 1", DeviceOptions.ForTests);
        Assert.Equal(DeviceError.KeyArchived, Error(() => restored.GetSigner("root").Sign("x"u8)));
        Assert.Equal(s_archived, restored.ArchivedAt("root"));
    }

    [Fact]
    [Clause("6.6.2.2-d")]
    public void Editing_the_file_of_an_archived_key_does_not_bring_it_back()
    {
        using (DeviceAdministration administration = Administer("d", 1, 2, 3))
        {
            administration.Device.Archive("root", s_archived);
        }

        string file = Path.Combine(_folder["d"], "device", "keys", "root.key");
        byte[] content = File.ReadAllBytes(file);
        int use = content.AsSpan().IndexOf("root\u0002\u0001\u0011"u8) + 6; // label, then INTEGER 17: signing and archived
        Assert.Equal(0x11, content[use]);
        content[use] = 1;
        File.WriteAllBytes(file, content);
        Assert.Equal(DeviceError.Damaged, Error(() => Activate("d")));

        // With the date of its archiving taken out too the file reads, and the key still does not open: both are authenticated.
        File.WriteAllBytes(file, WithoutDate(content));
        using SoftwareDevice device = Activate("d");
        Assert.Equal(DeviceError.Damaged, Error(() => device.GetSigner("root").Sign("x"u8)));
    }

    private static byte[] WithoutDate(byte[] file)
    {
        AsnReader outer = new AsnReader(file, AsnEncodingRules.DER).ReadSequence();
        AsnReader description = outer.ReadSequence();
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                for (int i = 0; i < 5; i++) // version, vault, label, use, public key
                {
                    writer.WriteEncodedValue(description.ReadEncodedValue().Span);
                }
            }

            Assert.True(description.HasData);
            while (outer.HasData)
            {
                writer.WriteEncodedValue(outer.ReadEncodedValue().Span);
            }
        }

        return writer.Encode();
    }

    [Fact]
    [Clause("6.6.2.2-d")]
    public void A_destroyed_device_leaves_no_byte_of_its_keys()
    {
        string keyFile = Path.Combine(_folder["d"], "device", "keys", "root.key"), header = Path.Combine(_folder["d"], "device", "header.der");
        byte[] sealedKey = KeyFile.Decode(File.ReadAllBytes(keyFile), "root").SealedKey.ToArray();
        // Second names of the same blocks: they show what stands on the medium after the files are gone.
        Link(keyFile, _folder["blocks-of-key"]);
        Link(header, _folder["blocks-of-header"]);
        byte[] before = File.ReadAllBytes(_folder["blocks-of-header"]);
        using (DeviceAdministration administration = Administer("d", 2, 3, 4))
        {
            DestructionRecord record = administration.DestroyDevice([_folder.Path]);
            Assert.Empty(record.FoundIn);
            Assert.True(record.NothingLeft);
            Assert.InRange(record.FilesSearched, 2, 1000);
            Assert.Equal(["enc", "root"], record.Keys.Select(k => k.Label));
        }

        Assert.False(Directory.Exists(_folder["d"]));
        Assert.DoesNotContain(_folder.Files, f => f.Bytes.AsSpan().IndexOf(sealedKey) >= 0);
        Assert.Equal(-1, File.ReadAllBytes(_folder["blocks-of-header"]).AsSpan().IndexOf(before.AsSpan(20, 16)));
        Assert.Equal(DeviceError.DeviceMissing, Error(() => Activate("d")));
    }

    [Fact]
    [Clause("6.6.2.2-d")]
    public void What_is_left_of_a_destroyed_key_is_found()
    {
        File.Copy(Path.Combine(_folder["d"], "device", "keys", "root.key"), _folder["forgotten copy"]);
        File.WriteAllBytes(_folder["large"], [.. new byte[(1 << 20) - 10], .. File.ReadAllBytes(_folder["forgotten copy"])]); // across the edge of a chunk
        using DeviceAdministration administration = Administer("d", 2, 3, 4);
        DestructionRecord record = administration.DestroyKey("root", [_folder.Path]);
        Assert.Equal(["forgotten copy", "large"], record.FoundIn.Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.False(record.NothingLeft);
        Assert.Equal(["enc"], administration.Device.Labels);
    }

    [Fact]
    public void Changed_files_are_damage()
    {
        foreach (string file in (string[])[Path.Combine(_folder["d"], "administration.der"), .. Directory.GetFiles(Path.Combine(_folder["d"], "activation"))])
        {
            byte[] good = File.ReadAllBytes(file);
            int refused = 0;
            for (int i = 0; i < good.Length; i += 13)
            {
                byte[] changed = (byte[])good.Clone();
                changed[i] ^= 1;
                File.WriteAllBytes(file, changed);
                Exception? e = Record.Exception(() => (file.EndsWith(".der", StringComparison.Ordinal) ? (IDisposable)Administer("d", 1, 2, 3) : Activate("d")).Dispose());
                refused += e is null ? 0 : 1;
                Assert.True(e is null or DeviceException { Error: DeviceError.Damaged or DeviceError.WrongShare or DeviceError.ShareNotOpened or DeviceError.TooFewShares }, e?.ToString());
            }

            // Every byte counts but those of the two shares that nobody brought.
            Assert.InRange(refused, good.Length / 13 * 2 / 3, good.Length);

            File.WriteAllBytes(file, good);
        }
    }

    [Fact]
    public void A_token_carries_small_objects_for_its_holder()
    {
        _operator.StoreObject("share-1", "enveloped"u8);
        Assert.Equal(["share-1"], _operator.Objects);
        Assert.Equal("enveloped"u8.ToArray(), _operator.ReadObject("share-1"));
        Assert.Equal(DeviceError.OutOfRange, Error(() => _operator.StoreObject("big", new byte[SoftToken.MaxObject + 1])));
        Assert.Equal(DeviceError.LabelUnfit, Error(() => _operator.ReadObject("../x")));
        _operator.Logout();
        Assert.Equal(DeviceError.PinNotVerified, Error(() => _operator.DeleteObject("share-1")));
        _operator.VerifyPin(Pin);
        _operator.DeleteObject("share-1");
        Assert.Equal(DeviceError.KeyMissing, Error(() => _operator.ReadObject("share-1")));
    }

    [Fact]
    public void An_operator_holds_no_share()
    {
        Assert.Equal(DeviceError.OutOfRange, Error(() => GuardedDevice.Create(_folder["x"], [Key(_holders[0])], [.. _holders.Select(Key)], 3, DeviceOptions.ForTests)));
        Assert.Equal(DeviceError.OutOfRange, Error(() => GuardedDevice.Create(_folder["x"], [Key(_operator)], [Key(_holders[0]), Key(_holders[0]), Key(_holders[1])], 2, DeviceOptions.ForTests)));
        Assert.False(Directory.Exists(_folder["x"]));
    }

    private static DeviceError Error(Action action) => Assert.Throws<DeviceException>(action).Error;

    private static void Link(string file, string name)
    {
        using System.Diagnostics.Process process = System.Diagnostics.Process.Start("ln", [file, name]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
