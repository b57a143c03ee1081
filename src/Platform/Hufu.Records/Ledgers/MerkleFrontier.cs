using System.Numerics;
using Hufu.Crypto;

namespace Hufu.Records;

/// <summary>The right edge of a Merkle tree (RFC 9162 2.1 with SM3): one hash per set bit of the size, enough to append and to know the root.</summary>
internal sealed class MerkleFrontier
{
    internal const int HashSize = Sm3.HashSizeInBytes;
    private const int Levels = 63;

    private readonly byte[] hashes = new byte[Levels * HashSize];
    private readonly byte[] node = new byte[1 + (2 * HashSize)];
    private byte[] pairings = [];

    internal long Size { get; private set; }

    internal ReadOnlySpan<byte> At(int level) => hashes.AsSpan(level * HashSize, HashSize);

    /// <summary>Puts a whole subtree of 2^level leaves at the right edge when the tree is rebuilt; larger ones first.</summary>
    internal void Restore(int level, ReadOnlySpan<byte> hash)
    {
        hash.CopyTo(hashes.AsSpan(level * HashSize));
        Size += 1L << level;
    }

    /// <summary>Appends a leaf hash.</summary>
    /// <param name="state">Handed to <paramref name="completed"/>.</param>
    /// <param name="leaf">SM3(00 || record).</param>
    /// <param name="completed">Is told of every inner node that the leaf completes: level, position, hash.</param>
    internal void Push<TState>(ReadOnlySpan<byte> leaf, TState state, Completed<TState>? completed)
    {
        Span<byte> carry = stackalloc byte[HashSize];
        leaf.CopyTo(carry);
        int level = 0;
        for (long rest = Size; (rest & 1) == 1; rest >>= 1)
        {
            Join(At(level), carry, carry);
            level++;
            completed?.Invoke(state, level, Size >> level, carry);
        }

        carry.CopyTo(hashes.AsSpan(level * HashSize));
        Size++;
    }

    /// <summary>Appends many leaf hashes; the inner nodes of a level are hashed side by side.</summary>
    /// <param name="state">Handed to <paramref name="completed"/>.</param>
    /// <param name="leaves">SM3(00 || record) of each, one behind the other; overwritten.</param>
    /// <param name="completed">Is told of every inner node that they complete: level by level, each level by position.</param>
    internal void PushMany<TState>(Span<byte> leaves, TState state, Completed<TState>? completed)
    {
        int count = leaves.Length / HashSize;
        long first = Size;
        Size += count;
        for (int level = 0; count > 0; level++)
        {
            // The buffer holds the level's new nodes, from position first on. One at an odd position goes with the node that the edge keeps, one that ends at an even position waits in the edge.
            bool joins = (first & 1) == 1;
            int pairs = (count + (joins ? 1 : 0)) / 2;
            if (pairings.Length < pairs * node.Length)
            {
                pairings = new byte[pairs * node.Length];
            }

            int from = 0;
            for (int i = 0; i < pairs; i++)
            {
                Span<byte> pairing = pairings.AsSpan(i * node.Length, node.Length);
                pairing[0] = 1;
                ReadOnlySpan<byte> left = i == 0 && joins ? At(level) : leaves.Slice(from++ * HashSize, HashSize);
                left.CopyTo(pairing[1..]);
                leaves.Slice(from++ * HashSize, HashSize).CopyTo(pairing[(1 + HashSize)..]);
            }

            if (from < count)
            {
                leaves.Slice(from * HashSize, HashSize).CopyTo(hashes.AsSpan(level * HashSize));
            }

            Sm3Batch.HashData(pairings.AsSpan(0, pairs * node.Length), node.Length, leaves[..(pairs * HashSize)]);
            (first, count) = (first >> 1, pairs);
            for (int i = 0; completed is not null && i < count; i++)
            {
                completed(state, level + 1, first + i, leaves.Slice(i * HashSize, HashSize));
            }
        }
    }

    internal delegate void Completed<TState>(TState state, int level, long position, ReadOnlySpan<byte> hash);

    /// <summary>The root: MTH of all leaves; SM3 of nothing for an empty tree.</summary>
    internal byte[] Root()
    {
        var root = new byte[HashSize];
        if (Size == 0)
        {
            Sm3.HashData([], root);
            return root;
        }

        int level = BitOperations.TrailingZeroCount(Size);
        At(level).CopyTo(root);
        for (level++; level < Levels; level++)
        {
            if ((Size >> level & 1) == 1)
            {
                Join(At(level), root, root);
            }
        }

        return root;
    }

    /// <summary>What <see cref="Return"/> needs to go back to this size.</summary>
    internal byte[] Keep() => hashes.AsSpan(0, (64 - BitOperations.LeadingZeroCount((ulong)Size)) * HashSize).ToArray();

    internal void Return(long size, byte[] kept)
    {
        kept.CopyTo(hashes.AsSpan());
        Size = size;
    }

    // MTH = SM3(01 || left || right)
    private void Join(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> destination)
    {
        node[0] = 1;
        left.CopyTo(node.AsSpan(1));
        right.CopyTo(node.AsSpan(1 + HashSize));
        Sm3.HashData(node, destination);
    }
}
