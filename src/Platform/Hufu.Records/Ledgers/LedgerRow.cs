namespace Hufu.Records;

/// <summary>A record's row.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Ends">Bytes of records.jsonl up to and with its line.</param>
/// <param name="Line">The line, without its line feed.</param>
internal sealed record LedgerRow(long Sequence, long Ends, byte[] Line)
{
    /// <summary>What the ledger that wrote it still knows; null of a row that was read.</summary>
    internal RowOrigin? Origin { get; init; }
}

/// <summary>What need not be read back of a row that was just written.</summary>
/// <param name="Time">Its time, Unix milliseconds.</param>
/// <param name="Leaf">Its leaf hash.</param>
/// <param name="Record">What it was made of.</param>
internal sealed record RowOrigin(long Time, byte[] Leaf, LedgerRecord Record);
