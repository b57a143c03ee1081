namespace Hufu.Ocsp.Status;

/// <summary>Fills a set whose size is known beforehand (at start, from the database): no bucket is replaced on the way. One thread; the same serial is given once.</summary>
internal sealed class SerialSetBuilder(int length, long expected)
{
    private readonly Growing[] _buckets = new Growing[Math.Max(16, checked((int)((expected + SerialSet.PerBucket - 1) / SerialSet.PerBucket)))];
    private long _count;

    /// <summary>Adds a serial.</summary>
    public void Add(ReadOnlySpan<byte> serial, bool mark)
    {
        _buckets[SerialSet.Address(SerialSet.Hash(serial), _buckets.Length)].Add(serial, mark);
        _count++;
    }

    /// <summary>The set; the builder is spent.</summary>
    public SerialSet Finish()
    {
        var buckets = new SerialBucket[_buckets.Length];
        for (var i = 0; i < buckets.Length; i++)
        {
            buckets[i] = _buckets[i].Finish(length);
            _buckets[i] = default;
        }

        return new SerialSet(length, buckets, _count);
    }

    /// <summary>A bucket that still grows.</summary>
    internal struct Growing
    {
        // A split or a fill rarely exceeds this; it grows when it must.
        private const int First = 96;
        private const int Usual = 256;

        private byte[]? _serials;
        private byte[]? _bits;
        private int _count;

        public void Add(ReadOnlySpan<byte> serial, bool mark)
        {
            _serials ??= new byte[First * serial.Length];
            _bits ??= new byte[First / 8];
            if ((_count + 1) * serial.Length > _serials.Length)
            {
                Array.Resize(ref _serials, _serials.Length + (_serials.Length >> 1) + serial.Length);
            }

            if (_count >> 3 >= _bits.Length)
            {
                Array.Resize(ref _bits, _bits.Length * 2);
            }

            serial.CopyTo(_serials.AsSpan(_count * serial.Length));
            SerialBucket.SetBit(_bits, _count++, mark);
        }

        public readonly SerialBucket Finish(int length)
        {
            if (_count == 0)
            {
                return SerialBucket.Empty;
            }

            var bytes = new byte[SerialBucket.Size(_count, length)];
            Span<uint> orders = _count <= Usual ? stackalloc uint[_count] : new uint[_count];
            Span<int> places = _count <= Usual ? stackalloc int[_count] : new int[_count];
            for (var i = 0; i < _count; i++)
            {
                (orders[i], places[i]) = (SerialSet.Order(_serials.AsSpan(i * length, length)), i);
            }

            orders.Sort(places);
            var at = bytes.Length - (_count * length);
            for (var i = 0; i < _count; i++)
            {
                _serials.AsSpan(places[i] * length, length).CopyTo(bytes.AsSpan(at + (i * length)));
                SerialBucket.SetBit(bytes, i, (_bits![places[i] >> 3] >> (places[i] & 7) & 1) != 0);
            }

            return new SerialBucket(bytes, length);
        }
    }
}
