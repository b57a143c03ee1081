using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Records;

namespace Hufu.Kmc.Cases;

/// <summary>Table kmc_case_hand: who had a hand in a case, for those who come next. What decides who may is the gate's own record, not this.</summary>
internal static class CaseHands
{
    /// <summary>An act was done on a case; nothing for what no person of the key centre did.</summary>
    public static void Add(Session session, string id, AuthorisedAct? act, DateTimeOffset now)
    {
        if (act is not null)
        {
            session.Execute(
                """
                INSERT INTO kmc_case_hand (case_id, number, act, person, at)
                VALUES (@id, (SELECT COALESCE(MAX(number), 0) + 1 FROM kmc_case_hand WHERE case_id = @id), @act, @person, @now)
                """,
                new { id, act = act.Statement.Act, person = act.Person.ToString(), now = now.ToUnixTimeMilliseconds() });
        }
    }

    /// <summary>Who did what, oldest first.</summary>
    public static IReadOnlyList<CaseHand> Of(Session session, Policy policy, string id) =>
    [
        .. session.Query<Row>("SELECT act, person, at FROM kmc_case_hand WHERE case_id = @id ORDER BY number LIMIT 20", new { id })
            .Select(row => new CaseHand(row.Act, policy.Acts.TryGetValue(row.Act, out var rule) ? rule.What : row.Act, row.Person, DateTimeOffset.FromUnixTimeMilliseconds(row.At))),
    ];

    private sealed record Row(string Act, string Person, long At);
}
