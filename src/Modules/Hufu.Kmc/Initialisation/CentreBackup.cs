using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Hosting;

namespace Hufu.Kmc.Initialisation;

/// <summary>The key centre's split backup, as the ceremony desk uses it.</summary>
internal sealed class CentreBackup(RoomContext context) : ICeremonyDevice
{
    private ShareCommitments? _commitments;

    /// <summary>Reads by what shares are verified; again after a new split.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        if (await context.Database.ReadAsync(CentreStore.Backup, ct) is { } backup)
        {
            Volatile.Write(ref _commitments, BackupSet.ReadCommitments(backup));
        }
    }

    /// <inheritdoc/>
    public bool VerifyShare(int number, ReadOnlySpan<byte> share)
    {
        try
        {
            using var opened = SecretShare.FromOpened(number, share);
            return Volatile.Read(ref _commitments)?.Verify(opened) == true;
        }
        catch (DeviceException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    [Clause("6.6.2.2-c")]
    public async Task<Hosting.BackupComparison> CompareBackupAsync(IReadOnlyList<PresentedShare> shares, CancellationToken ct)
    {
        var backup = await context.Database.ReadAsync(CentreStore.Backup, ct) ?? throw new RefusedException(RefusalCode.NotInitialised, "The device has not been backed up yet.");
        var opened = shares.Select(share => SecretShare.FromOpened(share.Number, share.Share)).ToList();
        try
        {
            var comparison = await Task.Run(() => context.Identity.Device.CompareWithBackup(backup, opened), ct);
            return new Hosting.BackupComparison(comparison.KeysCompared, comparison.AllEqual, ActStatement.Digest(backup));
        }
        catch (DeviceException wrong)
        {
            throw new RefusedException(wrong.Error == DeviceError.TooFewShares ? RefusalCode.SharesTooFew : RefusalCode.ShareInvalid, wrong.Message, "shares");
        }
        finally
        {
            opened.ForEach(share => share.Dispose());
        }
    }
}
