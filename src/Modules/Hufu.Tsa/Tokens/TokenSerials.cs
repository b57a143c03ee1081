using System.Buffers.Binary;
using Hufu.Crypto;

namespace Hufu.Tsa.Tokens;

/// <summary>Serial numbers of tokens: 16 bytes, never the same again. The number of this start of the service (from the database), a count within it, and 56 random bits.</summary>
/// <param name="start">The number of this start, 1 and up; committed before the first token.</param>
internal sealed class TokenSerials(long start)
{
    /// <summary>Bytes of a serial.</summary>
    public const int Size = 16;

    // 4 bytes of start (top bit clear, first byte never zero), 5 of count, 7 of randomness.
    private const long MostStarts = 0x3FFF_FFFF;
    private const long MostTokens = 0xFF_FFFF_FFFF;

    private long _count;

    /// <summary>The next serial: unsigned, big-endian, highest bit clear.</summary>
    public byte[] Next()
    {
        var count = Interlocked.Increment(ref _count);
        if (start is < 1 or > MostStarts || count > MostTokens)
        {
            throw new InvalidOperationException("The serial numbers of this service are used up.");
        }

        var serial = new byte[Size];
        BinaryPrimitives.WriteInt64BigEndian(serial.AsSpan(1), count);
        BinaryPrimitives.WriteUInt32BigEndian(serial, 0x4000_0000u | (uint)start);
        SecureRandom.Fill(serial.AsSpan(9));
        return serial;
    }
}
