using System.Buffers;
using System.Runtime.InteropServices;
using Hufu.Crypto;

namespace Hufu.Records;

/// <summary>Hashes many texts, those of one length side by side; a log's lines have few lengths.</summary>
internal sealed class EqualLengths(int capacity)
{
    // So much is copied together at most; longer texts are hashed one by one, where lying side by side gains little.
    private const int MaxTogether = 64 * 1024;
    private const int Most = 64;

    private readonly List<(ReadOnlyMemory<byte> Text, Memory<byte> Digest)> texts = new(capacity);

    /// <summary>Takes a text and where its hash goes.</summary>
    internal void Add(ReadOnlyMemory<byte> text, Memory<byte> digest) => texts.Add((text, digest));

    /// <summary>Hashes all and forgets them.</summary>
    internal void Hash()
    {
        byte[] together = ArrayPool<byte>.Shared.Rent(MaxTogether);
        Span<(ReadOnlyMemory<byte> Text, Memory<byte> Digest)> all = CollectionsMarshal.AsSpan(texts);
        all.Sort(static (a, b) => a.Text.Length.CompareTo(b.Text.Length));
        for (int at = 0; at < all.Length;)
        {
            int size = all[at].Text.Length;
            int most = Math.Min(Most, MaxTogether / Math.Max(size, 1));
            int count = 1;
            while (at + count < all.Length && count < most && all[at + count].Text.Length == size)
            {
                count++;
            }

            Hash(all.Slice(at, count), size, together);
            at += count;
        }

        ArrayPool<byte>.Shared.Return(together);
        texts.Clear();
    }

    private static void Hash(ReadOnlySpan<(ReadOnlyMemory<byte> Text, Memory<byte> Digest)> same, int size, byte[] together)
    {
        if (same.Length < 3 || size == 0)
        {
            foreach ((ReadOnlyMemory<byte> text, Memory<byte> digest) in same)
            {
                Sm3.HashData(text.Span, digest.Span);
            }

            return;
        }

        for (int i = 0; i < same.Length; i++)
        {
            same[i].Text.Span.CopyTo(together.AsSpan(i * size));
        }

        Span<byte> digests = stackalloc byte[Most * Sm3.HashSizeInBytes];
        digests = digests[..(same.Length * Sm3.HashSizeInBytes)];
        Sm3Batch.HashData(together.AsSpan(0, same.Length * size), size, digests);
        for (int i = 0; i < same.Length; i++)
        {
            digests.Slice(i * Sm3.HashSizeInBytes, Sm3.HashSizeInBytes).CopyTo(same[i].Digest.Span);
        }
    }
}
