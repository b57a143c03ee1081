using Hufu.Crypto;

namespace Hufu.Tsa.Tokens;

/// <summary>SM3 of something of every work of a group: those of one length, as most are, are hashed side by side. Its room is used again; one group at a time.</summary>
internal sealed class SideBySide
{
    private byte[] _texts = [];
    private byte[] _sorted = [];

    /// <summary>Hashes.</summary>
    /// <param name="works">The group.</param>
    /// <param name="text">What of each is hashed; not empty.</param>
    /// <param name="digests">32 bytes for each work, in their order.</param>
    public void Hash(IReadOnlyList<StampWork> works, Func<StampWork, ReadOnlyMemory<byte>> text, Span<byte> digests)
    {
        Span<int> order = stackalloc int[works.Count], lengths = stackalloc int[works.Count];
        var total = 0;
        for (var i = 0; i < order.Length; i++)
        {
            (order[i], lengths[i]) = (i, text(works[i]).Length);
            total += lengths[i];
        }

        if (lengths.Count(lengths[0]) < lengths.Length)
        {
            lengths.Sort(order);
        }

        if (_texts.Length < total || _sorted.Length < order.Length * Sm3.HashSizeInBytes)
        {
            (_texts, _sorted) = (new byte[total + (total / 2)], new byte[order.Length * 2 * Sm3.HashSizeInBytes]);
        }

        var filled = 0;
        for (var i = 0; i < order.Length; i++)
        {
            text(works[order[i]]).Span.CopyTo(_texts.AsSpan(filled));
            filled += lengths[i];
        }

        ReadOnlySpan<byte> rest = _texts.AsSpan(0, total);
        for (var at = 0; at < order.Length;)
        {
            var same = lengths[at..].Count(lengths[at]);
            Sm3Batch.HashData(rest[..(same * lengths[at])], lengths[at], _sorted.AsSpan(at * Sm3.HashSizeInBytes, same * Sm3.HashSizeInBytes));
            rest = rest[(same * lengths[at])..];
            at += same;
        }

        for (var i = 0; i < order.Length; i++)
        {
            _sorted.AsSpan(i * Sm3.HashSizeInBytes, Sm3.HashSizeInBytes).CopyTo(digests[(order[i] * Sm3.HashSizeInBytes)..]);
        }
    }
}
