using Hufu.Records;

namespace Hufu.Kmc.Stores;

/// <summary>Spare pairs that are about to be given out. A pair is lent to one request at a time, so that it can be enveloped and signed for before the transaction that gives it out.</summary>
/// <remarks>Lives in memory only: what was lent when the process ended is simply still spare.</remarks>
internal sealed class SpareReserve(Database database) : IDisposable
{
    private const int Block = 256;

    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Lock _lock = new();
    private readonly Queue<SparePair> _ready = new();
    private readonly HashSet<long> _lent = [];
    private long _after;

    /// <summary>Lends a spare pair; it must come back by <see cref="Settle"/>.</summary>
    /// <returns>Null when the spare store is empty.</returns>
    public async Task<SparePair?> LendAsync(CancellationToken ct)
    {
        if (Take() is { } ready)
        {
            return ready;
        }

        // One reads for all who wait; reading goes on where it stopped, and once from the beginning before the store is called empty.
        await _reading.WaitAsync(ct);
        try
        {
            var again = _after > 0;
            while (true)
            {
                if (Take() is { } read)
                {
                    return read;
                }

                var start = _after;
                var rows = await database.ReadAsync(session => PairStores.Spares(session, start, Block), ct);
                if (rows.Count == 0)
                {
                    if (!again)
                    {
                        return null;
                    }

                    (_after, again) = (0, false);
                    continue;
                }

                lock (_lock)
                {
                    // Forgotten meanwhile: these rows may be old.
                    if (_after != start)
                    {
                        continue;
                    }

                    _after = rows[^1].Pair;
                    var held = _ready.Select(pair => pair.Pair).ToHashSet();
                    foreach (var row in rows.Where(row => !_lent.Contains(row.Pair) && !held.Contains(row.Pair)))
                    {
                        _ready.Enqueue(row);
                    }
                }
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Forgets what was read ahead: the pairs have been re-encrypted.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _ready.Clear();
            _after = 0;
        }
    }

    /// <summary>Takes a lent pair back: one that was not given out can be lent again.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="given">Whether it has left the spare store, or this copy of it is out of date.</param>
    public void Settle(SparePair pair, bool given)
    {
        lock (_lock)
        {
            if (_lent.Remove(pair.Pair) && !given)
            {
                _ready.Enqueue(pair);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _reading.Dispose();

    /// <summary>Lends a spare pair that was read before; it must come back by <see cref="Settle"/>.</summary>
    /// <returns>Null when none is left of those.</returns>
    public SparePair? Take()
    {
        lock (_lock)
        {
            if (!_ready.TryDequeue(out var ready))
            {
                return null;
            }

            _lent.Add(ready.Pair);
            return ready;
        }
    }
}
