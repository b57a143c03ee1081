using System.Text.Json.Nodes;
using Hufu.Hosting;
using Hufu.Records;

namespace Hufu.Tsa.Clocks;

/// <summary>
/// Watches the clock by other sources of time (6.6.2.8-a): the operating system's own knowledge and NTP servers of the operator's. When most servers disagree with the clock by more than the bound, or none has answered for three
/// rounds, the clock is in doubt: no tokens are given, the alarm is in health, log and ledger, until they agree again.
/// </summary>
internal sealed class TimeWatch(RoomContext context, TsaOptions options, TimeSpan bound)
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(20);

    private string? _doubt = options.TimeServers.Count > 0 ? "No source of time has been heard yet." : null;
    private string _state = KernelClock.Read().What;
    private int _missed;

    /// <summary>Why the clock cannot be believed; null when it can.</summary>
    public string? Doubt => Volatile.Read(ref _doubt);

    /// <summary>What is known, in words.</summary>
    public string State => Volatile.Read(ref _state);

    /// <summary>Asks until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (options.TimeServers.Count > 0 && !ct.IsCancellationRequested)
        {
            try
            {
                await AskAsync(ct);
                await Task.Delay(options.AskTimeEvery, context.Clock, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The watch goes on whatever happens to one round; a round that could not be recorded is logged.
            catch (Exception fault)
            {
                TsaLog.Fault(context.Log, fault);
                await Task.Delay(s_firstPause, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
#pragma warning restore CA1031
        }
    }

    /// <summary>One round.</summary>
    internal async Task AskAsync(CancellationToken ct)
    {
        var answers = await Task.WhenAll(options.TimeServers.Select(async server => (Server: server, Offset: await SntpClient.OffsetAsync(server, context.Clock, ct))));
        var heard = answers.Where(answer => answer.Offset is not null).Select(answer => (answer.Server, Offset: answer.Offset!.Value)).ToList();
        _missed = heard.Count == 0 ? _missed + 1 : 0;
        var far = heard.Where(answer => answer.Offset.Duration() > bound).ToList();
        Volatile.Write(ref _state, $"{KernelClock.Read().What}; {(heard.Count == 0 ? "no server answers" : string.Join(", ", heard.Select(answer => $"{answer.Server} {answer.Offset.TotalMilliseconds:+0.0;-0.0} ms")))}");
        var doubt = heard.Count == 0
            ? _missed >= 3 || Doubt is not null ? "None of the configured sources of time answers." : null
            : far.Count * 2 >= heard.Count
                ? $"The clock is off by {string.Join(", ", far.Select(answer => $"{answer.Offset.TotalMilliseconds:+0;-0} ms by {answer.Server}"))}; {bound.TotalMilliseconds} ms are allowed."
                : null;
        if ((doubt is null) != (Doubt is null))
        {
            await context.Ledger.AppendAsync(
                new LedgerRecord
                {
                    Actor = "tsa",
                    Act = doubt is null ? "tsa.clock.trusted" : "tsa.clock.doubted",
                    Object = "clock",
                    Outcome = doubt is null ? LedgerOutcome.Done : LedgerOutcome.Failed,
                    Detail = new JsonObject { ["state"] = State, ["why"] = doubt ?? "" },
                },
                ct);
            if (doubt is not null)
            {
                TsaLog.ClockDoubted(context.Log, doubt);
            }
        }

        Volatile.Write(ref _doubt, doubt);
    }
}
