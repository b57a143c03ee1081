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

    // One more than processors: while a group waits for its commit, another is enveloped.
    private static readonly int s_mostGroups = Math.Clamp(Environment.ProcessorCount + 1, 3, 8);

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
                    await SettledAsync();
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

    // Who was in the way may wait for its commit still: a snapshot shows it when the writer has committed what it has begun, and not before. Without this a fast machine spends all its attempts in between.
    private async Task SettledAsync()
    {
        try
        {
            await database.WriteAsync(static _ => { }, CancellationToken.None);
        }
        catch (DatabaseException)
        {
            // The next attempt says what is wrong.
        }
    }

    /// <summary>Steps 4 to 7 for requests to one centre. Those that are refused or answered already are done with.</summary>
    /// <returns>Null when all are done with; what came between otherwise: nothing was changed, and those that are open can be tried again.</returns>
    private async Task<Exception?> TryAsync(List<ServingTask> group)
    {
        var gone = new HashSet<long>();
        var given = false;
        var open = new List<ServingTask>(group.Count);
        var lent = new List<SparePair>(group.Count);
        try
        {
            // 4, 5
            var kept = await database.ReadAsync(session => Decide(session, group), CancellationToken.None);
            foreach (var (task, answer) in kept)
            {
                await database.WriteAsync(session => task.Keeper.Keep(session, answer), CancellationToken.None);
                task.Complete(answer);
            }

            open.AddRange(group.Where(task => task.IsOpen));
            if (open.Count == 0)
            {
                return null;
            }

            // 6
            foreach (var task in open)
            {
                foreach (var plan in task.Plans)
                {
                    if (plan is GivePair give)
                    {
                        give.Lent = reserve.Take() ?? await LendAsync(task.Centre.Generation);
                        lent.Add(give.Lent);
                    }
                }
            }

            var now = clock.GetUtcNow();
            envelopes.Write(open, now);
            foreach (var task in open)
            {
                task.Keeper.Prepare(task.Answer!);
            }

            // 7
            var deed = new GroupDeed(ledger, open, now.ToUnixTimeMilliseconds());
            await database.WriteAsync(session => deed.Carry(session), CancellationToken.None);
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
                gone.UnionWith(lent.Select(pair => pair.Pair));
            }
            else if (fault is SnapshotGoneException)
            {
                gone.UnionWith(await database.ReadAsync(session => lent.Where(pair => !PairStores.IsSpare(session, pair)).Select(pair => pair.Pair).ToList(), CancellationToken.None));
            }

            return fault;
        }
#pragma warning restore CA1031
        finally
        {
            foreach (var pair in lent)
            {
                reserve.Settle(pair, given || gone.Contains(pair.Pair));
            }
        }
    }

    // The answers of tasks that were carried out before; the others have their plans, or are refused.
    private List<(ServingTask Task, byte[] Answer)> Decide(Session session, List<ServingTask> group)
    {
        rules.Begin(session);
        List<(ServingTask, byte[])> kept = [];
        foreach (var task in group)
        {
            if (task.IsOpen && Decide(session, task) is { } answer)
            {
                kept.Add((task, answer));
            }
        }

        return kept;
    }

    private byte[]? Decide(Session session, ServingTask task)
    {
        try
        {
            task.Instead = null;
            if (TaskStore.Find(session, task.Ca, task.TaskNo, task.Digest) is { } answered)
            {
                if (rules.IsUnder(answered, task.Centre.Certificate))
                {
                    return answered;
                }

                // Answered under another certificate of the key centre's than the CA knows now: decided anew, so that the same pairs go out under this one.
                task.Instead = answered;
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
}
