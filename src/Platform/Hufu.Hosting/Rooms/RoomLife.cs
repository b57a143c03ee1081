using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Hosting;

/// <summary>Start, stop and crash of a room in its own ledger (6.6.1.4-a). A file <c>running</c> in the room's folder stands while it runs: found at the start, the time before had no orderly end.</summary>
[Clause("6.6.1.4-a")]
public static class RoomLife
{
    private const string Mark = "running";

    /// <summary>The room has started. A room whose audit key waits for its operator has its activation on record instead.</summary>
    /// <param name="context">The room.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task StartedAsync(RoomContext context, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(context);
        var mark = Path.Combine(context.DataDirectory, Mark);
        var crashed = File.Exists(mark);
        await File.WriteAllTextAsync(mark, context.Clock.GetUtcNow().ToString("u", System.Globalization.CultureInfo.InvariantCulture) + "\n", ct).ConfigureAwait(false);
        await RecordAsync(context, "room.start", crashed ? LedgerOutcome.Failed : LedgerOutcome.Done, crashed ? "the time before ended without a stop: crash, kill or loss of power" : "after an orderly stop, or for the first time", ct).ConfigureAwait(false);
    }

    /// <summary>The room stops in order; before its last head is signed.</summary>
    /// <param name="context">The room.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task StoppedAsync(RoomContext context, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (await RecordAsync(context, "room.stop", LedgerOutcome.Done, "orderly", ct).ConfigureAwait(false))
        {
            File.Delete(Path.Combine(context.DataDirectory, Mark));
        }
    }

    // Start and stop are no acts: a ledger that cannot be written hinders neither, and refuses every act by itself (R24); the mark stays, so that the next start tells of it.
    private static async Task<bool> RecordAsync(RoomContext context, string act, LedgerOutcome outcome, string how, CancellationToken ct)
    {
        if (!context.Identity.IsActive)
        {
            return true;
        }

        try
        {
            await context.Ledger.AppendAsync(
                new LedgerRecord
                {
                    Actor = "system", Act = act, Object = $"room/{context.Name}", Outcome = outcome,
                    Detail = new JsonObject { ["how"] = how, ["version"] = typeof(RoomLife).Assembly.GetName().Version!.ToString(3), ["policy"] = context.Policy.Digest },
                },
                ct).ConfigureAwait(false);
            return true;
        }
        catch (Exception fault) when (fault is LedgerException or DatabaseException)
        {
            HostingLog.LedgerFault(context.Log, fault, context.Name);
            return false;
        }
    }
}
