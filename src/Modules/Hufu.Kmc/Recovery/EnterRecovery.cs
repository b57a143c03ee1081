using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Kmc.Cases;
using Hufu.Kmc.Serving;
using Hufu.Kmc.Stores;

namespace Hufu.Kmc.Recovery;

/// <summary>An operator enters what a holder asks for: <c>POST /api/kmc/recoveries</c>.</summary>
internal sealed class EnterRecovery(RoomContext context, CaseBook cases, EscrowedKeys escrowed, Func<ServingCentre> centre)
{
    /// <summary>Enters it.</summary>
    /// <exception cref="RefusedException">FieldInvalid, FieldMissing, TooLarge, UnknownObject, PossessionNotProven, KeyWeak, KeyReused, and what the gate refuses.</exception>
    [Clause("6.2.8-b")]
    public Task<CaseStep> RunAsync(ActRequest request, CancellationToken ct)
    {
        return context.Acts.RunAsync<RecoveryRequest, CaseStep>(
            request,
            ActNames.KmcRecoveryEnter,
            static asked =>
            {
                CaseBook.Require(asked.Reason, "reason");
                CaseBook.Require(asked.Holder, "holder");
                return new ExpectedAct(ActNames.KmcRecoveryEnter, "recovery/new");
            },
            (session, act, asked) =>
            {
                var key = PersonRequests.Open(asked.SigningRequest, "signingRequest").PublicKey;
                _ = CaseScope.Find(session, asked.Ca, asked.UserCertNumbers);
                _ = HolderKeys.Require(session, escrowed, centre().Keys, key, "signingRequest");
                var step = cases.Open(session, CaseKind.Recovery, request.PayloadBytes(), act);
                act.Detail["case"] = step.Id;
                return step;
            },
            ct);
    }
}
