namespace Hufu.Records;

/// <summary>What to look for in a ledger; every field that is set must match.</summary>
public sealed record LedgerFilter
{
    /// <summary>The most records of a page.</summary>
    public const int MaxLimit = 1_000;

    /// <summary>Records of this time or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Records before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Who.</summary>
    public string? Actor { get; init; }

    /// <summary>Which act.</summary>
    public string? Act { get; init; }

    /// <summary>On what.</summary>
    public string? Object { get; init; }

    /// <summary>With which outcome.</summary>
    public LedgerOutcome? Outcome { get; init; }

    /// <summary>Only records below this number: the last of the page before. Newest come first.</summary>
    public long? Below { get; init; }

    /// <summary>How many, 1 to <see cref="MaxLimit"/>.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>A record that was found.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Time">Its time, UTC.</param>
/// <param name="Actor">Who.</param>
/// <param name="Act">Which act.</param>
/// <param name="Object">On what.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Line">The record itself, JSON as it stands in records.jsonl.</param>
public sealed record LedgerEntry(long Sequence, DateTimeOffset Time, string Actor, string Act, string Object, LedgerOutcome Outcome, string Line);
