using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Kmc.Cases;
using Hufu.Records;

namespace Hufu.Kmc.Retention;

/// <summary>An operator destroys what was approved and witnessed: <c>POST /api/kmc/destructions/{id}/perform</c>. Everything is checked once more.</summary>
internal sealed class PerformDestruction(RoomContext context, CaseBook cases, RetentionRules rules)
{
    /// <summary>Destroys.</summary>
    /// <exception cref="RefusedException">UnknownObject, StateWrong, SamePerson, and what else the gate refuses.</exception>
    public Task<CaseStep> RunAsync(string id, ActRequest request, CancellationToken ct) => cases.MoveAsync(
        request, ActNames.KmcDestructionPerform, CaseKind.Destruction, id, CaseState.Witnessed, CaseState.Done,
        (session, act, found) =>
        {
            RestoreMark.Demand(context.DataDirectory);
            var proposal = found.Read<DestructionProposal>();
            rules.Require(session, proposal.Pairs);
            RetentionRules.Destroy(session, proposal.Pairs, id, context.Clock.GetUtcNow().ToUnixTimeMilliseconds());
            act.Detail["pairs"] = proposal.Pairs.Count;
            return found.Step(CaseState.Done);
        },
        ct);
}
