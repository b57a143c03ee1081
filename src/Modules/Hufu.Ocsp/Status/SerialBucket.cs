using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Hufu.Ocsp.Answering;

namespace Hufu.Ocsp.Status;

/// <summary>
/// Some eighty whole serials of one length side by side, then one bit for each: its mark. Never changed, only replaced; so what is kept beside it (answers signed ahead) belongs to exactly these serials in
/// exactly these states.
/// </summary>
internal sealed class SerialBucket
{
    private readonly byte[] _bytes;

    /// <summary>A bucket over bytes that nobody changes any more.</summary>
    /// <param name="bytes">Serials, then a bit each.</param>
    public SerialBucket(byte[] bytes) => _bytes = bytes;

    /// <summary>Without serials.</summary>
    public static SerialBucket Empty { get; } = new([]);

    /// <summary>Answers signed ahead for these serials; null until they are, or when there is none.</summary>
    public KeptAnswers? Kept { get; set; }

    /// <summary>Serials and bits.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>How many serials of a length.</summary>
    public int Count(int length) => CountIn(_bytes.Length, length);

    /// <summary>How many bytes so many serials need.</summary>
    public static int Size(int count, int length) => (count * length) + ((count + 7) / 8);

    // n·L + ⌈n/8⌉ bytes: eight times that, divided by 8L + 1, is n and a rest.
    private static int CountIn(int bytes, int length) => (int)((long)bytes * 8 / ((8 * length) + 1));

    /// <summary>A serial.</summary>
    public ReadOnlySpan<byte> Serial(int position, int length) => _bytes.AsSpan(position * length, length);

    /// <summary>Its mark.</summary>
    public bool IsMarked(int position, int length)
    {
        var bits = Count(length) * length;
        return (_bytes[bits + (position >> 3)] >> (position & 7) & 1) != 0;
    }

    /// <summary>The place of a serial, compared whole (R11); -1 when it is not here.</summary>
    public int Find(ReadOnlySpan<byte> serial)
    {
        var length = serial.Length;
        var count = Count(length);
        if (length == 16)
        {
            var wanted = Vector128.Create(serial);
            ref var first = ref MemoryMarshal.GetArrayDataReference(_bytes);
            for (var i = 0; i < count; i++)
            {
                if (Vector128.LoadUnsafe(ref Unsafe.Add(ref first, i * 16)) == wanted)
                {
                    return i;
                }
            }

            return -1;
        }

        ReadOnlySpan<byte> bytes = _bytes;
        for (var i = 0; i < count; i++)
        {
            if (bytes.Slice(i * length, length).SequenceEqual(serial))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The same serials and one more.</summary>
    public SerialBucket With(ReadOnlySpan<byte> serial, bool mark)
    {
        var length = serial.Length;
        var count = Count(length);
        var longer = new byte[Size(count + 1, length)];
        _bytes.AsSpan(0, count * length).CopyTo(longer);
        serial.CopyTo(longer.AsSpan(count * length));
        _bytes.AsSpan(count * length).CopyTo(longer.AsSpan((count + 1) * length));
        SetBit(longer.AsSpan((count + 1) * length), count, mark);
        return new SerialBucket(longer);
    }

    /// <summary>The same serials, one with another mark.</summary>
    public SerialBucket WithMark(int position, int length, bool mark)
    {
        var changed = _bytes.AsSpan().ToArray();
        SetBit(changed.AsSpan(Count(length) * length), position, mark);
        return new SerialBucket(changed);
    }

    internal static void SetBit(Span<byte> bits, int position, bool mark)
    {
        ref var octet = ref bits[position >> 3];
        octet = (byte)(mark ? octet | (1 << (position & 7)) : octet & ~(1 << (position & 7)));
    }
}
