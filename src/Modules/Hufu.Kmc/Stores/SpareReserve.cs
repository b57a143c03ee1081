using Hufu.Records;

namespace Hufu.Kmc.Stores;

/// <summary>Spare pairs that are about to be given out. A pair is lent to one request at a time, so that it can be enveloped and signed for before the transaction that gives it out.</summary>
/// <remarks>Lives in memory only: what was lent when the process ended is simply still spare.</remarks>
internal sealed class SpareReserve(Database database)
{
    private const int Block = 64;

    private readonly Lock _lock = new();
    private readonly Queue<SparePair> _ready = new();
    private readonly HashSet<long> _lent = [];

    /// <summary>Lends a spare pair; it must come back by <see cref="Settle"/>.</summary>
    /// <returns>Null when the spare store is empty.</returns>
    public async Task<SparePair?> LendAsync(CancellationToken ct)
    {
        while (true)
        {
            long after = 0;
            lock (_lock)
            {
                if (_ready.TryDequeue(out var ready))
                {
                    _lent.Add(ready.Pair);
                    return ready;
                }
            }

            while (true)
            {
                var start = after;
                var rows = await database.ReadAsync(session => PairStores.Spares(session, start, Block), ct);
                if (rows.Count == 0)
                {
                    return null;
                }

                after = rows[^1].Pair;
                lock (_lock)
                {
                    var held = _ready.Select(pair => pair.Pair).ToHashSet();
                    foreach (var row in rows.Where(row => !_lent.Contains(row.Pair) && !held.Contains(row.Pair)))
                    {
                        _ready.Enqueue(row);
                    }

                    if (_ready.Count > 0)
                    {
                        break;
                    }
                }
            }
        }
    }

    /// <summary>Forgets what was read ahead: the pairs have been re-encrypted.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _ready.Clear();
        }
    }

    /// <summary>Takes a lent pair back: one that was not given out can be lent again.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="given">Whether it has left the spare store.</param>
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
}
