using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Kmc.Cases;
using Hufu.Kmc.Initialisation;
using Hufu.Kmc.Stores;
using Hufu.Records;

namespace Hufu.Kmc.StorageKeys;

// The order of work after a change of the storage key:
//   1 spare, then in-use, then history: pairs only ever move in that direction, so one pass meets them all
//   2 batches are re-encrypted in the device beside the writer, then put back where they still lie unmoved; the cursor goes on in the same transaction
//   3 every row is looked at once more; if one was left, again from 1
//   4 the old storage key is destroyed in the device, the backups that hold it are deleted, the ledger says so
// Killed anywhere, it goes on at the cursor.

/// <summary>Re-encrypts the stores under the new storage key, beside the serving of CAs.</summary>
internal sealed class ResealJob(Database database, Ledger ledger, Func<IEscrowDevice> device, SpareReserve reserve, TimeProvider clock, Action<Exception> onFault) : IAsyncDisposable
{
    private const int Batch = 200;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);
    private static readonly string[] Stores = ["spare", "in-use", "history"];

    private readonly SemaphoreSlim _poked = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Begins to watch; once.</summary>
    public void Start() => _running = Task.Run(WatchAsync);

    /// <summary>There is something to do.</summary>
    public void Poke()
    {
        try
        {
            _poked.Release();
        }
        catch (SemaphoreFullException)
        {
            // Poked already.
        }
    }

    /// <summary>Does what is to be done.</summary>
    /// <returns>False when nothing was.</returns>
    [Clause("6.2.8-a")]
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        if (await database.ReadAsync(ResealStore.Unfinished, ct) is not { } at)
        {
            return false;
        }

        while (true)
        {
            while (await StepAsync(at, ct) is { } next)
            {
                at = next;
            }

            // 3
            if (await database.ReadAsync(session => ResealStore.Left(session, at.Generation), ct) == 0)
            {
                break;
            }

            at = at with { Store = Stores[0], Cursor = 0 };
        }

        await EndAsync(at, ct);
        return true;
    }

    /// <summary>One batch; null when all stores are through.</summary>
    public async Task<Reseal?> StepAsync(Reseal at, CancellationToken ct)
    {
        var pairs = await database.ReadAsync(session => ResealStore.Next(session, at, Batch), ct);
        if (pairs.Count == 0)
        {
            var store = Array.IndexOf(Stores, at.Store) + 1;
            return store < Stores.Length ? at with { Store = Stores[store], Cursor = 0 } : null;
        }

        // 2
        var label = PairMetadata.StorageKeyLabel(at.Generation);
        var resealed = await Task.Run(
            () => pairs.Select(pair => device().ResealEscrowed(
                PairMetadata.StorageKeyLabel(pair.Generation), pair.Sealed, PairMetadata.AssociatedData(pair.Pair, pair.Generation, pair.MadeAt), CaseScope.PublicKeyOf(pair.PublicKey),
                label, PairMetadata.AssociatedData(pair.Pair, at.Generation, pair.MadeAt))).ToList(),
            ct);
        var next = await database.WriteAsync(
            session =>
            {
                var done = pairs.Select((pair, i) => ResealStore.Put(session, at.Store, pair, at.Generation, resealed[i])).Sum();
                var moved = at with { Cursor = pairs[^1].Pair, Resealed = at.Resealed + done };
                ResealStore.Advance(session, moved);
                return moved;
            },
            ct);
        if (at.Store == Stores[0])
        {
            reserve.Forget();
        }

        return next;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        _poked.Dispose();
    }

    // 4
    private async Task EndAsync(Reseal at, CancellationToken ct)
    {
        reserve.Forget();
        var label = PairMetadata.StorageKeyLabel(at.Leaves);
        if (device().Contains(label))
        {
            device().Destroy(label);
        }

        await database.WriteAsync(
            session =>
            {
                CentreStore.DeleteOldBackups(session);
                ResealStore.End(session, at.Generation, clock.GetUtcNow().ToUnixTimeMilliseconds());
                ledger.Append(session, new LedgerRecord
                {
                    Actor = RefillJob.Actor,
                    Act = "kmc.storage-key.destroyed",
                    Object = $"storage-key/{at.Leaves}",
                    Outcome = LedgerOutcome.Done,
                    Detail = new JsonObject { ["resealed"] = at.Resealed, ["generation"] = at.Generation },
                });
            },
            ct);
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await RunAsync(_stop.Token);
                await _poked.WaitAsync(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
#pragma warning disable CA1031 // A job outlives every failure: it reports it and goes on at its next turn.
            catch (Exception fault)
            {
                onFault(fault);
                await Task.WhenAny(Task.Delay(Every, clock, _stop.Token));
            }
#pragma warning restore CA1031
        }
    }
}
