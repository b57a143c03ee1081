using System.Security.Cryptography;
using Hufu.Crypto;

namespace Hufu.Devices;

/// <summary>Backup split among share holders, and restoring from it (6.6.2.2-a, 6.6.2.2-c).</summary>
public sealed partial class SoftwareDevice
{
    /// <summary>Shares of a backup unless policy says otherwise: five people.</summary>
    public const int UsualShares = 5;

    /// <summary>How many of them suffice: any three.</summary>
    public const int UsualThreshold = 3;

    /// <summary>
    /// Writes all keys of the device under a fresh key, and deals that key in shares, each enveloped to its holder's SM2 key. Nothing of it is kept here.
    /// </summary>
    /// <param name="shares">How many shares; as many as holders.</param>
    /// <param name="threshold">How many different ones restore; at least 2.</param>
    /// <param name="holders">The holders' keys, all different. Share i goes to the i-th of them.</param>
    /// <exception cref="DeviceException"><see cref="DeviceError.OutOfRange"/>: numbers that do not fit together, or a holder named twice.</exception>
    public BackupSet SplitBackup(int shares, int threshold, IReadOnlyList<Sm2PublicKey> holders)
    {
        ArgumentNullException.ThrowIfNull(holders);
        if (holders.Count != shares || holders.Distinct().Count() != shares)
        {
            throw new DeviceException(DeviceError.OutOfRange, $"{shares} shares need {shares} different holders.");
        }

        byte[] secret = GC.AllocateArray<byte>(ShamirShares.SecretSize, pinned: true);
        byte[] keys = [];
        IReadOnlyList<SecretShare> dealt = [];
        try
        {
            ShamirShares.MakeSecret(secret);
            (dealt, ShareCommitments commitments) = ShamirShares.Split(secret, shares, threshold);
            keys = BackedUpKey.EncodeAll(_vault);
            BackupFile file = BackupFile.Seal(commitments, secret, keys);
            return new BackupSet(file.Encode(), [.. dealt.Select((s, i) => new DealtShare(s.Number, s.Envelop(holders[i])))], commitments);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(keys);
            foreach (SecretShare share in dealt)
            {
                share.Dispose();
            }
        }
    }

    /// <summary>Makes a device from a backup in a new or empty folder, under a fresh device key. Either the whole device is there afterwards, or nothing.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="encryptedBackup">The backup file.</param>
    /// <param name="shares">At least the threshold of different shares; the caller disposes them.</param>
    /// <param name="newPin">The restored device's PIN.</param>
    /// <param name="options">PIN iterations; null for the default.</param>
    /// <exception cref="DeviceException">
    /// <see cref="DeviceError.WrongShare"/> naming each share that is not of this set or not what was dealt; <see cref="DeviceError.TooFewShares"/>;
    /// <see cref="DeviceError.Damaged"/> for the file; and as <see cref="Create"/>.
    /// </exception>
    public static SoftwareDevice Restore(
        string directory, byte[] encryptedBackup, IReadOnlyList<SecretShare> shares, ReadOnlySpan<char> newPin, DeviceOptions? options = null)
    {
        List<BackedUpKey> keys = OpenBackup(encryptedBackup, shares);
        try
        {
            return new SoftwareDevice(KeyVault.Create(directory, VaultKind.Device, "", newPin, options ?? new DeviceOptions(), vault =>
            {
                foreach (BackedUpKey key in keys)
                {
                    vault.Add(key.Label, key.Use, key.PublicPoint, key.Secret, key.ArchivedAt);
                }
            }));
        }
        finally
        {
            keys.ForEach(k => k.Dispose());
        }
    }

    /// <summary>Opens a backup in memory and compares it with this device, key by key. Writes nothing.</summary>
    /// <exception cref="DeviceException">As <see cref="Restore"/> for shares and file.</exception>
    public BackupComparison CompareWithBackup(byte[] encryptedBackup, IReadOnlyList<SecretShare> shares)
    {
        List<BackedUpKey> backup = OpenBackup(encryptedBackup, shares);
        byte[] scratch = GC.AllocateArray<byte>(Sm2.PrivateKeySize, pinned: true);
        try
        {
            Dictionary<string, KeyFile> mine = _vault.Keys.ToDictionary(k => k.Label);
            List<string> different = [.. mine.Keys.Except(backup.Select(k => k.Label))];
            int compared = 0;
            foreach (BackedUpKey key in backup)
            {
                bool equal = false;
                if (mine.TryGetValue(key.Label, out KeyFile? own))
                {
                    compared++;
                    Span<byte> secret = scratch.AsSpan(0, own.SecretSize);
                    _vault.OpenSecret(own, secret);
                    equal = own.Use == key.Use && CryptographicOperations.FixedTimeEquals(secret, key.Secret);
                }

                if (!equal)
                {
                    different.Add(key.Label);
                }
            }

            different.Sort(StringComparer.Ordinal);
            return new BackupComparison(compared, different);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scratch);
            backup.ForEach(k => k.Dispose());
        }
    }

    private static List<BackedUpKey> OpenBackup(byte[] encryptedBackup, IReadOnlyList<SecretShare> shares)
    {
        ArgumentNullException.ThrowIfNull(encryptedBackup);
        BackupFile file = BackupFile.Decode(encryptedBackup);
        byte[] secret = GC.AllocateArray<byte>(ShamirShares.SecretSize, pinned: true);
        byte[] keys = [];
        try
        {
            ShamirShares.Join(shares, file.Commitments, secret);
            keys = file.Open(secret);
            return BackedUpKey.DecodeAll(keys);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(keys);
        }
    }
}
