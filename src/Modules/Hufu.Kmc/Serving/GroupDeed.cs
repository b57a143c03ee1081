using Hufu.Kmc.Stores;
using Hufu.Records;

namespace Hufu.Kmc.Serving;

/// <summary>What is written for a group of answered tasks. All that does not need the transaction is computed before it begins: the writer's thread, which all works share, only writes, one statement a table.</summary>
internal sealed class GroupDeed
{
    private readonly Ledger _ledger;
    private readonly List<ServingTask> _group;
    private readonly List<(string Ca, string Number, Plan Plan)> _held = [];
    private readonly List<(string Ca, string TaskNo, byte[] Respond)> _instead = [];
    private readonly List<GivenPair> _given;
    private readonly List<AnsweredTask> _answered;
    private readonly List<PreparedRecord> _records;
    private readonly long _now;

    /// <summary>Computes what will be written.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="group">Tasks with plans, lent pairs and answers.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <exception cref="LedgerException">BadRecord.</exception>
    public GroupDeed(Ledger ledger, List<ServingTask> group, long now)
    {
        (_ledger, _group, _now) = (ledger, group, now);
        (_given, _answered, _records) = (new(group.Count), new(group.Count), new(group.Count));
        foreach (var task in group)
        {
            var refused = false;
            foreach (var plan in task.Plans)
            {
                refused |= plan is RefuseRequest;
                Plan(task, plan);
            }

            if (!refused)
            {
                _answered.Add(new AnsweredTask(task.Ca, task.TaskNo, task.Digest, task.Answer!, now));
                if (task.Instead is { } instead)
                {
                    _instead.Add((task.Ca, task.TaskNo, instead));
                }
            }
        }
    }

    /// <summary>Writes it all, or throws and leaves the transaction to be rolled back.</summary>
    /// <param name="session">The transaction.</param>
    /// <exception cref="SnapshotGoneException">The snapshot that the plans were made on no longer holds.</exception>
    public void Carry(Session session)
    {
        var change = default(StoreChange).Given(_given.Count);
        Hold(_given.Count == 0 || PairStores.Give(session, _given));

        foreach (var (ca, number, plan) in _held)
        {
            switch (plan)
            {
                case GiveAgain { Pair: var pair }:
                    Hold(PairStores.Find(session, ca, number) is { InHistory: false } still && still.Pair == pair.Pair);
                    break;
                case RestorePair { Pair: var pair }:
                    Hold(PairStores.Find(session, ca, number)?.Pair == pair.Pair);
                    break;
                case RetirePair { Pair: var pair }:
                    Hold(PairStores.Retire(session, pair.Pair, _now));
                    change = change.Retired(1);
                    break;
            }
        }

        foreach (var record in _records)
        {
            _ledger.Append(session, record);
        }

        foreach (var (ca, taskNo, instead) in _instead)
        {
            Hold(TaskStore.Remove(session, ca, taskNo, instead));
        }

        TaskStore.Add(session, _answered);
        foreach (var task in _group)
        {
            task.Keeper.Keep(session, task.Answer!);
        }

        PairStores.Recount(session, change);
    }

    private void Plan(ServingTask task, Plan plan)
    {
        var number = plan.Number.ToString();
        switch (plan)
        {
            case GivePair { Lent: { } spare } give:
                _given.Add(new GivenPair(spare, give.Holder, _now));
                Record(LedgerEntries.Served("kmc.key.given", task.Ca, task.TaskNo, number, spare.Pair, spare.PublicKey, give.Holder.HolderKey));
                break;
            case GiveAgain { Pair: var pair }:
                _held.Add((task.Ca, number, plan));
                Record(LedgerEntries.Served("kmc.key.given-again", task.Ca, task.TaskNo, number, pair.Pair, pair.PublicKey, pair.HolderKey));
                break;
            case RestorePair { Pair: var pair } restore:
                _held.Add((task.Ca, number, plan));
                Record(LedgerEntries.Served("kmc.key.restored", task.Ca, task.TaskNo, number, pair.Pair, pair.PublicKey, restore.HolderKey.Encode()));
                break;
            case RetirePair { Pair: { InHistory: false } pair }:
                _held.Add((task.Ca, number, plan));
                Record(LedgerEntries.Served("kmc.key.retired", task.Ca, task.TaskNo, number, pair.Pair, pair.PublicKey, null));
                break;
            case RetirePair:
                // It lies in the history store already.
                break;
            case RefuseRequest refuse:
                Record(LedgerEntries.Refused(task.Ca, task.TaskNo, number, refuse.Refusal));
                break;
            default:
                throw new InvalidOperationException("A plan that cannot be carried out.");
        }
    }

    private void Record(LedgerRecord record) => _records.Add(_ledger.Prepare(record));

    private static void Hold(bool holds)
    {
        if (!holds)
        {
            throw new SnapshotGoneException();
        }
    }
}
