using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Kmc.Stores;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Kmc.Services;

/// <summary>
/// Watches the ends of the key centre's own certificates (R18): alarms 60, 30 and 7 days before one ends and when it has, each once, in ledger and log, with the act that is due and who does it; and completes what a crash
/// or a sleeping device has left of a renewal.
/// </summary>
internal sealed class ServiceWatch(RoomContext context, ServiceRenewals renewals) : IAsyncDisposable
{
    private static readonly TimeSpan s_every = TimeSpan.FromHours(1);
    private static readonly int[] s_days = [0, 7, 30, 60];

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Begins to watch; once.</summary>
    public void Start() => _running = Task.Run(WatchAsync);

    /// <summary>The alarm that a certificate's end is due, in days; null while there is time.</summary>
    public static int? AlarmOf(Certificate certificate, DateTimeOffset now) => s_days.Where(days => certificate.NotAfter - now <= TimeSpan.FromDays(days)).Select(days => (int?)days).FirstOrDefault();

    /// <summary>The certificates in force with their alarms.</summary>
    public IReadOnlyList<ServiceLife> Lives()
    {
        var now = context.Clock.GetUtcNow();
        return
        [
            .. ServiceRenewals.Uses.Select(use => (Use: use, Certificate: context.Identity.CertificateFor(use))).Where(one => one.Certificate is not null)
                .Select(one => new ServiceLife(one.Use, one.Certificate!.SerialHex, one.Certificate.NotAfter, AlarmOf(one.Certificate, now))),
        ];
    }

    /// <summary>Looks: completes, and raises what is due and was not raised before.</summary>
    /// <returns>How many alarms were raised.</returns>
    [Clause("6.2.6.1-a")]
    public async Task<int> LookAsync(CancellationToken ct)
    {
        await renewals.CompleteAllAsync(ct);
        var due = Lives().Where(life => life.Alarm is not null).ToList();
        return due.Count == 0 ? 0 : await context.Database.WriteAsync(
            session =>
            {
                var words = Words(session);
                var raised = due.Where(life => RenewalStore.Raise(session, life.Serial, life.Alarm!.Value, context.Clock.GetUtcNow().ToUnixTimeMilliseconds())).ToList();
                foreach (var life in raised)
                {
                    context.Ledger.Append(session, new LedgerRecord
                    {
                        Actor = RefillJob.Actor,
                        Act = "kmc.service.ends",
                        Object = $"certificate/{life.Serial}",
                        Outcome = LedgerOutcome.Done,
                        Detail = new JsonObject { ["use"] = life.Use, ["days"] = life.Alarm, ["end"] = life.NotAfter.ToUnixTimeMilliseconds(), ["due"] = words },
                    });
                    session.OnCommitted(() => KmcLog.ServiceEnds(context.Log, life.Use, life.NotAfter, words));
                }

                return raised.Count;
            },
            ct);
    }

    /// <summary>For health: not well from seven days before the end on; the words name the act from sixty days on.</summary>
    public async Task<RoomCheck> CheckAsync(CancellationToken ct) =>
        Lives().Where(life => life.Alarm is not null).MinBy(life => life.NotAfter) is { } first
            ? new RoomCheck("services", first.Alarm > 7, $"{(first.Alarm == 0 ? "expired" : $"{(first.NotAfter - context.Clock.GetUtcNow()).TotalDays:0} days left")}; {await context.Database.ReadAsync(Words, ct)}")
            : new RoomCheck("services", true, "In time.");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private static string Words(Session session) => RenewalStore.Waiting(session) is { } waiting
        ? $"Renewal {waiting.Number} waits: an auditor does {ActNames.KmcServicePutInForce} (POST /api/kmc/services/{waiting.Number}/put-in-force)."
        : $"A business administrator does {ActNames.KmcServiceRenew} (POST /api/kmc/services).";

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await LookAsync(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
#pragma warning disable CA1031 // A job outlives every failure: it reports it and looks again at its next turn.
            catch (Exception fault)
            {
                KmcLog.ServiceFault(context.Log, fault);
            }
#pragma warning restore CA1031

            await Task.Delay(s_every, context.Clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
