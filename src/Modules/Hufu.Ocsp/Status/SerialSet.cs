using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hufu.Ocsp.Answering;
using Hufu.Ocsp.Memory;

namespace Hufu.Ocsp.Status;

/// <summary>
/// All issued serials of one length, each with a mark (revoked): about a byte of overhead a serial. Many readers, one writer at a time; readers never wait.
/// </summary>
/// <remarks>
/// Linear hashing over buckets that are replaced and never changed. The hash only chooses the bucket; serials are compared whole (R11: shortened identifiers are never keys). A split publishes the new
/// bucket, then the new table, then the shortened old bucket, so that a reader who misses under an old table sees that the table has changed and looks again.
/// </remarks>
internal sealed class SerialSet
{
    /// <summary>Serials in a bucket, on average, at most.</summary>
    public const int PerBucket = 80;

    private const int FirstBuckets = 16;

    private readonly Lock _writing = new();
    private Table _table;
    private long _count;

    /// <summary>An empty set.</summary>
    /// <param name="length">Bytes of every serial, 1 to 21.</param>
    public SerialSet(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        Length = length;
        var slots = new Slot[FirstBuckets];
        Array.Fill(slots, new Slot(SerialBucket.Empty));
        _table = new Table(slots, FirstBuckets);
    }

    /// <summary>A set over finished buckets, as a checkpoint or a builder has them.</summary>
    /// <param name="length">Bytes of every serial.</param>
    /// <param name="buckets">By address, all used.</param>
    /// <param name="count">Serials in them.</param>
    internal SerialSet(int length, SerialBucket[] buckets, long count)
    {
        Length = length;
        _table = new Table(Array.ConvertAll(buckets, static bucket => new Slot(bucket)), buckets.Length);
        _count = count;
    }

    /// <summary>Bytes of every serial.</summary>
    public int Length { get; }

    /// <summary>How many serials are held.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>How many buckets hold them; a bucket's number is its address until the set grows.</summary>
    public int Buckets => Volatile.Read(ref _table).Used;

    /// <summary>Bytes held by the serials and their bookkeeping, without answers signed ahead: the arrays and objects as the runtime lays them out on 64 bits.</summary>
    public long Bytes
    {
        get
        {
            const int ArrayHead = 24;
            var table = Volatile.Read(ref _table);
            var sum = ArrayHead + ((long)table.Slots.Length * Unsafe.SizeOf<Slot>());
            for (var i = 0; i < table.Used; i++)
            {
                sum += (table.Slots[i].Bytes.Length + ArrayHead + 7) & ~7L;
            }

            return sum;
        }
    }

    /// <summary>The bucket at an address.</summary>
    public SerialBucket Bucket(int address) => Read(ref Volatile.Read(ref _table).Slots[address]);

    /// <summary>Keeps answers signed ahead beside the bucket at an address, if the bucket still is the one that they are about.</summary>
    public void Keep(int address, KeptAnswers answers)
    {
        lock (_writing)
        {
            ref var slot = ref _table.Slots[address];
            if (ReferenceEquals(slot.Bytes, answers.Serials))
            {
                Volatile.Write(ref slot.Kept, answers);
            }
        }
    }

    /// <summary>Asks for huge pages behind what is held now and what is kept beside it; worth it after it was filled, and again after much has changed.</summary>
    /// <returns>How many there are.</returns>
    public int Gather()
    {
        var table = Volatile.Read(ref _table);
        return HugePages.Gather(table.Slots.Take(table.Used).SelectMany(Slot.Parts).Append((table.Slots, HugePages.Size)));
    }

    /// <summary>All buckets at one moment, by address.</summary>
    public SerialBucket[] Snapshot()
    {
        lock (_writing)
        {
            return Array.ConvertAll(_table.Slots[.._table.Used], slot => new SerialBucket(slot.Bytes, Length));
        }
    }

    /// <summary>Has the processor fetch what <see cref="Find"/> will read, and what is kept beside it.</summary>
    public void Fetch(ReadOnlySpan<byte> serial)
    {
        var table = Volatile.Read(ref _table);
        var mixed = Mixed(serial);
        ref var slot = ref table.Slots[Address((uint)(mixed >> 32), table.Used)];
        Lines.Fetch(slot.Kept);
        SerialBucket.Fetch(Volatile.Read(ref slot.Bytes), slot.Count, (uint)mixed, serial.Length);
    }

    /// <summary>Looks a serial up.</summary>
    /// <param name="serial">The content bytes of its DER INTEGER.</param>
    /// <param name="bucket">Where it is; keep this reference, the set may put another in its place.</param>
    /// <returns>Its place in the bucket; -1 when it is not held.</returns>
    public int Find(ReadOnlySpan<byte> serial, out SerialBucket bucket)
    {
        var table = Volatile.Read(ref _table);
        var mixed = Mixed(serial);
        while (true)
        {
            bucket = Read(ref table.Slots[Address((uint)(mixed >> 32), table.Used)]);
            if (serial.Length == Length && bucket.Find(serial, (uint)mixed) is >= 0 and var position)
            {
                return position;
            }

            var now = Volatile.Read(ref _table);
            if (ReferenceEquals(now, table))
            {
                return -1;
            }

            table = now;
        }
    }

