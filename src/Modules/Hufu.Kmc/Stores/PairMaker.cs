using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Kmc.Initialisation;
using Hufu.Records;

namespace Hufu.Kmc.Stores;

/// <summary>Makes pairs in the device and puts them into the spare store: one batch, one transaction, one ledger record.</summary>
internal sealed class PairMaker(Database database, Ledger ledger, Func<SoftwareDevice> device, TimeProvider clock) : IDisposable
{
    private const int Batch = 100;

    private readonly SemaphoreSlim _one = new(1, 1);
    private long _last;

    /// <summary>Learns the last number that was given; before the first pair is made.</summary>
    public async Task StartAsync(CancellationToken ct) => _last = await database.ReadAsync(PairStores.LastNumber, ct);

    /// <summary>Makes pairs until so many are made. Batches that were made stay when a later one fails.</summary>
    /// <param name="count">How many.</param>
    /// <param name="actor">Who asked: a person's id, or <c>kmc</c> for the job.</param>
    /// <param name="generation">The storage key's generation.</param>
    /// <param name="ct">Stops between batches.</param>
    public async Task MakeAsync(long count, string actor, long generation, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            while (count > 0)
            {
                ct.ThrowIfCancellationRequested();
                var size = (int)Math.Min(Batch, count);
                var pairs = await Task.Run(() => Make(size, generation), ct);
                var current = await database.WriteAsync(
                    session =>
                    {
                        // The storage key may have been changed since these were sealed.
                        if (CentreStore.Find(session) is { } centre && centre.Generation != generation)
                        {
                            return centre.Generation;
                        }

                        PairStores.AddSpares(session, pairs);
                        ledger.Append(session, LedgerEntries.Made(actor, pairs));
                        return generation;
                    },
                    ct);
                count -= current == generation ? size : 0;
                generation = current;
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    [Clause("6.2.8-a")]
    private SparePair[] Make(int count, long generation)
    {
        var madeAt = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var first = _last + 1;
        _last += count;
        var made = device().MakeEscrowPairs(
            PairMetadata.StorageKeyLabel(generation), [.. Enumerable.Range(0, count).Select(i => PairMetadata.AssociatedData(first + i, generation, madeAt))]);
        return [.. made.Select((pair, i) => new SparePair(first + i, generation, madeAt, pair.PublicKey.Sm2!.Encode(), pair.SealedPrivateKey))];
    }
}
