using Hufu.Ca.Authorities;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Records;
using Microsoft.Extensions.Logging;

namespace Hufu.Ca.Crls;

/// <summary>The regular CRL: every day at 00:00 Asia/Shanghai by policy, at once when it was missed, and the root's before it runs out.</summary>
internal sealed partial class CrlPlan(Database database, CrlDesk desk, PolicyValues values, TimeProvider clock, AuthorityRegister authorities, ILogger log) : IAsyncDisposable
{
    // The plan looks at the clock at least this often: a clock that was set, or a machine that slept, is noticed.
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim wake = new(0, 1);
    private volatile bool atOnce;
    private Task running = Task.CompletedTask;

    public void Start() => running = Task.Run(() => RunAsync(stop.Token));

    /// <summary>Asks for a CRL of the operational CA as soon as possible; does not wait for it.</summary>
    public void RequestNow()
    {
        atOnce = true;
        if (wake.CurrentCount == 0)
        {
            try
            {
                wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // somebody else woke it
            }
        }
    }

    /// <summary>Makes what is due now.</summary>
    /// <returns>The names of the CAs whose CRL was made.</returns>
    [Clause("6.2.7.5-a")]
    [Clause("6.2.7.6-a")]
    public async Task<IReadOnlyList<string>> RunDueAsync(CancellationToken ct)
    {
        if (authorities.Current is null)
        {
            return [];
        }

        List<string> made = [];
        foreach (var ca in AuthorityNames.All)
        {
            if (await database.ReadAsync(session => IsDue(session, ca), ct).ConfigureAwait(false))
            {
                await desk.IssueAsync(ca, CrlOccasion.Regular, "system", ct).ConfigureAwait(false);
                made.Add(ca);
            }
        }

        return made;
    }

    private bool IsDue(Session session, string ca)
    {
        var now = clock.GetUtcNow();
        if (ca == AuthorityNames.Operational)
        {
            return CrlStore.LatestRegular(session, ca) is not { } regular || now >= values.NextCrlAfter(DateTimeOffset.FromUnixTimeMilliseconds(regular.ThisUpdate));
        }

        // The root's lives for months: it is made again when a third of its life is left.
        return CrlStore.Latest(session, ca) is not { } last || now.ToUnixTimeMilliseconds() >= last.NextUpdate - ((last.NextUpdate - last.ThisUpdate) / 3);
    }

    private async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (atOnce && authorities.Current is not null)
                {
                    atOnce = false;
                    await desk.IssueAsync(AuthorityNames.Operational, CrlOccasion.OnDemand, "system", ct).ConfigureAwait(false);
                }

                await RunDueAsync(ct).ConfigureAwait(false);
            }
            catch (Exception fault) when (!ct.IsCancellationRequested)
            {
                LogFault(log, fault);
            }

            try
            {
                var now = clock.GetUtcNow();
                var next = values.NextCrlAfter(now) - now;
                await WaitAsync(next < Look ? next : Look, ct).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    // On the injected clock, and cut short by RequestNow.
    private async Task WaitAsync(TimeSpan time, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var due = Task.Delay(time, clock, either.Token);
        var woken = wake.WaitAsync(either.Token);
        await Task.WhenAny(due, woken).ConfigureAwait(false);
        await either.CancelAsync().ConfigureAwait(false);
        ct.ThrowIfCancellationRequested();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
        stop.Dispose();
        wake.Dispose();
    }

    [LoggerMessage(3021, LogLevel.Error, "The CRL that is due could not be made; it is tried again in a minute")]
    private static partial void LogFault(ILogger log, Exception fault);
}
