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

    private const int RandomSize = 7;

    private readonly Lock _lock = new();
    private readonly byte[] _random = new byte[RandomSize * 128];
    private int _randomLeft;
    private long _count;

    /// <summary>The next serial: unsigned, big-endian, highest bit clear.</summary>
    public byte[] Next()
    {
        lock (_lock)
        {
            if (start is < 1 or > MostStarts || _count >= MostTokens)
            {
                throw new InvalidOperationException("The serial numbers of this service are used up.");
            }

            // The system is asked for the random bits of many serials at once.
            if (_randomLeft == 0)
            {
                SecureRandom.Fill(_random);
                _randomLeft = _random.Length;
            }

            var serial = new byte[Size];
            BinaryPrimitives.WriteInt64BigEndian(serial.AsSpan(1), ++_count);
            BinaryPrimitives.WriteUInt32BigEndian(serial, 0x4000_0000u | (uint)start);
            _randomLeft -= RandomSize;
            _random.AsSpan(_randomLeft, RandomSize).CopyTo(serial.AsSpan(9));
            return serial;
        }
    }
}
