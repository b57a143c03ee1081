using Hufu.Pki;

namespace Hufu.Records;

/// <summary>Where a room's ledger lies and who signs its heads.</summary>
public sealed record LedgerOptions
{
    /// <summary>The owner's database; the records lie in its tables <c>ledger_*</c>.</summary>
    public required Database Database { get; init; }

    /// <summary>The folder of the exported files, for example <c>data/ca/audit</c>; made when missing.</summary>
    public required string Directory { get; init; }

    /// <summary>The room's name, 1 to 64 of the characters a–z, 0–9, hyphen and dot; it stands in every head.</summary>
    public required string Origin { get; init; }

    /// <summary>The audit key, which signs heads and nothing else.</summary>
    public required ISigner Signer { get; init; }

    /// <summary>The clock of records and heads.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>A head is signed at the latest after so many records, 1 or more.</summary>
    public int HeadEveryRecords { get; init; } = 1_000;

    /// <summary>The most that <see cref="HeadEvery"/> may be: 30 days.</summary>
    public static readonly TimeSpan LongestHeadEvery = TimeSpan.FromDays(30);

    /// <summary>A head is signed at the latest after this time when records came, and with the next record when the clock went back; 30 days at most.</summary>
    public TimeSpan HeadEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Under load the files are flushed to disk about this often; they always are before a head is signed.</summary>
    public TimeSpan ExportEvery { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the background task waits after a failure before it tries again.</summary>
    public TimeSpan RetryEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Where the lines go besides <see cref="Directory"/>: log server, off-site folder.</summary>
    public IReadOnlyList<LedgerCopy> Copies { get; init; } = [];

    /// <summary>Seals <see cref="LedgerRecord.Private"/>; a record that has such fields is refused when this is null.</summary>
    public IDataCipher? PrivateCipher { get; init; }

    /// <summary>Is told of every failure of the background task.</summary>
    public Action<Exception>? OnFault { get; init; }
}
