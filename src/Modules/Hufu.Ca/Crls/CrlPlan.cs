using Hufu.Ca.Alarms;
using Hufu.Ca.Authorities;
using Hufu.Ca.Revocation;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Records;
using Microsoft.Extensions.Logging;

namespace Hufu.Ca.Crls;

/// <summary>
/// The regular CRLs: by policy every day at 00:00 Asia/Shanghai, or at the CA's own frequency; at once when one was missed; the root's before it runs out; deltas between. Looks for revocations that
/// are on no CRL in time (6.2.7.6-a).
/// </summary>
internal sealed partial class CrlPlan(
    Database database, CrlDesk desk, PolicyValues values, TimeProvider clock, AuthorityRegister authorities, CaOptions options, AlarmBook alarms, ILogger log) : IAsyncDisposable
{
    // The plan looks at the clock at least this often: a clock that was set, or a machine that slept, is noticed.
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim wake = new(0, 1);
    private volatile bool atOnce;
    private Task running = Task.CompletedTask;

    public void Start() => running = Task.Run(() => RunAsync(stop.Token));

    /// <summary>Asks for CRLs of the CAs that issue to holders as soon as possible, deltas where the CA makes any; does not wait for them.</summary>
    public void RequestNow()
    {
        atOnce = true;
        LookNow();
    }

    /// <summary>Looks at once for what is due, instead of within a minute; does not wait for it.</summary>
    public void LookNow()
    {
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
    /// <returns>The names of the CAs whose full CRL was made.</returns>
    [Clause("6.2.7.5-a")]
    [Clause("6.2.7.6-a")]
    public async Task<IReadOnlyList<string>> RunDueAsync(CancellationToken ct)
    {
        if (authorities.Current is not { } all)
        {
            return [];
        }

        List<string> made = [];
        List<Exception> faults = [];
        foreach (var ca in all.All.Where(authority => authority.SignsCrls).Select(authority => authority.Name))
        {
            try
            {
                if (await database.ReadAsync(session => IsDue(session, ca), ct).ConfigureAwait(false))
                {
                    await desk.IssueAsync(ca, CrlOccasion.Regular, CrlDesk.ByThePlan, ct).ConfigureAwait(false);
                    made.Add(ca);
                }
                else if (await database.ReadAsync(session => IsDeltaDue(session, ca), ct).ConfigureAwait(false))
                {
                    await desk.IssueDeltaAsync(ca, CrlDesk.ByThePlan, ct).ConfigureAwait(false);
                }
            }
            catch (Exception fault) when (!ct.IsCancellationRequested)
            {
                // One CA's CRL that cannot be made must not keep the others from theirs.
                faults.Add(fault);
                await database.WriteAsync(session => alarms.Raise(session, AlarmKinds.CrlLate, $"ca/{ca}", fault.Message), ct).ConfigureAwait(false);
            }
        }

        await WatchAsync(all, ct).ConfigureAwait(false);
        return faults.Count == 0 ? made : throw new AggregateException(faults);
    }

    // 6.2.7.6-a: never more than this from revocation to CRL.
    [Clause("6.2.7.6-a")]
    private async Task WatchAsync(AuthoritySet all, CancellationToken ct)
    {
        var before = (clock.GetUtcNow() - values.RevocationInCrlWithin).ToUnixTimeMilliseconds();
        foreach (var ca in all.Names)
        {
            var late = await database.ReadAsync(session => RevocationStore.UnlistedSince(session, ca, before, 10), ct).ConfigureAwait(false);
            if (late.Count > 0)
            {
                await database.WriteAsync(
                    session => alarms.Raise(session, AlarmKinds.RevocationUnlisted, $"ca/{ca}", $"Revoked and on no CRL after {values.RevocationInCrlWithin}: {string.Join(' ', late)}"), ct).ConfigureAwait(false);
            }
        }
    }

    private bool IsDue(Session session, string ca)
    {
        var now = clock.GetUtcNow();
        if (CrlStore.LatestRegular(session, ca) is not { } regular)
        {
            return true;
        }

        // Without a frequency it lives for months: it is made again when a third of its life is left.
        return CrlTimes.Next(ca, DateTimeOffset.FromUnixTimeMilliseconds(regular.ThisUpdate), values, options) is { } next
            ? now >= next
            : now.ToUnixTimeMilliseconds() >= regular.NextUpdate - ((regular.NextUpdate - regular.ThisUpdate) / 3);
    }

    private bool IsDeltaDue(Session session, string ca) =>
        options.DeltaCrlEvery.TryGetValue(ca, out var every) && CrlStore.Latest(session, ca) is { } last
        && clock.GetUtcNow().ToUnixTimeMilliseconds() >= last.ThisUpdate + (long)every.TotalMilliseconds;

    private async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (atOnce && authorities.Current is { } all)
                {
                    atOnce = false;
                    await IssueNowAsync(all, ct).ConfigureAwait(false);
                }

                await RunDueAsync(ct).ConfigureAwait(false);
            }
            catch (Exception fault) when (!ct.IsCancellationRequested)
            {
                LogFault(log, fault);
            }
            catch (OperationCanceledException)
            {
                return;
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

    // What was asked for at once and cannot be signed while the clock is in doubt is asked for still.
    private async Task IssueNowAsync(AuthoritySet all, CancellationToken ct)
    {
        foreach (var ca in all.All.Where(authority => authority.SignsCrls && authority.Name != AuthorityNames.Root).Select(authority => authority.Name))
        {
            try
            {
                if (!options.DeltaCrlEvery.ContainsKey(ca) || await desk.IssueDeltaAsync(ca, CrlDesk.ByThePlan, ct).ConfigureAwait(false) is null)
                {
                    await desk.IssueAsync(ca, CrlOccasion.OnDemand, CrlDesk.ByThePlan, ct).ConfigureAwait(false);
                }
            }
            catch (RefusedException refused) when (refused.Refusal.Code == RefusalCode.ClockInDoubt)
            {
                LogFault(log, refused);
                atOnce = true;
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