    /// <summary>Adds a serial, or only marks one that is held: its bucket is replaced, whatever its mark was. <paramref name="mark"/> null leaves a held one as it is and adds a new one without.</summary>
    /// <returns>True when it was new.</returns>
    public bool Set(ReadOnlySpan<byte> serial, bool? mark)
    {
        if (serial.Length != Length)
        {
            throw new ArgumentException("The serial does not have this set's length.", nameof(serial));
        }

        lock (_writing)
        {
            var table = _table;
            ref var slot = ref table.Slots[Address(Hash(serial), table.Used)];
            var bucket = Read(ref slot);
            var position = bucket.Find(serial, Order(serial));
            if (position >= 0)
            {
                if (mark is { } wanted)
                {
                    slot.Put(bucket.WithMark(position, Length, wanted));
                }

                return false;
            }

            slot.Put(bucket.With(serial, mark ?? false));
            Volatile.Write(ref _count, _count + 1);
            if (_count > (long)table.Used * PerBucket)
            {
                Split(table);
            }

            return true;
        }
    }

    // Linear hashing: the round has a power of two of buckets, those before the split pointer are already split in two.
    internal static int Address(uint hash, int used)
    {
        var floor = (int)BitOperations.RoundUpToPowerOf2((uint)used);
        var address = (int)(hash & (uint)(floor - 1));
        return address < used ? address : address - (floor >> 1);
    }

    /// <summary>Which bucket a serial belongs to.</summary>
    internal static uint Hash(ReadOnlySpan<byte> serial) => (uint)(Mixed(serial) >> 32);

    /// <summary>By what the serials of a bucket are ordered: the other half of the hash, spread evenly whatever the serials look like.</summary>
    internal static uint Order(ReadOnlySpan<byte> serial) => (uint)Mixed(serial);

    // Serials are the authority's random numbers: nobody else can choose those that are held to collide.
    private static ulong Mixed(ReadOnlySpan<byte> serial)
    {
        const ulong A = 0x9E3779B97F4A7C15, B = 0xC2B2AE3D27D4EB4F;
        ulong sum = 0;
        while (serial.Length >= 8)
        {
            sum = BitOperations.RotateLeft((sum ^ MemoryMarshal.Read<ulong>(serial)) * A, 29);
            serial = serial[8..];
        }

        foreach (var octet in serial)
        {
            sum = (sum ^ octet) * B;
        }

        return (sum ^ (sum >> 32)) * B;
    }

    private void Split(Table table)
    {
        var used = table.Used;
        var slots = table.Slots;
        if (used == slots.Length)
        {
            // An eighth more at a time: a table twice as large would hold half of its slots empty.
            slots = new Slot[used + Math.Max(used >> 3, FirstBuckets)];
            table.Slots.CopyTo(slots, 0);
            Array.Fill(slots, new Slot(SerialBucket.Empty), used, slots.Length - used);
        }

        var low = used - (int)(BitOperations.RoundUpToPowerOf2((uint)used + 1) >> 1);
        var old = Read(ref slots[low]);
        var halves = new SerialSetBuilder.Growing[2];
        for (var i = 0; i < old.Count; i++)
        {
            var serial = old.Serial(i, Length);
            halves[Address(Hash(serial), used + 1) == low ? 0 : 1].Add(serial, old.IsMarked(i));
        }

        slots[used].Put(halves[1].Finish(Length));
        Volatile.Write(ref _table, new Table(slots, used + 1));
        slots[low].Put(halves[0].Finish(Length));
    }

    private SerialBucket Read(ref Slot slot) => new(Volatile.Read(ref slot.Bytes), Length, Volatile.Read(ref slot.Kept));

    private sealed record Table(Slot[] Slots, int Used);

    /// <summary>
    /// Where a bucket hangs. Its three fields are written one after the other and read so: answers signed ahead say which bucket they are about, and the count is only for what is fetched early. All that a look-up needs is one step
    /// from here, so that it comes from memory at once and not one after the other.
    /// </summary>
    private struct Slot(SerialBucket bucket)
    {
        public byte[] Bytes = bucket.Identity;
        public KeptAnswers? Kept;
        public int Count = bucket.Count;

        public static IEnumerable<(object? Object, int Bytes)> Parts(Slot slot) => [(slot.Bytes, slot.Bytes.Length + 24), (slot.Kept, 56)];

        public void Put(SerialBucket bucket)
        {
            Volatile.Write(ref Bytes, bucket.Identity);
            Count = bucket.Count;
            Kept = null;
        }
    }
}
