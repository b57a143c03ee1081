using System.Collections.Concurrent;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Kmc.Stores;
using Hufu.Records;

namespace Hufu.Kmc.Serving;

// What goes wrong in a group is nobody's fault in particular, so the group is taken apart and every request goes its way alone; alone, a request that meets a conflict is decided anew.

/// <summary>Carries requests that wait through steps 4 to 7, in groups as large as the queue is long.</summary>
/// <param name="database">The key centre's database.</param>
/// <param name="ledger">Its ledger.</param>
/// <param name="envelopes">Makes the answers.</param>
/// <param name="reserve">Spare pairs to be lent.</param>
/// <param name="maker">Makes a pair on demand when the spare store is empty.</param>
/// <param name="rules">What is decided.</param>
/// <param name="clock">The room's clock.</param>
internal sealed class ServingQueue(Database database, Ledger ledger, AnswerWriter envelopes, SpareReserve reserve, PairMaker maker, RequestRules rules, TimeProvider clock)
{
    private const int Attempts = 16;
    private const int MostInGroup = 64;
    private static readonly int s_mostGroups = Math.Clamp(Environment.ProcessorCount, 2, 8);

    private readonly ConcurrentQueue<ServingTask> _waiting = new();
    private int _groups;

    /// <summary>Answers a request once its answer is durable.</summary>
    /// <returns>KMRespond, DER.</returns>
    /// <exception cref="RefusedException">Why it is refused as a whole.</exception>
    public Task<byte[]> ServeAsync(ServingTask task)
    {
        _waiting.Enqueue(task);
        Wake();
        return task.Done;
    }

    private void Wake()
    {
        while (!_waiting.IsEmpty)
        {
            var running = Volatile.Read(ref _groups);
            if (running >= s_mostGroups)
            {
                return;
            }

            if (Interlocked.CompareExchange(ref _groups, running + 1, running) == running)
            {
                _ = Task.Run(DrainAsync);
                return;
            }
        }
    }

    private async Task DrainAsync()
    {
        try
        {
            while (Take() is { Count: > 0 } group)
            {
                await CarryAsync(group);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _groups);
            Wake();
        }
    }

    // One group is answered with one key.
    private List<ServingTask> Take()
    {
        var group = new List<ServingTask>();
        while (group.Count < MostInGroup && _waiting.TryPeek(out var next) && (group.Count == 0 || ReferenceEquals(next.Centre, group[0].Centre)) && _waiting.TryDequeue(out var taken))
        {
            group.Add(taken);
        }

        return group;
    }

    private async Task CarryAsync(List<ServingTask> group)
    {
        foreach (var centre in group.GroupBy(task => task.Centre))
        {
            List<ServingTask> same = [.. centre];
            if (same.Count > 1 && await TryAsync(same) is null)
            {
                continue;
            }

            foreach (var task in same)
            {
                await CarryAloneAsync(task);
            }
        }
    }

    private async Task CarryAloneAsync(ServingTask task)
    {
        for (var attempt = 0; attempt < Attempts && task.IsOpen; attempt++)
        {
            switch (await TryAsync([task]))
            {
                case null:
                case SnapshotGoneException:
                case DatabaseException { Error: DatabaseError.UniqueViolation }:
                    break;
                case DeviceException { Error: DeviceError.KeyMissing }:
                    // The storage key was changed since the snapshot and its old generation is gone.
                    reserve.Forget();
                    break;
                case { } fault:
                    task.Fail(fault);
                    break;
            }
        }

        if (task.IsOpen)
        {
            task.Fail(new RefusedException(RefusalCode.TooManyRequests, "Others keep changing the same pairs.", "taskNO"));
        }
    }

