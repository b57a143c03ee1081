namespace Hufu.Ocsp.Status;

/// <summary>
/// Whole serials of one length, each with a few bytes of payload, packed without gaps: about half a byte of overhead a serial. Many readers, one writer at a time; readers never wait.
/// </summary>
/// <remarks>
/// Linear hashing over packed buckets. The hash only chooses the bucket; serials are compared whole (R11: shortened identifiers are never keys). Buckets are replaced, never
/// changed in place. A split publishes the new bucket, then the new table, then the shortened old bucket, so that a reader who misses under an old table sees that the table
/// has changed and looks again.
/// </remarks>
internal sealed class SerialTable
{
    private const int RecordsPerBucket = 64;
    private const int FirstBuckets = 16;

    private readonly Lock _writing = new();
    private readonly int _serialLength;
    private readonly int _recordLength;
    private Table _table;
    private long _count;

    /// <summary>An empty table.</summary>
    /// <param name="serialLength">Bytes of every serial, 1 to 20.</param>
    /// <param name="payloadLength">Bytes kept with every serial, 0 to 32.</param>
    public SerialTable(int serialLength, int payloadLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(serialLength);
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        _serialLength = serialLength;
        _recordLength = serialLength + payloadLength;
        var buckets = new byte[FirstBuckets][];
        Array.Fill(buckets, []);
        _table = new Table(buckets, FirstBuckets);
    }

    /// <summary>How many serials are held.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Bytes held by the records and their bookkeeping, nearly.</summary>
    public long Bytes
    {
        get
        {
            var table = Volatile.Read(ref _table);
            const int ArrayOverhead = 24;
            return (Count * _recordLength) + ((long)table.Used * ArrayOverhead) + ((long)table.Buckets.Length * IntPtr.Size);
        }
    }

    /// <summary>Whether a serial is held; copies its payload.</summary>
    /// <param name="serial">As many bytes as the table's serials have.</param>
    /// <param name="payload">As many bytes as the table's payload has; untouched when the serial is not held.</param>
    public bool TryGet(ReadOnlySpan<byte> serial, Span<byte> payload)
    {
        if (serial.Length != _serialLength)
        {
            return false;
        }

        var hash = Hash(serial);
        var table = Volatile.Read(ref _table);
        while (true)
        {
            var bucket = Volatile.Read(ref table.Buckets[Address(hash, table.Used)]);
            var at = Find(bucket, serial);
            if (at >= 0)
            {
                bucket.AsSpan(at + _serialLength, _recordLength - _serialLength).CopyTo(payload);
                return true;
            }

            var now = Volatile.Read(ref _table);
            if (ReferenceEquals(now, table))
            {
                return false;
            }

            table = now;
        }
    }

    /// <summary>Adds a serial, or replaces the payload of one that is held.</summary>
    /// <returns>True when it was new.</returns>
    public bool Set(ReadOnlySpan<byte> serial, ReadOnlySpan<byte> payload)
    {
        if (serial.Length != _serialLength || payload.Length != _recordLength - _serialLength)
        {
            throw new ArgumentException("The serial or its payload does not have this table's length.");
        }

        lock (_writing)
        {
            var table = _table;
            ref var slot = ref table.Buckets[Address(Hash(serial), table.Used)];
            var bucket = slot;
            var at = Find(bucket, serial);
            if (at >= 0)
            {
                var replaced = bucket.AsSpan().ToArray();
                payload.CopyTo(replaced.AsSpan(at + _serialLength));
                Volatile.Write(ref slot, replaced);
                return false;
            }

            var longer = new byte[bucket.Length + _recordLength];
            bucket.CopyTo(longer, 0);
            serial.CopyTo(longer.AsSpan(bucket.Length));
            payload.CopyTo(longer.AsSpan(bucket.Length + _serialLength));
            Volatile.Write(ref slot, longer);
            Volatile.Write(ref _count, _count + 1);
            if (_count > (long)table.Used * RecordsPerBucket)
            {
                Split(table);
            }

            return true;
        }
    }

    /// <summary>Takes a serial out.</summary>
    /// <returns>False when it was not held.</returns>
    public bool Remove(ReadOnlySpan<byte> serial)
    {
        lock (_writing)
        {
            var table = _table;
            ref var slot = ref table.Buckets[Address(Hash(serial), table.Used)];
            var bucket = slot;
            var at = serial.Length == _serialLength ? Find(bucket, serial) : -1;
            if (at < 0)
            {
                return false;
            }

            Volatile.Write(ref slot, [.. bucket.AsSpan(0, at), .. bucket.AsSpan(at + _recordLength)]);
            Volatile.Write(ref _count, _count - 1);
            return true;
        }
    }

    /// <summary>Hands every serial and its payload to a visitor; others may write meanwhile, what they change is seen or not.</summary>
    public void ForEach(Action<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> visit)
    {
        var table = Volatile.Read(ref _table);
        for (var i = 0; i < table.Used; i++)
        {
            ReadOnlyMemory<byte> bucket = Volatile.Read(ref table.Buckets[i]);
            for (var at = 0; at < bucket.Length; at += _recordLength)
            {
                visit(bucket.Slice(at, _serialLength), bucket.Slice(at + _serialLength, _recordLength - _serialLength));
            }
        }
    }

    private static int Address(uint hash, int used) => SerialSet.Address(hash, used);

    private static uint Hash(ReadOnlySpan<byte> serial) => SerialSet.Hash(serial);

    private int Find(ReadOnlySpan<byte> bucket, ReadOnlySpan<byte> serial)
    {
        for (var at = 0; at < bucket.Length; at += _recordLength)
        {
            if (bucket.Slice(at, _serialLength).SequenceEqual(serial))
            {
                return at;
            }
        }

        return -1;
    }

    private void Split(Table table)
    {
        var used = table.Used;
        var buckets = table.Buckets;
        if (used == buckets.Length)
        {
            buckets = new byte[used * 2][];
            table.Buckets.CopyTo(buckets, 0);
            Array.Fill(buckets, [], used, used);
        }

        var low = used - (int)(System.Numerics.BitOperations.RoundUpToPowerOf2((uint)used + 1) >> 1);
        var old = buckets[low];
        int stay = 0, move = 0;
        var staying = new byte[old.Length];
        var moving = new byte[old.Length];
        for (var at = 0; at < old.Length; at += _recordLength)
        {
            var record = old.AsSpan(at, _recordLength);
            if (Address(Hash(record[.._serialLength]), used + 1) == low)
            {
                record.CopyTo(staying.AsSpan(stay));
                stay += _recordLength;
            }
            else
            {
                record.CopyTo(moving.AsSpan(move));
                move += _recordLength;
            }
        }

        Volatile.Write(ref buckets[used], moving.AsSpan(0, move).ToArray());
        Volatile.Write(ref _table, new Table(buckets, used + 1));
        Volatile.Write(ref buckets[low], staying.AsSpan(0, stay).ToArray());
    }

    private sealed record Table(byte[][] Buckets, int Used);
}
