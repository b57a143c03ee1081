namespace Hufu.Devices;

/// <summary>A device's backup: one encrypted file, and shares of its key for the holders (6.6.2.2-a, 6.6.2.2-c).</summary>
/// <param name="EncryptedBackup">All keys of the device under a key that only the shares give back. Its head carries the commitments.</param>
/// <param name="Shares">One for each holder, in the order in which they were named.</param>
/// <param name="Commitments">Checks each share on its own (Feldman over the SM2 group). The same as in the file's head.</param>
public sealed record BackupSet(byte[] EncryptedBackup, IReadOnlyList<DealtShare> Shares, ShareCommitments Commitments)
{
    /// <summary>Reads the commitments from a backup file's head. They are authenticated only when the backup is opened; a wrong share is wrong by them until then.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.Damaged"/>.</exception>
    public static ShareCommitments ReadCommitments(ReadOnlyMemory<byte> encryptedBackup) => BackupFile.Decode(encryptedBackup).Commitments;
}

/// <summary>One share, enveloped to its holder.</summary>
/// <param name="Number">1 to n, the holder's place in the list.</param>
/// <param name="EnvelopedShare">DER SM2Cipher (GM/T 0009) to the holder's key: <see cref="SecretShare.Open"/>.</param>
public sealed record DealtShare(int Number, byte[] EnvelopedShare);

/// <summary>What a backup holds against what the device holds.</summary>
/// <param name="KeysCompared">Keys that both have.</param>
/// <param name="Different">Labels whose key differs or that only one of the two has; empty when the backup is complete and right.</param>
public sealed record BackupComparison(int KeysCompared, IReadOnlyList<string> Different)
{
    /// <summary>Whether every key of the device is in the backup, byte for byte, and nothing else is.</summary>
    public bool AllEqual => Different.Count == 0;
}
