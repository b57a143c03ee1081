namespace Hufu.Hosting;

/// <summary>A share as it lies on the table; wiped when it leaves it.</summary>
/// <param name="Number">1 to n.</param>
/// <param name="Share">The share itself: a secret.</param>
public sealed record PresentedShare(int Number, byte[] Share);

/// <summary>How a backup compares with the keys in use.</summary>
/// <param name="KeysCompared">How many keys were restored in a scratch place and compared.</param>
/// <param name="AllEqual">Whether every one is the key in use.</param>
/// <param name="Digest">SM3 (hex) of the encrypted backup.</param>
public sealed record BackupComparison(int KeysCompared, bool AllEqual, string Digest);

/// <summary>What a room gives the ceremony desk: its device's split backup.</summary>
public interface ICeremonyDevice
{
    /// <summary>Whether a share is the one of that number (by the commitments kept with the split); constant time in the share.</summary>
    bool VerifyShare(int number, ReadOnlySpan<byte> share);

    /// <summary>Joins the shares, restores the backup in a scratch place, compares it key by key with the device, and destroys the scratch place.</summary>
    /// <param name="shares">At least the threshold, all verified; the caller wipes them.</param>
    /// <param name="ct">Cancels.</param>
    Task<BackupComparison> CompareBackupAsync(IReadOnlyList<PresentedShare> shares, CancellationToken ct);
}
