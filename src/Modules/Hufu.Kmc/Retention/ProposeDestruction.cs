using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Kmc.Cases;

namespace Hufu.Kmc.Retention;

/// <summary>An operator proposes to destroy pairs: <c>POST /api/kmc/destructions</c>. What is approved, witnessed and destroyed later is exactly what was proposed.</summary>
internal sealed class ProposeDestruction(RoomContext context, CaseBook cases, RetentionRules rules)
{
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
                var step = cases.Open(session, CaseKind.Destruction, request.PayloadBytes());
                act.Detail["case"] = step.Id;
                act.Detail["pairs"] = proposal.Pairs.Count;
                return step;
            },
            ct);
    }
}
