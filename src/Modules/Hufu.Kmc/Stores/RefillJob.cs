using Hufu.Records;

namespace Hufu.Kmc.Stores;

/// <summary>Refills the spare store by itself: below the low-water mark it is filled to the high one (GM/T 0038). Looks every so often, and at once when it is poked.</summary>
internal sealed class RefillJob(Database database, PairMaker maker, Func<long> generation, Func<(long Low, long Full)> marks, StoreGrowth growth, TimeProvider clock, Action<Exception> onFault) : IAsyncDisposable
{
    /// <summary>Who asks, in the ledger.</summary>
    public const string Actor = "kmc";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _poked = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Begins to watch; once.</summary>
    public void Start() => _running = Task.Run(WatchAsync);

    /// <summary>Looks now instead of at the next turn.</summary>
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

    /// <summary>Refills if the store is below its low-water mark.</summary>
    /// <returns>How many pairs were made.</returns>
    public async Task<long> LookAsync(CancellationToken ct)
    {
        await growth.NoteAsync(ct);
        var spare = (await database.ReadAsync(PairStores.Count, ct)).Spare;
        var (low, full) = marks();
        if (spare >= low)
        {
            return 0;
        }

        await maker.MakeAsync(full - spare, Actor, generation(), ct);
        return full - spare;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        _poked.Dispose();
    }

    private async Task WatchAsync()
    {
        Task? poke = null;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await LookAsync(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
#pragma warning disable CA1031 // A job outlives every failure: it reports it and looks again at the next turn.
            catch (Exception fault)
            {
                onFault(fault);
            }
#pragma warning restore CA1031

            poke ??= _poked.WaitAsync(_stop.Token);
            await Task.WhenAny(Task.Delay(Every, clock, _stop.Token), poke);
            if (poke.IsCompleted)
            {
                poke = null;
            }
        }
    }
}
