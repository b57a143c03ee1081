using System.Text;

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

    internal IReadOnlyList<LedgerEntry> Read(Session session)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Limit, MaxLimit);
        var sql = new StringBuilder("SELECT sequence, time, actor, act, object, outcome, line FROM ledger_record WHERE sequence < @below");
        long low = From is { } from ? FirstAt(session, from.ToUnixTimeMilliseconds()) : 0;
        long high = Until is { } until ? FirstAt(session, until.ToUnixTimeMilliseconds()) : long.MaxValue;
        sql.Append(" AND sequence >= @low");
        sql.Append(Actor is null ? "" : " AND actor = @Actor").Append(Act is null ? "" : " AND act = @Act");
        sql.Append(Object is null ? "" : " AND object = @Object").Append(Outcome is null ? "" : " AND outcome = @Outcome");
        sql.Append(" ORDER BY sequence DESC LIMIT @Limit");
        return [.. session.Query<Row>(sql.ToString(), new { below = Math.Min(high, Below ?? long.MaxValue), low, Actor, Act, Object, Outcome, Limit })
            .Select(r => new LedgerEntry(
                r.Sequence, DateTimeOffset.FromUnixTimeMilliseconds(r.Time), r.Actor, r.Act, r.Object, Enum.Parse<LedgerOutcome>(r.Outcome), Encoding.UTF8.GetString(r.Line)))];
    }

    // Time grows with the number: the first record of a time or later is found by halving, with some thirty look-ups in a billion records.
    private static long FirstAt(Session session, long time)
    {
        long low = 0;
        long high = session.Scalar<long?>("SELECT sequence FROM ledger_record ORDER BY sequence DESC LIMIT 1") is { } last ? last + 1 : 0;
        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            if (session.Scalar<long>("SELECT time FROM ledger_record WHERE sequence = @middle", new { middle }) < time)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private sealed record Row(long Sequence, long Time, string Actor, string Act, string Object, string Outcome, byte[] Line);
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
