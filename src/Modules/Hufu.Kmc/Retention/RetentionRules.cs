using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Kmc.Cases;
using Hufu.Kmc.Recovery;
using Hufu.Kmc.Stores;
using Hufu.Records;

namespace Hufu.Kmc.Retention;

/// <summary>Which pairs may be destroyed: in the history store, their certificate's end longer ago than policy keeps records, and not in the scope of an open order of justice.</summary>
internal sealed class RetentionRules(RoomContext context, CaseBook cases)
{
    /// <summary>Most pairs in one destruction.</summary>
    public const int Most = 10_000;

    /// <summary>The pairs whose retention has ended, ascending.</summary>
    public IReadOnlyList<long> Due(Session session) => [.. Due(session, Most).Select(row => row.Pair).Order()];

    /// <summary>The same with what a person reads before proposing, the longest ended first.</summary>
    public IReadOnlyList<DuePair> DueRows(Session session, int most) =>
    [
        .. Due(session, most).Select(row => new DuePair(
            row.Pair, row.Ca, row.UserCertNo, DateTimeOffset.FromUnixTimeMilliseconds(row.NotAfter), DateTimeOffset.FromUnixTimeMilliseconds(row.RetiredAt))),
    ];

    /// <summary>Refuses when one of them may not be destroyed now.</summary>
    /// <exception cref="RefusedException">FieldInvalid, StateWrong.</exception>
    public void Require(Session session, IReadOnlyList<long> pairs)
    {
        if (pairs.Count is < 1 or > Most || pairs.Zip(pairs.Skip(1)).Any(two => two.First >= two.Second))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"1 to {Most} numbers of pairs, ascending.", "pairs");
        }

        var held = Held(session);
        var end = End();
        foreach (var pair in pairs)
        {
            var row = session.QueryFirst<Row>("SELECT pair, ca, user_cert_no, not_after, retired_at FROM kmc_history WHERE pair = @pair", new { pair })
                ?? throw new RefusedException(RefusalCode.StateWrong, $"Pair {pair} is not in the history store.", "pairs");
            if (row.NotAfter >= end)
            {
                throw new RefusedException(RefusalCode.StateWrong, $"Pair {pair} is kept for {context.Policy.Values.RecordsKeptAfterEnd} after its certificate's end.", "pairs");
            }

            if (held.Contains((row.Ca, row.UserCertNo)))
            {
                throw new RefusedException(RefusalCode.StateWrong, $"Pair {pair} is in the scope of an open case.", "pairs");
            }
        }
    }

    /// <summary>Takes them out of the history store, overwritten first; the public half stays on record.</summary>
    public static void Destroy(Session session, IReadOnlyList<long> pairs, string destruction, long now)
    {
        foreach (var pair in pairs)
        {
            session.Execute(
                """
                INSERT INTO kmc_destroyed (pair, public_key, ca, user_cert_no, destruction, destroyed_at)
                SELECT pair, public_key, ca, user_cert_no, @destruction, @now FROM kmc_history WHERE pair = @pair
                """,
                new { pair, destruction, now });
            session.Execute("UPDATE kmc_history SET sealed = @nothing WHERE pair = @pair", new { pair, nothing = new byte[61] });
            session.Execute("DELETE FROM kmc_history WHERE pair = @pair", new { pair });
        }

        PairStores.Recount(session, new StoreChange(0, 0, -pairs.Count));
    }

    private long End() => context.Policy.Values.RecordsKeptAfterEnd.Before(context.Clock.GetUtcNow()).ToUnixTimeMilliseconds();

    // Held pairs do not crowd out those that are free: as many more are read as can be held.
    private List<Row> Due(Session session, int most)
    {
        var held = Held(session);
        return
        [
            .. session.Query<Row>(
                "SELECT pair, ca, user_cert_no, not_after, retired_at FROM kmc_history WHERE not_after < @end ORDER BY not_after, pair LIMIT @most", new { end = End(), most = most + held.Count })
                .Where(row => !held.Contains((row.Ca, row.UserCertNo))).Take(most),
        ];
    }

    private HashSet<(string Ca, string Number)> Held(Session session)
    {
        var now = context.Clock.GetUtcNow();
        var justice = cases.InState(session, CaseKind.Justice, CaseState.Entered, CaseState.Approved, CaseState.Witnessed).Select(one => one.Read<JusticeOrder>())
            .Where(order => order.ValidUntil > now).SelectMany(order => order.UserCertNumbers.Select(number => (order.Ca, number)));
        // What two people of a registration authority have entered and reviewed holds too, though no operator of the key centre has taken it up yet; what anybody can ask for at the open door does not.
        var asked = cases.InState(session, CaseKind.Recovery, CaseState.Requested).Where(one => RecoveryOrigin.Find(session, one.Id) is not null);
        var recovery = cases.InState(session, CaseKind.Recovery, CaseState.Entered, CaseState.Approved, CaseState.Released).Concat(asked).Select(one => one.Read<RecoveryRequest>())
            .SelectMany(wanted => wanted.UserCertNumbers.Select(number => (wanted.Ca, number)));
        return [.. justice, .. recovery];
    }

    private sealed record Row(long Pair, string Ca, string UserCertNo, long NotAfter, long RetiredAt);
}
