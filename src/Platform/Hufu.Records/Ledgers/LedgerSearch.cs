using System.Text;

namespace Hufu.Records;

/// <summary>Finds records, newest first: behind the index by reading, before it segment by segment through the index.</summary>
internal static class LedgerSearch
{
    private const int Chunk = 512;

    internal static IReadOnlyList<LedgerEntry> Read(Session session, LedgerFilter filter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(filter.Limit, 1, nameof(filter));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(filter.Limit, LedgerFilter.MaxLimit, nameof(filter));
        long size = session.Scalar<long?>("SELECT sequence FROM ledger_record ORDER BY sequence DESC LIMIT 1") is { } last ? last + 1 : 0;
        long low = filter.From is { } from ? FirstAt(session, size, from.ToUnixTimeMilliseconds()) : 0;
        long high = Math.Min(filter.Until is { } until ? FirstAt(session, size, until.ToUnixTimeMilliseconds()) : size, Math.Clamp(filter.Below ?? size, 0, size));
        var found = new List<LedgerEntry>();
        List<(int Field, int Page, uint Mark)> keys = Keys(filter);
        long indexed = keys.Count == 0 ? 0 : LedgerIndex.Next(session) * LedgerIndex.SegmentSize;
        Scan(session, filter, Math.Max(low, indexed), high, found);
        if (found.Count < filter.Limit && low < Math.Min(high, indexed))
        {
            Look(session, filter, keys, low, Math.Min(high, indexed), found);
        }

        return found;
    }

    private static List<(int Field, int Page, uint Mark)> Keys(LedgerFilter filter)
    {
        var keys = new List<(int Field, int Page, uint Mark)>();
        // The object is the rarest value, so it comes first.
        Add(IndexedField.Object, filter.Object);
        Add(IndexedField.Actor, filter.Actor);
        Add(IndexedField.Act, filter.Act);
        Add(IndexedField.Outcome, filter.Outcome is { } outcome and not LedgerOutcome.Done ? outcome.ToString() : null);
        return keys;

        void Add(IndexedField field, string? value)
        {
            if (value is not null)
            {
                (int page, uint mark) = LedgerIndex.Locate(value);
                keys.Add(((int)field, page, mark));
            }
        }
    }

    private static void Scan(Session session, LedgerFilter filter, long low, long high, List<LedgerEntry> found)
    {
        while (high > low && found.Count < filter.Limit)
        {
            long from = Math.Max(low, high - Chunk);
            foreach (LedgerRow row in session.Query<LedgerRow>(
                "SELECT sequence, ends, line FROM ledger_record WHERE sequence >= @from AND sequence < @high ORDER BY sequence DESC", new { from, high }))
            {
                Take(row, filter, found);
            }

            high = from;
        }
    }

    private static void Look(Session session, LedgerFilter filter, List<(int Field, int Page, uint Mark)> keys, long low, long high, List<LedgerEntry> found)
    {
        long segment = (high - 1) / LedgerIndex.SegmentSize;
        long lowest = low / LedgerIndex.SegmentSize;
        for (int step = 8; segment >= lowest && found.Count < filter.Limit; segment -= step, step = Math.Min(256, step * 2))
        {
            long first = Math.Max(lowest, segment - step + 1);
            Dictionary<long, HashSet<ushort>>? places = null;
            foreach ((int field, int page, uint mark) in keys)
            {
                Dictionary<long, HashSet<ushort>> here = session.Query<SegmentPage>(
                    "SELECT segment, entries FROM ledger_index WHERE field = @field AND page = @page AND segment >= @first AND segment <= @segment", new { field, page, first, segment })
                    .Select(p => (p.Segment, Places: LedgerIndex.Places(p.Entries, mark))).Where(p => p.Places.Count > 0)
                    .ToDictionary(p => p.Segment, p => p.Places.ToHashSet());
                places = places is null ? here : Both(places, here);
                if (places.Count == 0)
                {
                    break;
                }
            }

            foreach ((long at, HashSet<ushort> set) in places!.OrderByDescending(p => p.Key))
            {
                foreach (long[] numbers in set.Select(p => (at * LedgerIndex.SegmentSize) + p).Where(n => n >= low && n < high).OrderDescending().Chunk(100))
                {
                    foreach (LedgerRow row in session.Query<LedgerRow>("SELECT sequence, ends, line FROM ledger_record WHERE sequence IN @numbers ORDER BY sequence DESC", new { numbers }))
                    {
                        Take(row, filter, found);
                    }

                    if (found.Count >= filter.Limit)
                    {
                        return;
                    }
                }
            }
        }
    }

    private static Dictionary<long, HashSet<ushort>> Both(Dictionary<long, HashSet<ushort>> one, Dictionary<long, HashSet<ushort>> other)
    {
        var both = new Dictionary<long, HashSet<ushort>>();
        foreach ((long segment, HashSet<ushort> set) in one)
        {
            if (other.TryGetValue(segment, out HashSet<ushort>? second))
            {
                set.IntersectWith(second);
                if (set.Count > 0)
                {
                    both.Add(segment, set);
                }
            }
        }

        return both;
    }

    private static void Take(LedgerRow row, LedgerFilter filter, List<LedgerEntry> found)
    {
        if (found.Count < filter.Limit && Matches(row.Line, filter, out RecordFields fields))
        {
            found.Add(new LedgerEntry(
                row.Sequence, DateTimeOffset.FromUnixTimeMilliseconds(fields.Time), fields.Actor, fields.Act, fields.Object, fields.Outcome, Encoding.UTF8.GetString(row.Line)));
        }
    }

    /// <summary>Whether a line is what the filter looks for, its number and limit apart.</summary>
    internal static bool Matches(ReadOnlySpan<byte> line, LedgerFilter filter, out RecordFields fields)
    {
        fields = RecordFields.Of(line);
        return (filter.Actor is null || filter.Actor == fields.Actor) && (filter.Act is null || filter.Act == fields.Act)
            && (filter.Object is null || filter.Object == fields.Object) && (filter.Outcome is null || filter.Outcome == fields.Outcome)
            && (filter.From is not { } from || fields.Time >= from.ToUnixTimeMilliseconds()) && (filter.Until is not { } until || fields.Time < until.ToUnixTimeMilliseconds());
    }

    // Time grows with the number: the first record of a time or later is found by halving, with some thirty look-ups in a billion records.
    private static long FirstAt(Session session, long size, long time)
    {
        long low = 0;
        long high = size;
        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            byte[]? line = session.QueryFirst<byte[]>("SELECT line FROM ledger_record WHERE sequence = @middle", new { middle });
            if (line is not null && RecordFields.Of(line).Time < time)
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

    private sealed record SegmentPage(long Segment, byte[] Entries);
}
