using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using Hufu.Crypto;

namespace Hufu.Records;

/// <summary>The fields that a ledger is searched by.</summary>
internal enum IndexedField
{
    /// <summary>Who.</summary>
    Actor = 0,
    /// <summary>Which act.</summary>
    Act = 1,
    /// <summary>On what.</summary>
    Object = 2,
    /// <summary>Outcomes other than done.</summary>
    Outcome = 3,
    /// <summary>Says that a segment is indexed.</summary>
    Whole = 9,
}

/// <summary>The search index (table ledger_index), made in the background from whole segments, so that appending pays for none.</summary>
/// <remarks>
/// A value's digest (the first six bytes of its SM3) says its page, 0 to 63, and its mark, four bytes. A page of a segment is a sorted run of marks with the place in the segment,
/// six bytes each. Marks may meet: what is found is compared with the record itself.
/// </remarks>
internal sealed class LedgerIndex(Database database)
{
    internal const int SegmentSize = 16_384;
    private const int Pages = 64;
    private const int EntrySize = 6;

    private const string Insert = "INSERT INTO ledger_index (field, page, segment, entries) VALUES (@Field, @Page, @Segment, @Entries) ON CONFLICT (field, page, segment) DO NOTHING";

    // Rows that were just written; what does not fit is read back.
    private const int MaxOffered = 2 * SegmentSize;
    private readonly ConcurrentQueue<IReadOnlyList<LedgerRow>> offered = new();
    private readonly Queue<(long Sequence, RecordFields Fields)> known = new();
    private int offeredRows;
    private long? next;

    /// <summary>The first segment that is not indexed.</summary>
    internal static long Next(Session session) =>
        session.Scalar<long?>("SELECT segment FROM ledger_index WHERE field = 9 AND page = 0 ORDER BY segment DESC LIMIT 1") is { } last ? last + 1 : 0;

    /// <summary>Takes rows that were just committed, so that they need be neither read back nor parsed.</summary>
    internal void Offer(IReadOnlyList<LedgerRow> rows)
    {
        if (Interlocked.Add(ref offeredRows, rows.Count) <= MaxOffered)
        {
            offered.Enqueue(rows);
        }
        else
        {
            Interlocked.Add(ref offeredRows, -rows.Count);
        }
    }

    // Of the rows only what is indexed is kept, and no more than two segments of it.
    private void Take()
    {
        while (offered.TryDequeue(out IReadOnlyList<LedgerRow>? rows))
        {
            Interlocked.Add(ref offeredRows, -rows.Count);
            foreach (LedgerRow row in rows)
            {
                LedgerRecord record = row.Origin!.Record;
                known.Enqueue((row.Sequence, new RecordFields(row.Origin.Time, record.Actor, record.Act, record.Object, record.Outcome)));
            }
        }
    }

    internal async Task GrowAsync(long size, CancellationToken ct)
    {
        Take();
        next ??= await database.ReadAsync(Next, ct).ConfigureAwait(false);
        while ((next.Value + 1) * SegmentSize <= size)
        {
            IReadOnlyList<PageRow> pages = await MakeAsync(next.Value, ct).ConfigureAwait(false);
            await database.WriteAsync(session => session.ExecuteMany(Insert, pages), ct).ConfigureAwait(false);
            next++;
        }
    }

    private async Task<IReadOnlyList<PageRow>> MakeAsync(long segment, CancellationToken ct)
    {
        var entries = new List<Entry>[Pages * 4];
        var located = new Dictionary<string, (int Page, uint Mark)>(StringComparer.Ordinal);
        int place = 0;
        while (place < SegmentSize)
        {
            long from = (segment * SegmentSize) + place;
            while (known.TryPeek(out (long Sequence, RecordFields Fields) old) && old.Sequence < from)
            {
                known.Dequeue();
            }

            if (known.TryPeek(out (long Sequence, RecordFields Fields) first) && first.Sequence == from)
            {
                Index(known.Dequeue().Fields);
                continue;
            }

            long until = Math.Min(Math.Min(from + 1_024, (segment + 1) * SegmentSize), known.TryPeek(out first) ? first.Sequence : long.MaxValue);
            IReadOnlyList<byte[]> lines = await database.ReadAsync(
                session => session.Query<byte[]>("SELECT line FROM ledger_record WHERE sequence >= @from AND sequence < @until ORDER BY sequence", new { from, until }), ct).ConfigureAwait(false);
            if (lines.Count != until - from)
            {
                throw new LedgerException(LedgerError.Broken, $"Ledger: rows are missing in the database behind record {from}.");
            }

            foreach (byte[] line in lines)
            {
                Index(RecordFields.Of(line));
            }
        }

        var pages = new List<PageRow> { new((int)IndexedField.Whole, 0, segment, []) };
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i] is { } list)
            {
                pages.Add(new PageRow(i / Pages, i % Pages, segment, Encode(list)));
            }
        }

        return pages;

        void Index(in RecordFields fields)
        {
            Put(IndexedField.Actor, fields.Actor);
            Put(IndexedField.Act, fields.Act);
            Put(IndexedField.Object, fields.Object);
            if (fields.Outcome != LedgerOutcome.Done)
            {
                Put(IndexedField.Outcome, fields.Outcome.ToString());
            }

            place++;
        }

        void Put(IndexedField field, string value)
        {
            if (!located.TryGetValue(value, out (int Page, uint Mark) at))
            {
                at = Locate(value);
                if (field != IndexedField.Object)
                {
                    located.Add(value, at);
                }
            }

            (entries[((int)field * Pages) + at.Page] ??= []).Add(new Entry(at.Mark, (ushort)place));
        }
    }

    /// <summary>Where a value stands in the index.</summary>
    internal static (int Page, uint Mark) Locate(string value)
    {
        Span<byte> digest = stackalloc byte[Sm3.HashSizeInBytes];
        Sm3.HashData(Encoding.UTF8.GetBytes(value), digest);
        return (digest[4] % Pages, BinaryPrimitives.ReadUInt32BigEndian(digest));
    }

    /// <summary>The places of a segment where a mark stands, rising.</summary>
    internal static List<ushort> Places(ReadOnlySpan<byte> entries, uint mark)
    {
        int low = 0;
        int high = entries.Length / EntrySize;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (BinaryPrimitives.ReadUInt32BigEndian(entries[(middle * EntrySize)..]) < mark)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        var places = new List<ushort>();
        for (ReadOnlySpan<byte> rest = entries[(low * EntrySize)..]; rest.Length >= EntrySize && BinaryPrimitives.ReadUInt32BigEndian(rest) == mark; rest = rest[EntrySize..])
        {
            places.Add(BinaryPrimitives.ReadUInt16BigEndian(rest[4..]));
        }

        return places;
    }

    private static byte[] Encode(List<Entry> list)
    {
        // By mark, then by place; the sort need not be stable.
        CollectionsMarshal.AsSpan(list).Sort(static (a, b) => a.Mark != b.Mark ? a.Mark.CompareTo(b.Mark) : a.Place.CompareTo(b.Place));
        var bytes = new byte[list.Count * EntrySize];
        Span<byte> rest = bytes;
        foreach (Entry entry in list)
        {
            BinaryPrimitives.WriteUInt32BigEndian(rest, entry.Mark);
            BinaryPrimitives.WriteUInt16BigEndian(rest[4..], entry.Place);
            rest = rest[EntrySize..];
        }

        return bytes;
    }

    private readonly record struct Entry(uint Mark, ushort Place);

    private sealed record PageRow(int Field, int Page, long Segment, byte[] Entries);
}
