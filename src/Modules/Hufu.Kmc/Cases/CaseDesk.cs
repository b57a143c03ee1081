using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Records;

namespace Hufu.Kmc.Cases;

/// <summary>The cases for those who may act on them (R25): by a signed act, or in a session. Who had a hand in each, and what may be done next by whom, comes with it.</summary>
internal sealed class CaseDesk(RoomContext context, CaseBook cases)
{
    /// <summary>By a signed act.</summary>
    /// <exception cref="RefusedException">What the gate refuses.</exception>
    public Task<CaseList> ReadAsync(ActRequest request, CancellationToken ct) => context.Acts.RunAsync<CaseQuery, CaseList>(
        request,
        ActNames.KmcCasesRead,
        static query => new ExpectedAct(ActNames.KmcCasesRead, Object(query.Kind)),
        (session, act, query) =>
        {
            var list = List(session, act.Person, query);
            act.Detail["cases"] = list.Cases.Count;
            return list;
        },
        ct);

    /// <summary>In a session: what is read stands in the ledger all the same.</summary>
    /// <exception cref="RefusedException">RoleMissing.</exception>
    public Task<CaseList> ReadAsync(StaffSession reader, CaseQuery query, CancellationToken ct) =>
        context.SignIn.ReadAsync(reader, ActNames.KmcCasesRead, Object(query.Kind), session => List(session, reader.Person, query), ct);

    private static string Object(CaseKind kind) => $"cases/{CaseWords.Of(kind)}";

    private CaseList List(Session session, StaffMember reader, CaseQuery query) => new(
    [
        .. cases.Page(session, query).Select(one => new CaseRow(
            one.Id, one.Kind, one.State, one.StateText, DateTimeOffset.FromUnixTimeMilliseconds(one.OpenedAt), System.Text.Encoding.UTF8.GetString(one.Content),
            CaseHands.Of(session, context.Policy, one.Id), Next(session, reader, one))),
    ]);

    // A holder's own request is taken up by an act that can also begin a case: no row of states.csv names it.
    private List<ActRight> Next(Session session, StaffMember reader, Case one)
    {
        var state = CaseWords.Of(one.State);
        return
        [
            .. context.SignIn.Permissions(session, reader, $"{CaseWords.Of(one.Kind)}/{one.Id}", state)
                .Where(right => right.States.Contains(state) || (one is { Kind: CaseKind.Recovery, State: CaseState.Requested } && right.Act == ActNames.KmcRecoveryEnter)),
        ];
    }
}
