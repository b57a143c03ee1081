namespace Hufu.Crypto;

/// <summary>The hash function SM3 (GB/T 32905): 256 bits, blocks of 64 octets.</summary>
public static class Sm3
{
    /// <summary>Octets of a digest.</summary>
    public const int HashSizeInBytes = 32;

    internal const int BlockSize = 64;

    /// <summary>Writes the digest of <paramref name="source"/> to the first 32 octets of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than 32 octets.</exception>
    public static void HashData(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Sm3State state = default;
        state.Reset();
        state.Append(source);
        state.Finish(destination);
    }

    /// <summary>The digest of <paramref name="source"/>, 32 octets.</summary>
    public static byte[] HashData(ReadOnlySpan<byte> source)
    {
        byte[] digest = new byte[HashSizeInBytes];
        HashData(source, digest);
        return digest;
    }
}
