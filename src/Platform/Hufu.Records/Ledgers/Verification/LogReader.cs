using Hufu.Crypto;

namespace Hufu.Records;

/// <summary>Reads records.jsonl in batches of whole lines, and parses and hashes a batch on all cores. Memory does not grow with the log.</summary>
/// <remarks>Leaves of one length are hashed side by side (<see cref="Sm3Batch"/>); of every 512 lines that are a whole subtree of the log's tree, the subtree's hash is made along with them.</remarks>
internal sealed class LogReader : IDisposable
{
    internal const int MaxLine = 256 * 1024;
    internal const int HashSize = 32;

    /// <summary>Lines that are worked on together: a subtree of this many levels.</summary>
    internal const int PartLevel = 9;
    internal const int PartLines = 1 << PartLevel;
    private const int BatchLines = 32 * PartLines;
    private const int BufferSize = 16 << 20;

    private readonly FileStream stream;
    // Byte 0 stays free: the byte before a line becomes the leaf's prefix 00 (RFC 9162 2.1.1), so that nothing is copied for hashing one alone.
    private readonly byte[] buffer = new byte[BufferSize + 1];
    private readonly RecordFacts[] lines = new RecordFacts[BatchLines];
    private readonly byte[] leaves = new byte[BatchLines * HashSize];
    private readonly byte[] subtrees = new byte[((BatchLines / PartLines) + 1) * HashSize];
    private int start = 1;
    private int end = 1;
    private bool ended;
    private long before;

    internal LogReader(string path) =>
        stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.SequentialScan);

    /// <summary>Lines of the batch.</summary>
    internal int Count { get; private set; }

    /// <summary>What stands behind the last line feed, once all is read.</summary>
    internal ReadOnlySpan<byte> Torn => ended && Count == 0 ? buffer.AsSpan(start, end - start) : default;

    /// <summary>True when a line is so long that reading has stopped.</summary>
    internal bool TooLong { get; private set; }

    /// <summary>How many parts the batch has; their borders are multiples of <see cref="PartLines"/> in the log.</summary>
    internal int Parts => Count == 0 ? 0 : (int)(((before + Count - 1) >> PartLevel) - (before >> PartLevel) + 1);

    internal ref RecordFacts Line(int i) => ref lines[i];

    internal ReadOnlySpan<byte> Leaf(int i) => leaves.AsSpan(i * HashSize, HashSize);

    internal ReadOnlySpan<byte> Leaves(int from, int until) => leaves.AsSpan(from * HashSize, (until - from) * HashSize);

    internal ReadOnlySpan<byte> Bytes(int from, int length) => buffer.AsSpan(from, length);

    internal ReadOnlyMemory<byte> Text(int i) => buffer.AsMemory(lines[i].Start, lines[i].Length);

    /// <summary>The lines of a part, as places in the batch.</summary>
    internal (int From, int Until) Part(int part)
    {
        long first = ((before >> PartLevel) + part) << PartLevel;
        return ((int)(Math.Max(first, before) - before), (int)(Math.Min(first + PartLines, before + Count) - before));
    }

    /// <summary>The hash of a part that is a whole subtree.</summary>
    internal ReadOnlySpan<byte> Subtree(int part) => subtrees.AsSpan(part * HashSize, HashSize);

    internal bool NextBatch()
    {
        before += Count;
        Count = 0;
        while (Count == 0 && !TooLong)
        {
            Cut();
            if (Count > 0)
            {
                break;
            }

            if (ended)
            {
                return false;
            }

            Fill();
        }

        if (Count == 0)
        {
            return false;
        }

        Parallel.For(0, Parts, Work);
        return true;
    }

    private void Cut()
    {
        int at = start;
        while (Count < BatchLines)
        {
            int length = buffer.AsSpan(at, end - at).IndexOf((byte)'\n');
            if (length < 0)
            {
                break;
            }

            lines[Count++] = new RecordFacts { Start = at, Length = length };
            at += length + 1;
        }

        start = at;
    }

    private void Fill()
    {
        if (end - start > MaxLine)
        {
            TooLong = true;
            return;
        }

        buffer.AsSpan(start, end - start).CopyTo(buffer.AsSpan(1));
        end = 1 + end - start;
        start = 1;
        while (end < buffer.Length)
        {
            int read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0)
            {
                ended = true;
                return;
            }

            end += read;
        }
    }

    private void Work(int part)
    {
        (int from, int until) = Part(part);
        var many = new EqualLengths(until - from);
        for (int i = from; i < until; i++)
        {
            ref RecordFacts line = ref lines[i];
            line.Formed = line.Length <= MaxLine && RecordFacts.TryRead(buffer.AsSpan(line.Start, line.Length), ref line);
            buffer[line.Start - 1] = 0;
            many.Add(buffer.AsMemory(line.Start - 1, line.Length + 1), leaves.AsMemory(i * HashSize, HashSize));
        }

        many.Hash();
        if (until - from == PartLines)
        {
            RunningTree.Join(leaves.AsSpan(from * HashSize, PartLines * HashSize), subtrees.AsSpan(part * HashSize, HashSize));
        }
    }

    public void Dispose() => stream.Dispose();
}
