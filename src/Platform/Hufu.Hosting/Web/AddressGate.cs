using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;

namespace Hufu.Hosting;

/// <summary>
/// How often one address may use a door that is laid for load (<see cref="IFrontDoor"/>): so many requests a second, and twice as many at once. An address is an IPv4 address or an IPv6 network of 64 bits, as the connection shows
/// it. Allocates nothing for an address that it knows.
/// </summary>
/// <param name="perSecond">Requests a second; 0: not limited.</param>
/// <param name="clock">Its timestamps count.</param>
public sealed class AddressGate(int perSecond, TimeProvider clock)
{
    private const int MostAddresses = 65_536;

    private readonly ConcurrentDictionary<ulong, Bucket> _buckets = new();
    private readonly Bucket _others = new();
    private readonly long _interval = perSecond > 0 ? Math.Max(1, clock.TimestampFrequency / perSecond) : 0;

    /// <summary>Whether a request of an address may come in.</summary>
    /// <param name="address">The connection's; null counts as one address.</param>
    public bool TryEnter(IPAddress? address)
    {
        if (_interval == 0)
        {
            return true;
        }

        var key = Key(address);
        var now = clock.GetTimestamp();
        return (_buckets.TryGetValue(key, out var bucket) ? bucket : Find(key, now)).TryTake(now, _interval, 2L * perSecond * _interval);
    }

    // When too many addresses come at once those that are full again are forgotten; if that does not help, newcomers share one bucket.
    private Bucket Find(ulong key, long now)
    {
        if (_buckets.Count >= MostAddresses)
        {
            lock (_others)
            {
                if (_buckets.Count >= MostAddresses)
                {
                    foreach (var (known, bucket) in _buckets)
                    {
                        if (bucket.IsFull(now))
                        {
                            _buckets.TryRemove(known, out _);
                        }
                    }
                }
            }
        }

        return _buckets.Count >= MostAddresses ? _others : _buckets.GetOrAdd(key, static _ => new Bucket());
    }

    private static ulong Key(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address is null || !address.TryWriteBytes(bytes, out var length))
        {
            return 0;
        }

        return length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : address.IsIPv4MappedToIPv6 ? BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]) : BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    // The moment at which it is full again says all (generic cell rate algorithm).
    private sealed class Bucket
    {
        private long _full = long.MinValue;

        public bool IsFull(long now) => Volatile.Read(ref _full) <= now;

        public bool TryTake(long now, long interval, long most)
        {
            while (true)
            {
                var full = Volatile.Read(ref _full);
                // Further away than it can be: the clock was turned back.
                var next = (full < now || full - now > most ? now : full) + interval;
                if (next - now > most)
                {
                    return false;
                }

                if (Interlocked.CompareExchange(ref _full, next, full) == full)
                {
                    return true;
                }
            }
        }
    }
}
