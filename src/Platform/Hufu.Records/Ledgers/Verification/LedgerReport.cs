namespace Hufu.Records;

/// <summary>What the verifier finds about a log as a whole. The numbers are the exit codes of <c>hufu audit verify</c>.</summary>
public enum LedgerVerdict
{
    /// <summary>Everything holds.</summary>
    Whole = 0,
    /// <summary>Something was changed, removed, added, or does not verify.</summary>
    Broken = 1,
    /// <summary>The files are not there or cannot be read.</summary>
    NotReadable = 2,
}

/// <summary>What is wrong at one place.</summary>
public enum LedgerFault
{
    /// <summary>A file is missing or cannot be read.</summary>
    Unreadable,
    /// <summary>A line is not of the form that the ledger writes.</summary>
    Form,
    /// <summary>A line has another number than its place: removed, added or swapped.</summary>
    Sequence,
    /// <summary>A record does not refer to the one before it.</summary>
    Chain,
    /// <summary>The tree over the records is not the one that a head signed.</summary>
    Root,
    /// <summary>Records that a head covers are missing at the end.</summary>
    End,
    /// <summary>A head's line, signature, key or order is wrong.</summary>
    Head,
    /// <summary>The earlier head that was given contradicts the log: it was rewritten.</summary>
    Since,
    /// <summary>The audit key is another than the one expected.</summary>
    Key,
    /// <summary>Time goes back.</summary>
    Time,
    /// <summary>A signed act does not verify, or is not the act of its record.</summary>
    Act,
    /// <summary>A certificate in the log is not what its digest says, or is missing.</summary>
    Certificate,
}

/// <summary>One finding.</summary>
/// <param name="Ledger">The folder.</param>
/// <param name="Fault">What is wrong.</param>
/// <param name="Sequence">The first record that it concerns; null when it concerns no record.</param>
/// <param name="Message">In words: what, where.</param>
/// <param name="Holds">Which neighbour still holds; null when there is none.</param>
public sealed record LedgerFinding(string Ledger, LedgerFault Fault, long? Sequence, string Message, string? Holds);

/// <summary>What was read of one ledger.</summary>
public sealed record LedgerSummary
{
    /// <summary>The folder.</summary>
    public required string Directory { get; init; }

    /// <summary>The name in its record 0; null when that is not readable.</summary>
    public string? Origin { get; init; }

    /// <summary>SM3 over the audit key's SubjectPublicKeyInfo, hex; null when record 0 is not readable.</summary>
    public string? Key { get; init; }

    /// <summary>Whole lines of records.jsonl.</summary>
    public long Records { get; init; }

    /// <summary>Of them with outcome refused.</summary>
    public long Refused { get; init; }

    /// <summary>Of them with outcome failed.</summary>
    public long Failed { get; init; }

    /// <summary>Signed heads.</summary>
    public long Heads { get; init; }

    /// <summary>Signed acts whose signature was verified and is good.</summary>
    public long Acts { get; init; }

    /// <summary>Certificates that stand in the log.</summary>
    public long Certificates { get; init; }

    /// <summary>Records behind the last head: chained, but not signed yet.</summary>
    public long Unsigned { get; init; }

    /// <summary>Bytes of a torn last line behind the last head; the room repairs it when it starts.</summary>
    public long TornBytes { get; init; }

    /// <summary>Records made while the clock read less than before.</summary>
    public long ClockStepsBack { get; init; }

    /// <summary>Time of record 0 as it stands there; null when there is none.</summary>
    public string? FirstTime { get; init; }

    /// <summary>Time of the last record as it stands there; null when there is none.</summary>
    public string? LastTime { get; init; }

    /// <summary>The root over all whole lines, 64 hex digits.</summary>
    public string? Root { get; init; }
}

/// <summary>What the verifier says.</summary>
/// <param name="Verdict">Whole, broken or not readable.</param>
/// <param name="Ledgers">Each ledger that was found.</param>
/// <param name="Findings">What is wrong, in the order of the files; at most <see cref="LedgerVerification.MaxFindings"/> of each ledger.</param>
public sealed record LedgerReport(LedgerVerdict Verdict, IReadOnlyList<LedgerSummary> Ledgers, IReadOnlyList<LedgerFinding> Findings)
{
    /// <summary>0 whole, 1 broken, 2 not readable.</summary>
    public int ExitCode => (int)Verdict;
}
