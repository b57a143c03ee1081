using Hufu.Crypto;
using Hufu.Devices;
using Hufu.Pki;
using Xunit;

namespace Hufu.Kernel.Tests.Devices;

public sealed class BackupTests : IDisposable
{
    private const string Pin = "correct horse 7";
    private readonly TemporaryFolder _folder = new();
    private readonly Sm2KeyPair[] _holders = [.. Enumerable.Range(0, 5).Select(_ => Sm2KeyPair.Generate())];
    private readonly SoftwareDevice _device;
    private readonly BackupSet _backup;

    public BackupTests()
    {
        _device = SoftwareDevice.Create(_folder["d"], Pin, DeviceOptions.ForTests);
        _device.GenerateKeyPair("root", KeyUse.Signing);
        _device.GenerateKeyPair("enc", KeyUse.Encryption);
        _device.GenerateStorageKey("store");
        _device.GetDataCipher("data");
        _backup = _device.SplitBackup(SoftwareDevice.UsualShares, SoftwareDevice.UsualThreshold, [.. _holders.Select(h => h.PublicKey.RequireSm2())]);
    }

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    private SecretShare Share(int number) => SecretShare.Open(number, _backup.Shares[number - 1].EnvelopedShare, _holders[number - 1]);

    private SoftwareDevice Restore(params SecretShare[] shares) =>
        SoftwareDevice.Restore(_folder["r"], _backup.EncryptedBackup, shares, "restored pin 1", DeviceOptions.ForTests);

    [Fact]
    public void Any_three_holders_restore_every_key_and_two_do_not()
    {
        byte[] sealedData = _device.GetDataCipher("data").Seal("kept"u8, "place"u8);
        EscrowedPair pair = _device.MakeEscrowPair("store", "pair 1"u8);
        Assert.Equal(DeviceError.TooFewShares, Assert.Throws<DeviceException>(() => Restore(Share(1), Share(2))).Error);
        Assert.False(Directory.Exists(_folder["r"]));
        Restore(Share(5), Share(2), Share(4)).Dispose();
        using SoftwareDevice restored = SoftwareDevice.Open(_folder["r"], "restored pin 1");
        Assert.Equal(_device.Labels, restored.Labels);
        Assert.Equal(_device.PublicKeyOf("root"), restored.PublicKeyOf("root"));
        ISigner signer = restored.GetSigner("root");
        Assert.True(_device.PublicKeyOf("root").Verify(signer.Algorithm, "x"u8, signer.Sign("x"u8)));
        Assert.Equal("x"u8.ToArray(), restored.GetDecryptor("enc").Decrypt(Sm2Cipher.Encrypt(_device.PublicKeyOf("enc").RequireSm2(), "x"u8).Encode()));
        Assert.Equal("kept"u8.ToArray(), restored.GetDataCipher("data").Open(sealedData, "place"u8));
        using Sm2KeyPair holder = Sm2KeyPair.Generate();
        Assert.NotNull(restored.EnvelopEscrowed("store", pair.SealedPrivateKey, "pair 1"u8, pair.PublicKey, holder.PublicKey.RequireSm2()));
        Assert.Equal(KeyUse.Encryption, restored.UseOf("enc"));
        Assert.Equal(DeviceError.PinIncorrect, Assert.Throws<DeviceException>(() => SoftwareDevice.Open(_folder["r"], Pin)).Error);
    }

    [Fact]
    public void A_holder_who_brings_anothers_share_is_named()
    {
        DeviceException e = Assert.Throws<DeviceException>(() => SecretShare.Open(3, _backup.Shares[1].EnvelopedShare, _holders[2]));
        Assert.Equal(DeviceError.ShareNotOpened, e.Error);
        Assert.Equal([3], e.Shares);
        e = Assert.Throws<DeviceException>(() => SecretShare.Open(3, _backup.Shares[1].EnvelopedShare, _holders[1]));
        Assert.Equal([3], e.Shares);
    }

    [Fact]
    public void A_share_that_was_opened_elsewhere_is_the_same_share()
    {
        byte[] opened = _holders[1].Decrypt(_backup.Shares[1].EnvelopedShare);
        using SecretShare share = SecretShare.FromOpened(2, opened);
        Assert.True(_backup.Commitments.Verify(share));
        Assert.Equal([3], Assert.Throws<DeviceException>(() => SecretShare.FromOpened(3, opened)).Shares);
        Assert.Equal([2], Assert.Throws<DeviceException>(() => SecretShare.FromOpened(2, opened.AsSpan(1))).Shares);
    }

