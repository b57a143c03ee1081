using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Kmc.Cases;

namespace Hufu.Kmc.Retention;

/// <summary>An operator proposes to destroy pairs: <c>POST /api/kmc/destructions</c>. What is approved, witnessed and destroyed later is exactly what was proposed.</summary>
internal sealed class ProposeDestruction(RoomContext context, CaseBook cases, RetentionRules rules)
{
    private const int MostShown = 1000;

    /// <summary>Proposes.</summary>
    /// <exception cref="RefusedException">FieldInvalid, FieldMissing, StateWrong, and what the gate refuses.</exception>
    public Task<CaseStep> RunAsync(ActRequest request, CancellationToken ct)
    {
        return context.Acts.RunAsync<DestructionProposal, CaseStep>(
            request,
            ActNames.KmcDestructionPropose,
            static proposal =>
            {
                CaseBook.Require(proposal.Reason, "reason");
                return new ExpectedAct(ActNames.KmcDestructionPropose, "destruction/new");
            },
            (session, act, proposal) =>
            {
                rules.Require(session, proposal.Pairs);
                var step = cases.Open(session, CaseKind.Destruction, request.PayloadBytes(), act);
                act.Detail["case"] = step.Id;
                act.Detail["pairs"] = proposal.Pairs.Count;
                return step;
            },
            ct);
    }

    /// <summary>What a page shows before the proposal.</summary>
    /// <param name="reader">Whose session.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="RefusedException">RoleMissing.</exception>
    public Task<DestructionDesk> ReadAsync(StaffSession reader, CancellationToken ct) => context.SignIn.ReadAsync(
        reader, ActNames.KmcCasesRead, "destruction/due",
        session => new DestructionDesk(
            rules.DueRows(session, MostShown), RetentionRules.Most,
            context.SignIn.Permissions(session, reader.Person, "destruction/new", null).Single(right => right.Act == ActNames.KmcDestructionPropose)),
        ct);
}
