using System.Buffers.Binary;
using Hufu.Crypto;
using Hufu.Records;

namespace Hufu.Kmc.Stores;

/// <summary>
/// Every public key that was ever made here, spare, given and destroyed alike (R16), as 63 bits of X in memory: eight bytes a key, half as much again while the table is filled. Read from
/// table kmc_made when it is first asked, and whatever was added since whenever it is asked again.
/// </summary>
internal sealed class EscrowedKeys
{
    private const int Rows = 1_000;

    private readonly Lock _lock = new();
    private long[] _slots = new long[1024];
    private int _count;
    private long _seen;

    /// <summary>Puts a batch on record, in its transaction.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="first">The first pair's number.</param>
    /// <param name="points">04‖X‖Y after 04‖X‖Y, 65 bytes each.</param>
    public static void Enter(Session session, long first, ReadOnlySpan<byte> points)
    {
        var keys = new byte[points.Length / Sm2.PublicKeySize * sizeof(long)];
        for (var i = 0; i < keys.Length / sizeof(long); i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(keys.AsSpan(sizeof(long) * i), SlotOf(points.Slice(Sm2.PublicKeySize * i, Sm2.PublicKeySize)));
        }

        session.Execute("INSERT INTO kmc_made (first, keys) VALUES (@first, @keys) ON CONFLICT (first) DO NOTHING", new { first, keys });
    }

    /// <summary>Whether a key may have been made here before the last <see cref="Catch"/>: never false for one that was; true for one in 10¹¹ others beside ten million.</summary>
    /// <param name="point">04‖X‖Y.</param>
    public bool Contains(ReadOnlySpan<byte> point)
    {
        var slot = SlotOf(point);
        lock (_lock)
        {
            return _slots[Find(_slots, slot)] == slot;
        }
    }

    /// <summary>Catches up with a snapshot: what was made until then is known from now on.</summary>
    public void Catch(Session session)
    {
        lock (_lock)
        {
            for (var read = Rows; read == Rows;)
            {
                var rows = session.Query<MadeRow>("SELECT first, keys FROM kmc_made WHERE first > @seen ORDER BY first LIMIT @most", new { seen = _seen, most = Rows });
                foreach (var row in rows)
                {
                    for (var at = 0; at < row.Keys.Length; at += sizeof(long))
                    {
                        Add(BinaryPrimitives.ReadInt64BigEndian(row.Keys.AsSpan(at)));
                    }

                    _seen = row.First;
                }

                read = rows.Count;
            }
        }
    }

    private void Add(long slot)
    {
        if (_count >= _slots.Length / 3 * 2)
        {
            var larger = new long[_slots.Length * 2];
            foreach (var one in _slots.Where(one => one != 0))
            {
                larger[Find(larger, one)] = one;
            }

            _slots = larger;
        }

        ref var place = ref _slots[Find(_slots, slot)];
        _count += place == 0 ? 1 : 0;
        place = slot;
    }

    // X is as good as random. 0 is a free place.
    private static int Find(long[] slots, long slot)
    {
        var at = (int)(slot & (slots.Length - 1));
        while (slots[at] != 0 && slots[at] != slot)
        {
            at = (at + 1) & (slots.Length - 1);
        }

        return at;
    }

    private static long SlotOf(ReadOnlySpan<byte> point) => Math.Max(1, BinaryPrimitives.ReadInt64BigEndian(point[1..]) & long.MaxValue);

    private sealed record MadeRow(long First, byte[] Keys);
}
