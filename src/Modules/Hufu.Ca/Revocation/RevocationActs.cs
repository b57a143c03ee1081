using Hufu.Ca.Certificates;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Records;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.Ca.Revocation;

/// <summary>Changes of standing by signed acts of the CA's own people: holders', staff's and rooms' certificates. A CA's own certificate is revoked by the guided act for compromise only.</summary>
internal sealed class RevocationActs(RoomContext context, CaDesks desks, CaOptions options)
{
    /// <summary>Revokes: <c>POST /api/ca/revocations</c>, act ca.certificate.revoke.</summary>
    /// <exception cref="RefusedException">The act, the certificate or the case is not in order; RoleMissing.</exception>
    [Clause("6.2.7.2-a")]
    [Clause("6.2.7.3-b")]
    public async Task<PairRevoked> RevokeAsync(ActRequest request, CancellationToken ct)
    {
        var outcome = await RunAsync<CertificateRevocation>(request, ActNames.CaRevoke, Of, ct).ConfigureAwait(false);
        return new PairRevoked(outcome.Serials, outcome.Moment);
    }

    /// <summary>Suspends: <c>POST /api/ca/suspensions</c>, act ca.certificate.suspend.</summary>
    /// <exception cref="RefusedException">As of a revocation; StateWrong.</exception>
    public async Task<PairSuspended> SuspendAsync(ActRequest request, CancellationToken ct)
    {
        var outcome = await RunAsync<CertificateSuspension>(request, ActNames.CaSuspend, static payload => Of(StandingChange.Suspend, payload), ct).ConfigureAwait(false);
        return new PairSuspended(outcome.Serials, outcome.Moment);
    }

    /// <summary>Lifts a suspension: <c>POST /api/ca/resumptions</c>, act ca.certificate.resume.</summary>
    /// <exception cref="RefusedException">As of a revocation; StateWrong.</exception>
    public async Task<PairResumed> ResumeAsync(ActRequest request, CancellationToken ct)
    {
        var outcome = await RunAsync<CertificateSuspension>(request, ActNames.CaResume, static payload => Of(StandingChange.Resume, payload), ct).ConfigureAwait(false);
        return new PairResumed(outcome.Serials, outcome.Moment);
    }

    private static RevocationChange Of(CertificateRevocation payload) => Enum.IsDefined(payload.Case.Ground)
        ? new RevocationChange(StandingChange.Revoke, payload.Ca, payload.Serial, RevocationGrounds.ReasonOf(payload.Case.Ground), payload.Case, payload.RequestedBy, payload.RequestedAt, "")
        : throw new RefusedException(RefusalCode.FieldInvalid, "There is no such ground.", "case.ground");

    private static RevocationChange Of(StandingChange change, CertificateSuspension payload) => new(
        change, payload.Ca, payload.Serial, RevocationReason.CertificateHold, new RevocationCase(RevocationGround.OtherInLaw, RevocationAsker.Authority), payload.RequestedBy, payload.RequestedAt, "");

    private async Task<RevocationOutcome> RunAsync<TPayload>(ActRequest request, string act, Func<TPayload, RevocationChange> changeOf, CancellationToken ct)
        where TPayload : class
    {
        var all = desks.Authorities.Demand();
        var outcome = await context.Acts.RunAsync<TPayload, RevocationOutcome>(
            request, act,
            payload =>
            {
                var change = changeOf(payload);
                return new ExpectedAct(act, $"certificate/{change.Issuer}/{change.Serial}");
            },
            (session, authorised, payload) =>
            {
                var change = changeOf(payload);
                all.Of(change.Issuer);
                RevocationDesk.Check(change, context.Clock.GetUtcNow());
                return Change(session, authorised, change);
            },
            ct).ConfigureAwait(false);
        if (options.CrlAtOnce)
        {
            desks.Plan.RequestNow();
        }

        return outcome;
    }

    private RevocationOutcome Change(Session session, AuthorisedAct authorised, RevocationChange change)
    {
        var row = CertificateStore.Find(session, change.Issuer, change.Serial) ?? throw new RefusedException(RefusalCode.UnknownObject, "This CA has issued no such certificate.", "serial");
        AskerMayAsk.Demand(change, context.Policy, row);
        ActorMayRevoke.Demand(authorised.Person, row, CertificateStore.FindStaff(session, row.Issuer, row.Serial), context.Policy);
        var outcome = desks.Standing.Change(session, change with { Requester = authorised.Person.ToString() }, row);
        if (outcome.Fresh && row.Kind == CertificateUse.Service && change.Change == StandingChange.Revoke)
        {
            // A room whose key may not be believed any more is no peer any more; it is certified and registered anew.
            context.Peers.Forget(session, row.Der);
        }

        authorised.Detail["kind"] = row.Kind;
        return outcome;
    }
}
