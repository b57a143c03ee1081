using Hufu.Crypto;

namespace Hufu.Tsa.Tokens;

/// <summary>SM3 of something of every work of a group: those of one length, as most are, are hashed side by side.</summary>
internal static class SideBySide
{
    /// <summary>Hashes.</summary>
    /// <param name="works">The group.</param>
    /// <param name="text">What of each is hashed; not empty.</param>
    /// <param name="digests">32 bytes for each work, in their order.</param>
    public static void Hash(IReadOnlyList<StampWork> works, Func<StampWork, ReadOnlyMemory<byte>> text, Span<byte> digests)
    {
        Span<int> order = stackalloc int[works.Count], lengths = stackalloc int[works.Count];
        var total = 0;
        for (var i = 0; i < order.Length; i++)
        {
            (order[i], lengths[i]) = (i, text(works[i]).Length);
            total += lengths[i];
        }

        lengths.Sort(order);
        var texts = new byte[total];
        var filled = 0;
        for (var i = 0; i < order.Length; i++)
        {
            text(works[order[i]]).CopyTo(texts.AsMemory(filled));
            filled += lengths[i];
        }

        var sorted = new byte[order.Length * Sm3.HashSizeInBytes];
        var rest = texts.AsSpan();
        for (var at = 0; at < order.Length;)
        {
            var same = lengths[at..].Count(lengths[at]);
            Sm3Batch.HashData(rest[..(same * lengths[at])], lengths[at], sorted.AsSpan(at * Sm3.HashSizeInBytes, same * Sm3.HashSizeInBytes));
            rest = rest[(same * lengths[at])..];
            at += same;
        }

        for (var i = 0; i < order.Length; i++)
        {
            sorted.AsSpan(i * Sm3.HashSizeInBytes, Sm3.HashSizeInBytes).CopyTo(digests[(order[i] * Sm3.HashSizeInBytes)..]);
        }
    }
}