    [Fact]
    public void A_share_of_an_older_backup_is_named_before_anything_is_written()
    {
        BackupSet older = _device.SplitBackup(5, 3, [.. _holders.Select(h => h.PublicKey.RequireSm2())]);
        SecretShare old = SecretShare.Open(2, older.Shares[1].EnvelopedShare, _holders[1]);
        DeviceException e = Assert.Throws<DeviceException>(() => Restore(Share(1), old, Share(3)));
        Assert.Equal(DeviceError.WrongShare, e.Error);
        Assert.Equal([2], e.Shares);
        Assert.Equal(["d"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
        ShareCommitments commitments = BackupSet.ReadCommitments(_backup.EncryptedBackup);
        Assert.False(commitments.Verify(old));
        Assert.True(commitments.Verify(Share(2)));
    }

    [Fact]
    public void A_share_passed_on_through_a_token_to_the_room_opens_there()
    {
        using SoftToken token = SoftToken.Create(_folder["t"], "share holder", Pin, DeviceOptions.ForTests);
        SubjectPublicKeyInfo holder = token.GenerateSigningPair("share", KeyUse.Both);
        BackupSet set = _device.SplitBackup(2, 2, [holder.RequireSm2(), _holders[0].PublicKey.RequireSm2()]);
        byte[] forRoom = token.ReEnvelop("share", set.Shares[0].EnvelopedShare, _device.PublicKeyOf("enc").RequireSm2());
        using SecretShare first = SecretShare.Open(1, forRoom, _device.GetDecryptor("enc"));
        using SecretShare second = SecretShare.Open(2, set.Shares[1].EnvelopedShare, _holders[0]);
        Assert.True(set.Commitments.Verify(first));
        Assert.True(_device.CompareWithBackup(set.EncryptedBackup, [first, second]).AllEqual);
        token.Logout();
        Assert.Equal(DeviceError.PinNotVerified, Assert.Throws<DeviceException>(
            () => token.ReEnvelop("share", set.Shares[0].EnvelopedShare, _device.PublicKeyOf("enc").RequireSm2())).Error);
    }

    [Fact]
    public void A_changed_backup_file_is_damage_and_leaves_nothing()
    {
        SecretShare[] shares = [Share(1), Share(2), Share(3)];
        for (int i = 0; i < _backup.EncryptedBackup.Length; i += 41)
        {
            byte[] changed = (byte[])_backup.EncryptedBackup.Clone();
            changed[i] ^= 4;
            DeviceException e = Assert.Throws<DeviceException>(() => SoftwareDevice.Restore(_folder["r"], changed, shares, Pin, DeviceOptions.ForTests));
            Assert.Contains(e.Error, new[] { DeviceError.Damaged, DeviceError.WrongShare, DeviceError.TooFewShares });
        }

        Assert.Equal(DeviceError.Damaged, Assert.Throws<DeviceException>(
            () => SoftwareDevice.Restore(_folder["r"], _backup.EncryptedBackup[..^1], shares, Pin, DeviceOptions.ForTests)).Error);
        Assert.Equal(["d"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Comparing_finds_what_the_backup_lacks()
    {
        SecretShare[] shares = [Share(1), Share(2), Share(3)];
        BackupComparison comparison = _device.CompareWithBackup(_backup.EncryptedBackup, shares);
        Assert.Equal((4, true), (comparison.KeysCompared, comparison.AllEqual));
        _device.GenerateKeyPair("newer", KeyUse.Signing);
        _device.Destroy("enc");
        _device.GenerateKeyPair("enc", KeyUse.Encryption);
        comparison = _device.CompareWithBackup(_backup.EncryptedBackup, shares);
        Assert.Equal(["enc", "newer"], comparison.Different);
    }

    [Fact]
    public void Holders_must_be_as_many_as_shares_and_different()
    {
        Sm2PublicKey one = _holders[0].PublicKey.RequireSm2();
        Assert.Equal(DeviceError.OutOfRange, Assert.Throws<DeviceException>(() => _device.SplitBackup(2, 2, [one, one])).Error);
        Assert.Equal(DeviceError.OutOfRange, Assert.Throws<DeviceException>(() => _device.SplitBackup(3, 2, [one])).Error);
    }

    [Fact]
    public void Not_even_labels_are_in_the_backup_in_the_clear() => Assert.Equal(-1, _backup.EncryptedBackup.AsSpan().IndexOf("store"u8));
}
