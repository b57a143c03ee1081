using Hufu.Records;

/// <summary>
/// The bench's double for a ledger's growing end: takes every record, looks at none, keeps none. Only issue-with-audit composes a room with it; the product knows one edge and has no switch.
/// </summary>
internal sealed class LedgerDouble(EdgeStart start) : LedgerEdge(start)
{
    private static readonly PreparedRecord Nothing = PreparedRecord.Make(new LedgerRecord { Actor = "bench", Act = "bench", Object = "bench", Outcome = LedgerOutcome.Done }, 1);
    private readonly TimeProvider clock = start.Clock;
    private long number = start.Frontier.Size;

    internal override PreparedRecord Prepare(LedgerRecord record) => Nothing;

    internal override LedgerReceipt Append(Session session, PreparedRecord prepared) => new(number++, clock.GetUtcNow(), []);
}
