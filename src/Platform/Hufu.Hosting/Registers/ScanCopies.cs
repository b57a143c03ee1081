using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Hosting;

/// <summary>
/// Copies of what people record by hand (6.6.1.4-j). Entries are records of the ledger: never changed, a correction is a later entry beside the one before, copied to the log server at once. Their scans are files:
/// they go to the place off site (else the log server's folder) as they arrive, sealed as they lie; what could not be copied then is tried again each <c>manual-record-copy-every</c>, and each night every scan is
/// compared and what is not whole there is copied again.
/// </summary>
[Clause("6.6.1.4-j")]
public sealed class ScanCopies : IAsyncDisposable
{
    private const int Page = 500;

    private readonly RoomContext _context;
    private readonly string? _folder;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private string _night = "";

    internal ScanCopies(RoomContext context)
    {
        _context = context;
        var target = context.Settings.LogServer?.Offsite ?? context.Settings.LogServer?.Folder;
        _folder = target is null ? null : Path.Combine(target, context.Name, "scans");
    }

    /// <summary>Begins to look; once. Without a place off site or a log server's folder there is nothing to do.</summary>
    public void Start()
    {
        if (_folder is not null)
        {
            _running = Task.Run(() => WatchAsync(_stop.Token), CancellationToken.None);
        }
    }

    /// <summary>Copies scans that are not there yet; the first time on a new day, compares all of them.</summary>
    /// <returns>How many were copied.</returns>
    /// <exception cref="IOException">The place cannot be written; it is tried again.</exception>
    public async Task<int> LookAsync(CancellationToken ct)
    {
        if (_folder is null)
        {
            return 0;
        }

        await _one.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var today = _context.Policy.Values.LocalText(_context.Clock.GetUtcNow())[..10];
            var whole = today != _night;
            var copied = 0;
            for (var after = "";;)
            {
                var digests = await _context.Database.ReadAsync(
                    session => session.Query<string>("SELECT DISTINCT digest FROM hosting_register_scans WHERE media_type IS NOT NULL AND digest > @after ORDER BY digest LIMIT @Page", new { after, Page }), ct).ConfigureAwait(false);
                foreach (var digest in digests)
                {
                    copied += _context.Evidence.CopySealed(digest, _folder, compare: whole) ? 1 : 0;
                }

                if (digests.Count < Page)
                {
                    break;
                }

                after = digests[^1];
            }

            _night = today;
            return copied;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return; // a room may be closed twice
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
        _one.Dispose();
    }

    private async Task WatchAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(_context.Policy.Values.ManualRecordCopyEvery, _context.Clock);
        try
        {
            do
            {
                try
                {
                    await LookAsync(ct).ConfigureAwait(false);
                }
                catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or DatabaseException)
                {
                    HostingLog.ScanCopyFault(_context.Log, fault, _context.Name);
                }
            }
            while (await timer.WaitForNextTickAsync(ct).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The room closes.
        }
    }
}
