namespace Hufu.Records;

/// <summary>Which of a ledger's two files.</summary>
internal enum LedgerFile
{
    /// <summary>records.jsonl.</summary>
    Records,
    /// <summary>heads.jsonl.</summary>
    Heads,
}

/// <summary>An open way to a copy.</summary>
internal interface ILedgerSink : IAsyncDisposable
{
    /// <summary>Where in a file to go on.</summary>
    /// <exception cref="LedgerException">FilesAhead, Broken: the copy is not the beginning of the file.</exception>
    Task<long> StartAsync(LedgerFile file, CancellationToken ct);

    /// <summary>Takes whole lines, each with its line feed.</summary>
    Task WriteAsync(LedgerFile file, ReadOnlyMemory<byte> lines, CancellationToken ct);

    /// <summary>Makes sure that what was taken is on its way, or on the disk, and remembers where to go on.</summary>
    Task FlushAsync(long records, long heads, CancellationToken ct);
}
