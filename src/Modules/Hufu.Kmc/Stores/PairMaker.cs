using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Kmc.Initialisation;
using Hufu.Records;

namespace Hufu.Kmc.Stores;

/// <summary>Makes pairs in the device and puts them into the spare store: one batch, one transaction, one ledger record.</summary>
internal sealed class PairMaker(Database database, Ledger ledger, Func<IEscrowDevice> device, TimeProvider clock) : IDisposable
{
    /// <summary>Most pairs in one transaction.</summary>
    internal const int Batch = 1_000;

    // Batches that may wait for the writer.
    private const int Ahead = 2;

    private readonly SemaphoreSlim _one = new(1, 1);
    private long _last;
    private long _wanted;
    private long _made;

    /// <summary>The present or last order: whether it runs, how many were wanted, how many are in the store.</summary>
    public (bool Running, long Wanted, long Made) Progress => (_one.CurrentCount == 0, Interlocked.Read(ref _wanted), Interlocked.Read(ref _made));

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
        Task<SpareBatch>? next = null;
        var writing = new Queue<(SpareBatch Pairs, Task<long> Written)>();
        Interlocked.Exchange(ref _wanted, count);
        Interlocked.Exchange(ref _made, 0);
        try
        {
            for (var left = count; left > 0 || writing.Count > 0;)
            {
                ct.ThrowIfCancellationRequested();
                if (left > 0)
                {
                    // One batch is made while those before it are written: neither waits for the other, and the writer takes two under one commit when it lags.
                    var pairs = await (next ?? MakeAsync((int)Math.Min(Batch, left), generation));
                    left -= pairs.Count;
                    next = left > 0 ? MakeAsync((int)Math.Min(Batch, left), generation) : null;
                    writing.Enqueue((pairs, WriteAsync(pairs, actor, ct)));
                }

                while (writing.Count > (left > 0 ? Ahead : 0))
                {
                    var (pairs, written) = writing.Dequeue();
                    var current = await written;
                    if (current == pairs.Generation)
                    {
                        Interlocked.Add(ref _made, pairs.Count);
                        continue;
                    }

                    // What was made under the key that has gone is left; its numbers are not used again.
                    left += pairs.Count;
                    if (current != generation)
                    {
                        await (next ?? Task.CompletedTask);
                        (generation, next) = (current, null);
                    }
                }
            }
        }
        finally
        {
            await (next ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var (_, written) in writing)
            {
                await ((Task)written).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    // The generation in force: another than the batch's when the storage key was changed since it was sealed, and then nothing is written.
    private Task<long> WriteAsync(SpareBatch pairs, string actor, CancellationToken ct) => database.WriteAsync(
        session =>
        {
            if (CentreStore.Find(session) is { } centre && centre.Generation != pairs.Generation)
            {
                return centre.Generation;
            }

            PairStores.AddSpares(session, pairs);
            ledger.Append(session, LedgerEntries.Made(actor, pairs));
            return pairs.Generation;
        },
        ct);

    private Task<SpareBatch> MakeAsync(int count, long generation) => Task.Run(() => Make(count, generation));

    [Clause("6.2.8-a")]
    private SpareBatch Make(int count, long generation)
    {
        var madeAt = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var first = _last + 1;
        _last += count;
        var made = device().MakeEscrowBatch(
            PairMetadata.StorageKeyLabel(generation), [.. Enumerable.Range(0, count).Select(i => PairMetadata.AssociatedData(first + i, generation, madeAt))]);
        return new SpareBatch(first, count, generation, madeAt, made.PublicKeys, made.SealedKeys, made.SealedSize) { Digest = LedgerEntries.Digest(made.PublicKeys) };
    }
}
