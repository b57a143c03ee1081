using System.Globalization;
using System.Numerics;

namespace Hufu.Records;

/// <summary>The ledger's statements, and the tree's hashes as far as they can be read from its tables.</summary>
internal static class LedgerStore
{
    /// <summary>Every so many levels a completed node is kept in ledger_node.</summary>
    internal const int LevelStep = 8;

    internal const string InsertRecord = "INSERT INTO ledger_record (sequence, ends, line) VALUES (@Sequence, @Ends, @Line)";

    internal const string InsertNode = "INSERT INTO ledger_node (level, position, hash) VALUES (@Level, @Position, @Hash)";

    internal const string InsertHead = "INSERT INTO ledger_head (number, size, line, ends) VALUES (@Number, @Size, @Line, @Ends)";

    internal const string InsertCertificate = "INSERT INTO ledger_certificate (digest, sequence) VALUES (@Digest, @Sequence)";

    internal static LastRecord? Last(Session session) =>
        session.QueryFirst<LedgerRow>("SELECT sequence, ends, line FROM ledger_record ORDER BY sequence DESC LIMIT 1") is { } row
            ? new LastRecord(row.Sequence, RecordFields.Of(row.Line).Time, RecordLine.Leaf(row.Line), row.Ends)
            : null;

    internal static LastHead? Head(Session session) => session.QueryFirst<LastHead>("SELECT number, size, line, ends FROM ledger_head ORDER BY number DESC LIMIT 1");

    internal static IReadOnlyList<string> Certificates(Session session) => session.Query<string>("SELECT digest FROM ledger_certificate");

    /// <summary>The tree's right edge at a size, from kept nodes and leaves.</summary>
    internal static MerkleFrontier Frontier(Session session, long size)
    {
        var frontier = new MerkleFrontier();
        long from = 0;
        for (int level = 63 - BitOperations.LeadingZeroCount((ulong)size); level >= 0; level--)
        {
            if ((size >> level & 1) == 1)
            {
                frontier.Restore(level, Hash(session, from, 1L << level));
                from += 1L << level;
            }
        }

        return frontier;
    }

    /// <summary>MTH of the leaves from..from+count (RFC 9162 2.1.1).</summary>
    internal static byte[] Hash(Session session, long from, long count)
    {
        if (count > 1 << LevelStep || (count == 1 << LevelStep && from % count == 0))
        {
            // The largest kept level that divides the range: read its nodes, at most 256 of them, and join them.
            int level = BitOperations.Log2((ulong)count) / LevelStep * LevelStep;
            long span = 1L << level;
            if (from % span == 0 && count % span == 0)
            {
                return Join(session.Query<byte[]>(
                    "SELECT hash FROM ledger_node WHERE level = @level AND position >= @first AND position < @end ORDER BY position",
                    new { level, first = from >> level, end = (from + count) >> level }), count >> level);
            }

            long left = 1L << (63 - BitOperations.LeadingZeroCount((ulong)(count - 1)));
            return MerkleNode.Join(Hash(session, from, left), Hash(session, from + left, count - left));
        }

        return Join([.. session.Query<byte[]>(
            "SELECT line FROM ledger_record WHERE sequence >= @from AND sequence < @end ORDER BY sequence",
            new { from, end = from + count }).Select(RecordLine.Leaf)], count);
    }

    private static byte[] Join(IReadOnlyList<byte[]> hashes, long expected)
    {
        if (hashes.Count != expected)
        {
            throw new LedgerException(LedgerError.Broken, string.Create(CultureInfo.InvariantCulture, $"Ledger: the database holds {hashes.Count} of {expected} hashes: rows are missing."));
        }

        return JoinRange(hashes, 0, hashes.Count);
    }

    private static byte[] JoinRange(IReadOnlyList<byte[]> hashes, int from, int count)
    {
        if (count == 1)
        {
            return hashes[from];
        }

        int left = 1 << (31 - BitOperations.LeadingZeroCount((uint)(count - 1)));
        return MerkleNode.Join(JoinRange(hashes, from, left), JoinRange(hashes, from + left, count - left));
    }

    // PATH(m, D[n]) of RFC 9162 2.1.3.1, leaf's sibling first.
    internal static void Path(Session session, long sequence, long from, long count, List<byte[]> path)
    {
        if (count == 1)
        {
            return;
        }

        long left = 1L << (63 - BitOperations.LeadingZeroCount((ulong)(count - 1)));
        if (sequence < left)
        {
            Path(session, sequence, from, left, path);
            path.Add(Hash(session, from + left, count - left));
        }
        else
        {
            Path(session, sequence - left, from + left, count - left, path);
            path.Add(Hash(session, from, left));
        }
    }

    // SUBPROOF(m, D[n], b) of RFC 9162 2.1.4.1.
    internal static void Subproof(Session session, long first, long from, long count, bool known, List<byte[]> path)
    {
        if (first == count)
        {
            if (!known)
            {
                path.Add(Hash(session, from, count));
            }

            return;
        }

        long left = 1L << (63 - BitOperations.LeadingZeroCount((ulong)(count - 1)));
        if (first <= left)
        {
            Subproof(session, first, from, left, known, path);
            path.Add(Hash(session, from + left, count - left));
        }
        else
        {
            Subproof(session, first - left, from + left, count - left, false, path);
            path.Add(Hash(session, from, left));
        }
    }

    internal sealed record LastRecord(long Sequence, long Time, byte[] Leaf, long Ends);

    internal sealed record NodeRow(int Level, long Position, byte[] Hash);

    internal sealed record LastHead(long Number, long Size, byte[] Line, long Ends);
}
