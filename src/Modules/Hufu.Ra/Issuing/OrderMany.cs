using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Ra.Applications;
using Hufu.Records;

namespace Hufu.Ra.Issuing;

/// <summary>
/// Lines of a batch that are approved one after the other travel to the CA together: one sealed order is on its way at a time, and what is approved meanwhile goes with the next, up to
/// <see cref="IssuePairs.Most"/>. The first never waits. Each line keeps its own entry, approval and outcome; one that the CA refuses keeps no other back.
/// </summary>
internal sealed class OrderMany(RaDesk desk, OrderPair one)
{
    /// <summary>An approved line, in the approval's own transaction.</summary>
    public void Enqueue(Session session, ApplicationRow row)
    {
        session.Execute("INSERT INTO ra_ordering (application, ordered) VALUES (@Id, NULL) ON CONFLICT (application) DO NOTHING", new { row.Id });
        Send(session);
    }

    /// <summary>The CA's answer: every outcome in its place, then the next order.</summary>
    public void Answered(Session session, IssuePairs order, PairsIssued? issued, Refusal? refusal)
    {
        var outcomes = issued?.Outcomes.ToDictionary(outcome => outcome.Application, StringComparer.Ordinal) ?? [];
        foreach (var asked in order.Orders)
        {
            session.Execute("DELETE FROM ra_ordering WHERE application = @Application", new { asked.Application });

            // The order as a whole was refused, or says nothing of this line, or what it says is not the pair that was ordered: ordered alone, where it waits under its own name.
            if (!outcomes.TryGetValue(asked.Application, out var outcome) || !Take(session, outcome))
            {
                one.Alone(session, ApplicationStore.Get(session, asked.Application));
            }
        }

        if (refusal is not null)
        {
            desk.Record(session, Rooms.Ca, "ra.pairs.receive", "-", LedgerOutcome.Refused, new() { ["code"] = refusal.Code.ToString(), ["orders"] = order.Orders.Count });
        }

        Send(session);
    }

    private bool Take(Session session, PairOutcome outcome)
    {
        try
        {
            one.Answered(session, outcome.Application, outcome.Issued, outcome.Refusal);
            return true;
        }
        catch (Exception fault) when (fault is InvalidDataException or PkiException)
        {
            return false;
        }
    }

    private void Send(Session session)
    {
        if (session.Scalar<long>("SELECT COUNT(*) FROM (SELECT 1 FROM ra_ordering WHERE ordered IS NOT NULL LIMIT 1) AS sent") != 0)
        {
            return;
        }

        var waiting = session.Query<string>("SELECT application FROM ra_ordering WHERE ordered IS NULL ORDER BY application LIMIT @Most", new { IssuePairs.Most });
        if (waiting.Count == 0)
        {
            return;
        }

        var orders = waiting.Select(id => one.Order(session, ApplicationStore.Get(session, id))).ToList();
        var number = "pairs-" + Crypto.SecureRandom.NewId();
        session.ExecuteMany("UPDATE ra_ordering SET ordered = @Number WHERE application = @Id", [.. waiting.Select(id => new Sent(id, number))]);
        desk.Context.Post.Enqueue(session, Rooms.Ca, new IssuePairs(orders), number);
    }

    private sealed record Sent(string Id, string Number);
}
