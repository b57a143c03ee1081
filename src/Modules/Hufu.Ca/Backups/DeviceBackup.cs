using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Hosting;
using Hufu.Records;
using BackupComparison = Hufu.Hosting.BackupComparison;

namespace Hufu.Ca.Backups;

/// <summary>The device's split backup: kept encrypted in the database and as a file, checked with shares of the holders.</summary>
internal sealed class DeviceBackup(Database database, SoftwareDevice device) : ICeremonyDevice
{
    // Read for every share; replaced when a new split is committed.
    private volatile byte[]? newest;

    /// <summary>Finds the newest backup at start.</summary>
    public async Task LoadAsync(CancellationToken ct) =>
        newest = await database.ReadAsync(session => session.QueryFirst<byte[]>("SELECT file FROM ca_backups ORDER BY number DESC LIMIT 1"), ct).ConfigureAwait(false);

    /// <summary>Keeps a backup, and which keys it holds, in the transaction of its ceremony.</summary>
    public void Keep(Session session, byte[] file, long now, string? act = null, byte[]? reply = null)
    {
        BackupStore.Insert(session, file, device, now, act, reply);
        session.OnCommitted(() => newest = file);
    }

    public bool VerifyShare(int number, ReadOnlySpan<byte> share)
    {
        if (newest is not { } file)
        {
            return false;
        }

        try
        {
            using var opened = SecretShare.FromOpened(number, share);
            return BackupSet.ReadCommitments(file).Verify(opened);
        }
        catch (DeviceException)
        {
            return false;
        }
    }

    public Task<BackupComparison> CompareBackupAsync(IReadOnlyList<PresentedShare> shares, CancellationToken ct) => Task.Run(
        () =>
        {
            var file = newest ?? throw new RefusedException(RefusalCode.NotInitialised, "There is no backup yet.");
            List<SecretShare> opened = [];
            try
            {
                foreach (var share in shares)
                {
                    opened.Add(SecretShare.FromOpened(share.Number, share.Share));
                }

                var compared = device.CompareWithBackup(file, opened);
                return new BackupComparison(compared.KeysCompared, compared.AllEqual, ActStatement.Digest(file));
            }
            catch (DeviceException exception)
            {
                throw new RefusedException(RefusalCode.ShareInvalid, exception.Message);
            }
            finally
            {
                opened.ForEach(share => share.Dispose());
            }
        },
        ct);
}
