namespace Hufu.Crypto;

/// <summary>HMAC (RFC 2104) over SM3.</summary>
public static class HmacSm3
{
    /// <summary>Octets of a code before any truncation.</summary>
    public const int HashSizeInBytes = Sm3.HashSizeInBytes;

    /// <summary>Writes the code of <paramref name="source"/> under <paramref name="key"/> (any length) to the first 32 octets of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than 32 octets.</exception>
    public static void HashData(ReadOnlySpan<byte> key, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        HmacSm3State mac = default;
        mac.SetKey(key);
        mac.Append(source);
        mac.Finish(destination);
        mac.Clear();
    }
}
