using Hufu.Crypto;

namespace Hufu.Records;

/// <summary>That a record stands in the tree of a head (RFC 9162 2.1.3).</summary>
/// <param name="Sequence">The record's number.</param>
/// <param name="Size">The head's size.</param>
/// <param name="Leaf">The record's leaf hash, SM3(00 || line), 32 bytes.</param>
/// <param name="Path">The hashes from the leaf upwards, 32 bytes each; at most 63.</param>
public sealed record InclusionProof(long Sequence, long Size, byte[] Leaf, IReadOnlyList<byte[]> Path)
{
    /// <summary>Whether the proof leads from the leaf to the root (RFC 9162 2.1.3.2).</summary>
    /// <param name="root">The root of the head of this size, 32 bytes.</param>
    public bool Leads(ReadOnlySpan<byte> root)
    {
        if (Sequence < 0 || Sequence >= Size || Path.Count > 63 || Leaf.Length != Sm3.HashSizeInBytes)
        {
            return false;
        }

        long fn = Sequence;
        long sn = Size - 1;
        byte[] r = Leaf;
        foreach (byte[] p in Path)
        {
            if (sn == 0 || p.Length != Sm3.HashSizeInBytes)
            {
                return false;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                r = MerkleNode.Join(p, r);
                while ((fn & 1) == 0 && fn != 0)
                {
                    fn >>= 1;
                    sn >>= 1;
                }
            }
            else
            {
                r = MerkleNode.Join(r, p);
            }

            fn >>= 1;
            sn >>= 1;
        }

        return sn == 0 && root.SequenceEqual(r);
    }
}

/// <summary>That the tree of a head only grew into the tree of a later one (RFC 9162 2.1.4).</summary>
/// <param name="First">The earlier head's size, 1 or more.</param>
/// <param name="Second">The later head's size.</param>
/// <param name="Path">The hashes, 32 bytes each; at most 64.</param>
public sealed record ConsistencyProof(long First, long Second, IReadOnlyList<byte[]> Path)
{
    /// <summary>Whether the proof holds between the two roots (RFC 9162 2.1.4.2).</summary>
    /// <param name="firstRoot">The earlier head's root, 32 bytes.</param>
    /// <param name="secondRoot">The later head's root, 32 bytes.</param>
    public bool Holds(ReadOnlySpan<byte> firstRoot, ReadOnlySpan<byte> secondRoot)
    {
        if (First < 1 || First > Second || Path.Count > 64 || Path.Any(p => p.Length != Sm3.HashSizeInBytes))
        {
            return false;
        }

        if (First == Second)
        {
            return Path.Count == 0 && firstRoot.SequenceEqual(secondRoot);
        }

        if (Path.Count == 0)
        {
            return false;
        }

        // When the first size is a power of two its root is the first node of the path and is left out.
        bool whole = (First & (First - 1)) == 0;
        byte[] start = whole ? firstRoot.ToArray() : Path[0];
        long fn = First - 1;
        long sn = Second - 1;
        while ((fn & 1) == 1)
        {
            fn >>= 1;
            sn >>= 1;
        }

        byte[] fr = start;
        byte[] sr = start;
        for (int i = whole ? 0 : 1; i < Path.Count; i++)
        {
            byte[] c = Path[i];
            if (sn == 0)
            {
                return false;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                fr = MerkleNode.Join(c, fr);
                sr = MerkleNode.Join(c, sr);
                while ((fn & 1) == 0 && fn != 0)
                {
                    fn >>= 1;
                    sn >>= 1;
                }
            }
            else
            {
                sr = MerkleNode.Join(sr, c);
            }

            fn >>= 1;
            sn >>= 1;
        }

        return sn == 0 && firstRoot.SequenceEqual(fr) && secondRoot.SequenceEqual(sr);
    }
}

/// <summary>The inner node of RFC 9162 2.1.1.</summary>
internal static class MerkleNode
{
    internal static byte[] Join(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> node = stackalloc byte[1 + (2 * Sm3.HashSizeInBytes)];
        node[0] = 1;
        left.CopyTo(node[1..]);
        right.CopyTo(node[(1 + Sm3.HashSizeInBytes)..]);
        var hash = new byte[Sm3.HashSizeInBytes];
        Sm3.HashData(node, hash);
        return hash;
    }
}
