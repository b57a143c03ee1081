using Hufu.Hosting;

namespace Hufu.Portal.Rendering;

/// <summary>How the rooms are, asked once in a few seconds however many visitors there are; who waits too long gets what was known, or nothing.</summary>
internal sealed class HealthWatch(Func<CancellationToken, Task<HealthReport>> ask, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private Task<HealthReport>? _asking;
    private (DateTimeOffset At, HealthReport Report)? _known;

    public async Task<HealthReport?> ReportAsync()
    {
        Task<HealthReport> asking;
        lock (_lock)
        {
            if (_known is { } known && clock.GetUtcNow() - known.At < Fresh)
            {
                return known.Report;
            }

            asking = _asking ??= Task.Run(AskAsync);
        }

        try
        {
            return await asking.WaitAsync(Patience).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The page is there even when a room is not: the strip then says what was known last, or that it is not known.
            lock (_lock)
            {
                return _known?.Report;
            }
        }
    }

    private async Task<HealthReport> AskAsync()
    {
        try
        {
            var report = await ask(CancellationToken.None).ConfigureAwait(false);
            lock (_lock)
            {
                _known = (clock.GetUtcNow(), report);
            }

            return report;
        }
        finally
        {
            lock (_lock)
            {
                _asking = null;
            }
        }
    }
}
