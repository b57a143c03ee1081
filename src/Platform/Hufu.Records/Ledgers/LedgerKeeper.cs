using System.Threading.Channels;

namespace Hufu.Records;

/// <summary>The ledger's background task: copies records to the files as they are committed, and has heads signed by number and by time.</summary>
/// <remarks>When a head is due is the injected clock's; pauses between two tries or two exports are the machine's, for they protect the disk.</remarks>
internal sealed class LedgerKeeper(Ledger ledger, LedgerOptions options) : IAsyncDisposable
{
    private readonly Channel<bool> grown = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;

    internal void Start() => running = Task.Run(() => KeepAsync(stop.Token));

    internal void Signal() => grown.Writer.TryWrite(true);

    private async Task KeepAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                try
                {
                    await WaitAsync(ct).ConfigureAwait(false);
                    await StepAsync(ct).ConfigureAwait(false);
                    ledger.Fault = null;
                }
                catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
                {
                    // R24: until the files can be written again, the ledger takes no record.
                    ledger.Fault = e;
                    options.OnFault?.Invoke(e);
                    await Task.Delay(options.RetryEvery, ct).ConfigureAwait(false);
                    Signal();
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        if (ledger.Size == (ledger.Head?.Size ?? 0))
        {
            await grown.Reader.ReadAsync(ct).ConfigureAwait(false);
            return;
        }

        TimeSpan left = UntilHeadDue();
        if (left <= TimeSpan.Zero)
        {
            return;
        }

        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task due = Task.Delay(left, options.Clock, both.Token);
        Task more = grown.Reader.ReadAsync(both.Token).AsTask();
        await Task.WhenAny(due, more).ConfigureAwait(false);
        await both.CancelAsync().ConfigureAwait(false);
        ct.ThrowIfCancellationRequested();
    }

    private async Task StepAsync(CancellationToken ct)
    {
        await ledger.ExportAsync(ct).ConfigureAwait(false);
        long ahead = ledger.Size - (ledger.Head?.Size ?? 0);
        if (ahead >= options.HeadEveryRecords || (ahead > 0 && UntilHeadDue() <= TimeSpan.Zero))
        {
            await ledger.SignHeadAsync(ct).ConfigureAwait(false);
        }

        await ledger.IndexAsync(ct).ConfigureAwait(false);
        // Under load the next export takes more at once: the writer's own flushes come first.
        await Task.Delay(options.ExportEvery, ct).ConfigureAwait(false);
    }

    // A ledger without a head gets one at once; so does one whose clock went back, for a head's own time never does and might lie months ahead. Never longer than HeadEvery.
    private TimeSpan UntilHeadDue()
    {
        DateTimeOffset now = options.Clock.GetUtcNow();
        return ledger.HeadClock is { } signed && now >= signed ? signed + options.HeadEvery - now : TimeSpan.Zero;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
        stop.Dispose();
    }
}
