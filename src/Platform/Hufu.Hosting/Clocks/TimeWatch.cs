using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Hosting;

/// <summary>Other sources of time beside the machine's clock, and what they are asked for.</summary>
/// <param name="Servers">NTP servers that trace to the national time, <c>host</c> or <c>host:port</c>; two or more, so that one that lies is noticed. Empty: none is asked, and nothing is ever in doubt.</param>
/// <param name="Every">How often they are asked.</param>
/// <param name="Bound">By how much the clock may differ from them.</param>
public sealed record TimeSources(IReadOnlyList<string> Servers, TimeSpan Every, TimeSpan Bound)
{
    /// <summary>How often they are asked where nothing else is said.</summary>
    public static TimeSpan UsualPace { get; } = TimeSpan.FromMinutes(1);
}

/// <summary>
/// Watches the clock of a room that signs times, by other sources (6.6.2.8-a): the operating system's own knowledge and NTP servers of the operator's. When at least half of those that answer differ from the clock by more
/// than the bound, or none has answered for three rounds, the clock is in doubt: the room signs nothing that carries a time, the alarm is in health, log and ledger (<c>tsa.clock.doubted</c>, <c>ca.clock.doubted</c>), until they agree again.
/// </summary>
/// <param name="context">The room.</param>
/// <param name="sources">Who is asked.</param>
/// <param name="told">What the room does of its own when doubt begins (why) or ends (null), in the transaction of the ledger's record; after a start it is told of the first round's outcome, whatever it is.</param>
[Clause("6.6.2.8-a")]
public sealed class TimeWatch(RoomContext context, TimeSources sources, Action<Session, string?>? told = null)
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(20);

    private string? _doubt = sources.Servers.Count > 0 ? "No source of time has been heard yet." : null;
    private string _state = KernelClock.Read().What;
    private int _missed;
    private bool _asked;
    private bool _recorded;

    /// <summary>Why the clock cannot be believed; null when it can.</summary>
    public string? Doubt => Volatile.Read(ref _doubt);

    /// <summary>What is known, in words.</summary>
    public string State => Volatile.Read(ref _state);

    /// <summary>The room's line of health.</summary>
    public RoomCheck Health => Doubt is { } why ? new RoomCheck("time-source", false, why) : new RoomCheck("time-source", true, State);

    /// <summary>Asks until cancelled.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task RunAsync(CancellationToken ct)
    {
        while (sources.Servers.Count > 0 && !ct.IsCancellationRequested)
        {
            try
            {
                await AskAsync(ct).ConfigureAwait(false);
                await Task.Delay(sources.Every, context.Clock, ct).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The watch goes on whatever happens to one round; a round that could not be recorded is logged.
            catch (Exception fault)
            {
                HostingLog.ClockWatchFault(context.Log, fault, context.Name);
                await Task.Delay(s_firstPause, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
#pragma warning restore CA1031
        }
    }

    /// <summary>One round. Doubt stands from before its record on, and ends only after the record of its end.</summary>
    internal async Task AskAsync(CancellationToken ct)
    {
        var answers = await Task.WhenAll(sources.Servers.Select(async server => (Server: server, Offset: await SntpClient.OffsetAsync(server, context.Clock, ct).ConfigureAwait(false)))).ConfigureAwait(false);
        var heard = answers.Where(answer => answer.Offset is not null).Select(answer => (answer.Server, Offset: answer.Offset!.Value)).ToList();
        _missed = heard.Count == 0 ? _missed + 1 : 0;
        var far = heard.Where(answer => answer.Offset.Duration() > sources.Bound).ToList();
        Volatile.Write(ref _state, $"{KernelClock.Read().What}; {(heard.Count == 0 ? "no server answers" : string.Join(", ", heard.Select(answer => $"{answer.Server} {answer.Offset.TotalMilliseconds:+0.0;-0.0} ms")))}");
        var doubt = heard.Count == 0
            ? _missed >= 3 || Doubt is not null ? "None of the configured sources of time answers." : null
            : far.Count * 2 >= heard.Count
                ? $"The clock is off by {string.Join(", ", far.Select(answer => $"{answer.Offset.TotalMilliseconds:+0;-0} ms by {answer.Server}"))}; {sources.Bound.TotalMilliseconds} ms are allowed."
                : null;
        if (doubt is not null)
        {
            Volatile.Write(ref _doubt, doubt);
        }

        if (!_asked || (doubt is not null) != _recorded)
        {
            await context.Database.WriteAsync(session => Record(session, doubt), ct).ConfigureAwait(false);
            if (doubt is not null && !_recorded)
            {
                HostingLog.ClockDoubted(context.Log, context.Name, doubt);
            }

            (_asked, _recorded) = (true, doubt is not null);
        }

        Volatile.Write(ref _doubt, doubt);
    }

    private void Record(Session session, string? doubt)
    {
        if ((doubt is not null) != _recorded)
        {
            context.Ledger.Append(session, new LedgerRecord
            {
                Actor = context.Name,
                Act = $"{context.Name}.clock.{(doubt is null ? "trusted" : "doubted")}",
                Object = "clock",
                Outcome = doubt is null ? LedgerOutcome.Done : LedgerOutcome.Failed,
                Detail = new JsonObject { ["state"] = State, ["why"] = doubt ?? "" },
            });
        }

        told?.Invoke(session, doubt);
    }
}
