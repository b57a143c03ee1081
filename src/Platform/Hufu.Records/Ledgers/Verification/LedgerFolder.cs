using System.Numerics;
using System.Text;
using Hufu.Pki;

namespace Hufu.Records;

/// <summary>Proofs and searches from a ledger's files alone.</summary>
public static class LedgerFolder
{
    /// <summary>Proves from the files that a record stands in the tree of the newest head there.</summary>
    /// <param name="directory">The folder with records.jsonl and heads.jsonl.</param>
    /// <param name="sequence">The record's number.</param>
    /// <returns>The record's line, the proof, and the head whose root it leads to; null when no head covers the record, or the files do not lead to the head's root.</returns>
    /// <exception cref="IOException">The files cannot be read.</exception>
    public static (string Line, InclusionProof Proof, SignedHead Head)? Prove(string directory, long sequence)
    {
        SignedHead? head = null;
        foreach (string line in File.ReadLines(Path.Combine(directory, "heads.jsonl")))
        {
            if (SignedHead.TryParse(line, out SignedHead? read) && read.Size > sequence)
            {
                head = read;
            }
        }

        if (head is null || sequence < 0)
        {
            return null;
        }

        // The path's hashes are those of ranges that are known beforehand; each leaf falls into one of them.
        List<(long From, long Count)> ranges = Ranges(sequence, head.Size);
        (long From, long Count, RunningTree Tree)[] trees = [.. ranges.Select(r => (r.From, r.Count, new RunningTree())).OrderBy(r => r.From)];
        string? text = null;
        byte[] leaf = [];
        long at = 0;
        int range = 0;
        using var reader = new LogReader(Path.Combine(directory, "records.jsonl"));
        while (at < head.Size && reader.NextBatch())
        {
            for (int i = 0; i < reader.Count && at < head.Size; i++, at++)
            {
                if (at == sequence)
                {
                    text = Encoding.UTF8.GetString(reader.Text(i).Span);
                    leaf = reader.Leaf(i).ToArray();
                    continue;
                }

                while (at >= trees[range].From + trees[range].Count)
                {
                    range++;
                }

                trees[range].Tree.Add(reader.Leaf(i));
            }
        }

        if (text is null || at < head.Size)
        {
            return null;
        }

        var proof = new InclusionProof(sequence, head.Size, leaf, [.. ranges.Select(r => Array.Find(trees, t => t.From == r.From).Tree.Root())]);
        return proof.Leads(Convert.FromHexString(head.Root)) ? (text, proof, head) : null;
    }

    /// <summary>The audit key beside the log; null when there is none that can be read.</summary>
    /// <param name="directory">The folder with head-signer.pub.</param>
    public static SubjectPublicKeyInfo? Signer(string directory)
    {
        try
        {
            return SubjectPublicKeyInfo.Decode(Pem.Decode(File.ReadAllText(Path.Combine(directory, LedgerFiles.KeyName)), "PUBLIC KEY"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PkiException)
        {
            return null;
        }
    }

    // PATH(m, D[n]) of RFC 9162 2.1.3.1 as ranges, the leaf's sibling first.
    private static List<(long From, long Count)> Ranges(long sequence, long size)
    {
        var ranges = new List<(long From, long Count)>();
        for ((long from, long count) = (0, size); count > 1;)
        {
            long left = 1L << (63 - BitOperations.LeadingZeroCount((ulong)(count - 1)));
            if (sequence < from + left)
            {
                ranges.Add((from + left, count - left));
                count = left;
            }
            else
            {
                ranges.Add((from, left));
                (from, count) = (from + left, count - left);
            }
        }

        ranges.Reverse();
        return ranges;
    }

    /// <summary>Finds records by reading the file from the beginning.</summary>
    /// <param name="directory">The folder with records.jsonl.</param>
    /// <param name="filter">What to look for; <see cref="LedgerFilter.Below"/> and <see cref="LedgerFilter.Limit"/> apply, oldest first.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IEnumerable<LedgerEntry> Search(string directory, LedgerFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        using var reader = new LogReader(Path.Combine(directory, "records.jsonl"));
        int found = 0;
        while (reader.NextBatch())
        {
            for (int i = 0; i < reader.Count && found < filter.Limit; i++)
            {
                if (reader.Line(i) is { Formed: true, Sequence: var sequence } && sequence < (filter.Below ?? long.MaxValue) && LedgerSearch.Matches(reader.Text(i).Span, filter, out RecordFields fields))
                {
                    found++;
                    yield return new LedgerEntry(
                        sequence, DateTimeOffset.FromUnixTimeMilliseconds(fields.Time), fields.Actor, fields.Act, fields.Object, fields.Outcome, Encoding.UTF8.GetString(reader.Text(i).Span));
                }
            }
        }
    }
}
