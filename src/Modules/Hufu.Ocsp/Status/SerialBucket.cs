using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Hufu.Ocsp.Answering;
using Hufu.Ocsp.Memory;

namespace Hufu.Ocsp.Status;

/// <summary>
/// Some eighty whole serials of one length: first one bit for each (its mark), then the serials side by side in the order of <see cref="SerialSet.Order"/>, so that a serial is found near the place that its order says.
/// Its bytes are never changed, only replaced; so what is kept beside it (answers signed ahead) belongs to exactly these serials in exactly these states.
/// </summary>
internal readonly struct SerialBucket
{
    private readonly byte[] _bytes;
    private readonly int _count;
    private readonly KeptAnswers? _kept;

    /// <summary>A bucket over bytes that nobody changes any more.</summary>
    /// <param name="bytes">A bit each, then the serials, in order.</param>
    /// <param name="length">Bytes of its serials.</param>
    /// <param name="kept">What stands beside it, for these bytes or for others.</param>
    public SerialBucket(byte[] bytes, int length, KeptAnswers? kept = null) => (_bytes, _count, _kept) = (bytes, CountIn(bytes.Length, length), kept);

    /// <summary>Without serials.</summary>
    public static SerialBucket Empty { get; } = new([], 1);

    /// <summary>Answers signed ahead for these serials; null until they are, or when there is none.</summary>
    public KeptAnswers? Kept => _kept is { } kept && ReferenceEquals(kept.Serials, _bytes) ? kept : null;

    /// <summary>Bits and serials.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The array itself: which bucket it is.</summary>
    public byte[] Identity => _bytes;

    /// <summary>How many serials.</summary>
    public int Count => _count;

    /// <summary>How many bytes so many serials need.</summary>
    public static int Size(int count, int length) => First(count) + (count * length);

    // n·L + ⌈n/8⌉ bytes: eight times that, divided by 8L + 1, is n and a rest.
    private static int CountIn(int bytes, int length) => length == 16 ? bytes * 8 / 129 : (int)((long)bytes * 8 / ((8 * length) + 1));

    // Where the serials begin.
    private static int First(int count) => (count + 7) >> 3;

    /// <summary>A serial.</summary>
    public ReadOnlySpan<byte> Serial(int position, int length) => _bytes.AsSpan(First(_count) + (position * length), length);

    /// <summary>Its mark.</summary>
    public bool IsMarked(int position) => (_bytes[position >> 3] >> (position & 7) & 1) != 0;

    /// <summary>Has the processor fetch the lines that <see cref="Find"/> will read: each lies somewhere else in memory.</summary>
    /// <param name="bytes">A bucket's.</param>
    /// <param name="count">How many serials it holds, as far as is known without reading it.</param>
    /// <param name="order">Of the serial that will be looked for.</param>
    /// <param name="length">Bytes of the serials.</param>
    public static void Fetch(byte[] bytes, int count, uint order, int length)
    {
        if (count > 0)
        {
            var near = First(count) + (Guess(order, count) * length);
            ref var first = ref MemoryMarshal.GetArrayDataReference(bytes);
            Lines.Fetch(ref Unsafe.Add(ref first, near));
            Lines.Fetch(ref Unsafe.Add(ref first, Math.Max(0, near - Lines.Size)));
            Lines.Fetch(bytes);
            Lines.Fetch(ref first);
        }
    }

    /// <summary>The place of a serial, compared whole (R11); -1 when it is not here.</summary>
    /// <param name="serial">As long as the others.</param>
    /// <param name="order">Its <see cref="SerialSet.Order"/>.</param>
    public int Find(ReadOnlySpan<byte> serial, uint order)
    {
        if (_count == 0)
        {
            return -1;
        }

        return serial.Length == 16 ? FindSixteen(serial, order) : Seek(serial, order, out var place) ? place : -1;
    }

    // Orders are spread evenly: the serial stands at its share of the bucket, give or take four. Whole serials are compared outward from there, first the way that the order there says, then the other.
    private int FindSixteen(ReadOnlySpan<byte> serial, uint order)
    {
        var wanted = Vector128.Create(serial);
        var count = _count;
        ref var first = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_bytes), First(count));
        var at = Guess(order, count);
        if (Load(ref first, at) == wanted)
        {
            return at;
        }

        if (SerialSet.Order(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref first, at * 16), 16)) <= order)
        {
            for (var i = at + 1; i < count; i++)
            {
                if (Load(ref first, i) == wanted)
                {
                    return i;
                }
            }
        }

        for (var i = at - 1; i >= 0; i--)
        {
            if (Load(ref first, i) == wanted)
            {
                return i;
            }
        }

        return -1;

        static Vector128<byte> Load(ref byte first, int place) => Vector128.LoadUnsafe(ref Unsafe.Add(ref first, place * 16));
    }

    // Whether it is there, and the place where it is or would be.
    private bool Seek(ReadOnlySpan<byte> serial, uint order, out int place)
    {
        place = _count == 0 ? 0 : Guess(order, _count);
        while (place < _count && SerialSet.Order(Serial(place, serial.Length)) < order)
        {
            place++;
        }

        while (place > 0 && SerialSet.Order(Serial(place - 1, serial.Length)) >= order)
        {
            place--;
        }

        for (; place < _count && SerialSet.Order(Serial(place, serial.Length)) == order; place++)
        {
            if (Serial(place, serial.Length).SequenceEqual(serial))
            {
                return true;
            }
        }

        return false;
    }

    private static int Guess(uint order, int count) => (int)((ulong)order * (uint)count >> 32);

    /// <summary>The same serials and one more.</summary>
    public SerialBucket With(ReadOnlySpan<byte> serial, bool mark)
    {
        var length = serial.Length;
        Seek(serial, SerialSet.Order(serial), out var place);
        int from = First(_count), to = First(_count + 1), before = place * length;
        var longer = new byte[Size(_count + 1, length)];
        _bytes.AsSpan(from, before).CopyTo(longer.AsSpan(to));
        serial.CopyTo(longer.AsSpan(to + before));
        _bytes.AsSpan(from + before).CopyTo(longer.AsSpan(to + before + length));
        for (var i = 0; i < _count; i++)
        {
            SetBit(longer, i < place ? i : i + 1, IsMarked(i));
        }

        SetBit(longer, place, mark);
        return new SerialBucket(longer, length);
    }

    /// <summary>The same serials, one with another mark.</summary>
    public SerialBucket WithMark(int position, int length, bool mark)
    {
        var changed = _bytes.AsSpan().ToArray();
        SetBit(changed, position, mark);
        return new SerialBucket(changed, length);
    }

    internal static void SetBit(Span<byte> bits, int position, bool mark)
    {
        ref var octet = ref bits[position >> 3];
        octet = (byte)(mark ? octet | (1 << (position & 7)) : octet & ~(1 << (position & 7)));
    }
}