    /// <summary>Steps 4 to 7 for requests to one centre. Those that are refused or answered already are done with.</summary>
    /// <returns>Null when all are done with; what came between otherwise: nothing was changed, and those that are open can be tried again.</returns>
    private async Task<Exception?> TryAsync(List<ServingTask> group)
    {
        var gone = new HashSet<long>();
        var given = false;
        var open = new List<ServingTask>();
        try
        {
            // 4, 5
            var kept = await database.ReadAsync(session => group.Where(task => task.IsOpen).Select(task => (task, Answer: Decide(session, task))).ToList(), CancellationToken.None);
            foreach (var (task, answer) in kept.Where(one => one.Answer is not null))
            {
                await database.WriteAsync(session => task.Keeper.Keep(session, answer!), CancellationToken.None);
                task.Complete(answer!);
            }

            open.AddRange(kept.Select(one => one.task).Where(task => task.IsOpen));
            if (open.Count == 0)
            {
                return null;
            }

            // 6
            foreach (var task in open)
            {
                foreach (var plan in task.Plans.OfType<GivePair>())
                {
                    task.Lent[plan] = await LendAsync(task.Centre.Generation);
                }
            }

            envelopes.Write(open, clock.GetUtcNow());
            foreach (var task in open)
            {
                task.Keeper.Prepare(task.Answer!);
            }

            // 7
            await database.WriteAsync(session => Carry(session, open, gone), CancellationToken.None);
            given = true;
            foreach (var task in open)
            {
                task.Complete(task.Answer!);
            }

            return null;
        }
#pragma warning disable CA1031 // Every fault reaches those who wait: alone at once, in a group after each has been tried alone.
        catch (Exception fault)
        {
            if (fault is DeviceException { Error: DeviceError.KeyMissing })
            {
                gone.UnionWith(open.SelectMany(task => task.Lent.Values).Select(pair => pair.Pair));
            }

            return fault;
        }
#pragma warning restore CA1031
        finally
        {
            foreach (var task in open)
            {
                foreach (var pair in task.Lent.Values)
                {
                    reserve.Settle(pair, given || gone.Contains(pair.Pair));
                }

                task.Lent.Clear();
            }
        }
    }

    private byte[]? Decide(Session session, ServingTask task)
    {
        try
        {
            if (TaskStore.Find(session, task.Ca, task.TaskNo, task.Digest) is { } answered)
            {
                return answered;
            }

            task.Plans = [.. task.Request.Requests.Select(one => rules.Decide(session, task.Ca, task.Authorities, one))];
        }
        catch (RefusedException refused)
        {
            task.Fail(refused);
        }

        return null;
    }

    private async Task<SparePair> LendAsync(long generation)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await reserve.LendAsync(CancellationToken.None) is { } pair)
            {
                return pair;
            }

            // GM/T 0038: made in advance, or on demand.
            await maker.MakeAsync(1, RefillJob.Actor, generation, CancellationToken.None);
        }

        throw new RefusedException(RefusalCode.TooManyRequests, "The spare store is empty and pairs are not made fast enough.", "spare");
    }

    private void Carry(Session session, List<ServingTask> group, HashSet<long> gone)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var change = default(StoreChange);
        foreach (var task in group)
        {
            foreach (var plan in task.Plans)
            {
                change = Carry(session, task, plan, gone, now, change);
            }

            if (!task.Plans.OfType<RefuseRequest>().Any())
            {
                TaskStore.Add(session, task.Ca, task.TaskNo, task.Digest, task.Answer!, now);
            }

            task.Keeper.Keep(session, task.Answer!);
        }

        PairStores.Recount(session, change);
    }

    private StoreChange Carry(Session session, ServingTask task, Plan plan, HashSet<long> gone, long now, StoreChange change)
    {
        var number = plan.Number.ToString();
        switch (plan)
        {
            case GivePair give:
                var spare = task.Lent[give];
                if (!PairStores.Give(session, spare, give.Holder, now))
                {
                    gone.Add(spare.Pair);
                    throw new SnapshotGoneException();
                }

                ledger.Append(session, LedgerEntries.Served("kmc.key.given", task.Ca, task.TaskNo, number, spare.Pair, spare.PublicKey, give.Holder.HolderKey));
                return change.Given(1);
            case GiveAgain { Pair: var pair }:
                Hold(PairStores.Find(session, task.Ca, number) is { InHistory: false } still && still.Pair == pair.Pair);
                ledger.Append(session, LedgerEntries.Served("kmc.key.given-again", task.Ca, task.TaskNo, number, pair.Pair, pair.PublicKey, pair.HolderKey));
                return change;
            case RestorePair { Pair: var pair } restore:
                Hold(PairStores.Find(session, task.Ca, number)?.Pair == pair.Pair);
                ledger.Append(session, LedgerEntries.Served("kmc.key.restored", task.Ca, task.TaskNo, number, pair.Pair, pair.PublicKey, restore.HolderKey.Encode()));
                return change;
            case RetirePair { Pair: { InHistory: false } pair }:
                Hold(PairStores.Retire(session, pair.Pair, now));
                ledger.Append(session, LedgerEntries.Served("kmc.key.retired", task.Ca, task.TaskNo, number, pair.Pair, pair.PublicKey, null));
                return change.Retired(1);
            case RefuseRequest refuse:
                ledger.Append(session, LedgerEntries.Refused(task.Ca, task.TaskNo, number, refuse.Refusal));
                return change;
            default:
                return change;
        }
    }

    private static void Hold(bool holds)
    {
        if (!holds)
        {
            throw new SnapshotGoneException();
        }
    }
}
