using Hufu.Crypto;

namespace Hufu.Records;

/// <summary>The Merkle tree hash (RFC 9162 2.1.1 with SM3) of leaves that come one by one: a stack of whole subtrees, neighbours of one height joined at once.</summary>
internal sealed class RunningTree
{
    private const int HashSize = 32;

    private readonly byte[] stack = new byte[64 * HashSize];
    private readonly int[] heights = new int[64];
    private readonly byte[] pair = new byte[1 + (2 * HashSize)];
    private int depth;

    internal RunningTree() => pair[0] = 0x01;

    internal long Leaves { get; private set; }

    internal void Add(ReadOnlySpan<byte> leaf)
    {
        leaf.CopyTo(stack.AsSpan(depth * HashSize));
        heights[depth++] = 0;
        while (depth > 1 && heights[depth - 1] == heights[depth - 2])
        {
            // The two lie side by side on the stack: left || right.
            Span<byte> two = stack.AsSpan((depth - 2) * HashSize, 2 * HashSize);
            two.CopyTo(pair.AsSpan(1));
            Sm3.HashData(pair, two[..HashSize]);
            depth--;
            heights[depth - 1]++;
        }

        Leaves++;
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
