using Hufu.Crypto;

namespace Hufu.Records;

/// <summary>The Merkle tree hash (RFC 9162 2.1.1 with SM3) of leaves that come one by one or as whole subtrees: a stack of whole subtrees, neighbours of one height joined at once.</summary>
internal sealed class RunningTree
{
    private const int HashSize = 32;
    private const int PairSize = 1 + (2 * HashSize);

    private readonly byte[] stack = new byte[64 * HashSize];
    private readonly int[] heights = new int[64];
    private readonly byte[] pair = new byte[PairSize];
    private int depth;

    internal RunningTree() => pair[0] = 0x01;

    internal long Leaves { get; private set; }

    internal void Add(ReadOnlySpan<byte> leaf) => AddSubtree(0, leaf);

    /// <summary>Adds a subtree of 2^height leaves; so many leaves as there are already must be a multiple of that.</summary>
    internal void AddSubtree(int height, ReadOnlySpan<byte> hash)
    {
        if ((Leaves & ((1L << height) - 1)) != 0)
        {
            throw new InvalidOperationException("A subtree stands at a multiple of its size.");
        }

        hash.CopyTo(stack.AsSpan(depth * HashSize));
        heights[depth++] = height;
        while (depth > 1 && heights[depth - 1] == heights[depth - 2])
        {
            // The two lie side by side on the stack: left || right.
            Span<byte> two = stack.AsSpan((depth - 2) * HashSize, 2 * HashSize);
            two.CopyTo(pair.AsSpan(1));
            Sm3.HashData(pair, two[..HashSize]);
            depth--;
            heights[depth - 1]++;
        }

        Leaves += 1L << height;
    }

    /// <summary>The hash of a whole subtree: its leaves lie one after the other, their number is a power of two, at most 512.</summary>
    internal static void Join(ReadOnlySpan<byte> leaves, Span<byte> hash)
    {
        Span<byte> level = stackalloc byte[leaves.Length];
        leaves.CopyTo(level);
        var pairs = new byte[leaves.Length / (2 * HashSize) * PairSize];
        for (int count = leaves.Length / HashSize / 2; count >= 1; count /= 2)
        {
            for (int i = 0; i < count; i++)
            {
                pairs[i * PairSize] = 0x01;
                level.Slice(i * 2 * HashSize, 2 * HashSize).CopyTo(pairs.AsSpan((i * PairSize) + 1));
            }

            Sm3Batch.HashData(pairs.AsSpan(0, count * PairSize), PairSize, level[..(count * HashSize)]);
        }

        level[..HashSize].CopyTo(hash);
    }

    /// <summary>The root as it is when these leaves, fewer than 2^height of the next subtree, stand behind those that were added.</summary>
    internal byte[] RootWith(ReadOnlySpan<byte> leaves)
    {
        var more = new RunningTree { depth = depth, Leaves = Leaves };
        stack.CopyTo(more.stack, 0);
        heights.CopyTo(more.heights, 0);
        for (; !leaves.IsEmpty; leaves = leaves[HashSize..])
        {
            more.Add(leaves[..HashSize]);
        }

        return more.Root();
    }

    internal byte[] Root()
    {
        if (depth == 0)
        {
            return Sm3.HashData([]);
        }

        byte[] right = stack.AsSpan((depth - 1) * HashSize, HashSize).ToArray();
        for (int i = depth - 2; i >= 0; i--)
        {
            stack.AsSpan(i * HashSize, HashSize).CopyTo(pair.AsSpan(1));
            right.CopyTo(pair.AsSpan(1 + HashSize));
            Sm3.HashData(pair, right);
        }

        return right;
    }
}
