namespace Hufu.Records;

/// <summary>A record's row.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Ends">Bytes of records.jsonl up to and with its line.</param>
/// <param name="Line">The line, without its line feed.</param>
internal sealed record LedgerRow(long Sequence, long Ends, byte[] Line);
