using Hufu.Ca.Authorities;
using Hufu.Ca.Certificates;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Records;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.Ca.Revocation;

/// <summary>The orders RevokePair, SuspendPair and ResumePair: both of a pair, once, at once.</summary>
internal sealed class RevocationDesk(Database database, StandingBook book, AuthorityRegister authorities, Policy policy, TimeProvider clock)
{
    /// <summary>How long the words of who asked may be, in characters.</summary>
    public const int RequestedByLimit = 256;

    /// <summary>Revokes a certificate and its twin. Asked again, it answers as the first time; the first reason and moment stand.</summary>
    /// <param name="order">The order.</param>
    /// <param name="requester">The room that sent it; an RA revokes what it ordered.</param>
    /// <param name="reply">Keeps the reply in the transaction that makes it true.</param>
    /// <param name="ct">Cancels while it waits for the writer.</param>
    /// <exception cref="RefusedException">UnknownObject, FieldInvalid, StateWrong, CertificateNotValid (ended already).</exception>
    [Clause("6.2.7.1-a")]
    [Clause("6.2.7.2-a")]
    [Clause("6.2.7.3-b")]
    public Task<PairRevoked> RevokeAsync(RevokePair order, string requester, Action<Session, PairRevoked> reply, CancellationToken ct) => RunAsync(
        new RevocationChange(StandingChange.Revoke, "", order.Serial, order.Reason, order.Case, order.RequestedBy, order.RequestedAt, requester),
        outcome => new PairRevoked(outcome.Serials, outcome.Moment), reply, ct);

    /// <summary>Suspends a holder's certificate and its twin (certificateHold).</summary>
    /// <exception cref="RefusedException">As of a revocation; StateWrong when it is revoked for good.</exception>
    [Clause("6.2.7.1-a")]
    public Task<PairSuspended> SuspendAsync(SuspendPair order, string requester, Action<Session, PairSuspended> reply, CancellationToken ct) => RunAsync(
        Of(StandingChange.Suspend, order.Serial, order.Asker, order.RequestedBy, order.RequestedAt, requester), outcome => new PairSuspended(outcome.Serials, outcome.Moment), reply, ct);

    /// <summary>Lifts a suspension.</summary>
    /// <exception cref="RefusedException">As of a revocation; StateWrong when it is not suspended.</exception>
    [Clause("6.2.7.1-a")]
    public Task<PairResumed> ResumeAsync(ResumePair order, string requester, Action<Session, PairResumed> reply, CancellationToken ct) => RunAsync(
        Of(StandingChange.Resume, order.Serial, order.Asker, order.RequestedBy, order.RequestedAt, requester), outcome => new PairResumed(outcome.Serials, outcome.Moment), reply, ct);

    /// <summary>What every door checks of a change before it looks at the certificate.</summary>
    public static void Check(RevocationChange change, DateTimeOffset now)
    {
        if (!SerialNumber.TryParse(change.Serial, out var serial) || serial.ToString() != change.Serial)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "A serial is lower-case hex, whole.", "serial");
        }

        if (!Enum.IsDefined(change.Reason) || (change.Change == StandingChange.Revoke && change.Reason == RevocationReason.CertificateHold))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "There is no such reason for a revocation; to suspend is another order.", "reason");
        }

        if (string.IsNullOrWhiteSpace(change.RequestedBy) || change.RequestedBy.Length > RequestedByLimit)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"Who asked, and how that was proven: 1 to {RequestedByLimit} characters.", "requestedBy");
        }

        if (change.Change == StandingChange.Revoke)
        {
            GroundFitsCase.Demand(change.Case, change.Reason, now);
        }
    }

    private static RevocationChange Of(StandingChange change, string serial, RevocationAsker asker, string requestedBy, DateTimeOffset requestedAt, string requester)
    {
        if (!Enum.IsDefined(asker))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "Nobody of that kind may ask.", "asker");
        }

        return new RevocationChange(
            change, "", serial, RevocationReason.CertificateHold, new RevocationCase(RevocationGround.OtherInLaw, asker), requestedBy, requestedAt, requester);
    }

    private async Task<TReply> RunAsync<TReply>(RevocationChange change, Func<RevocationOutcome, TReply> answer, Action<Session, TReply> reply, CancellationToken ct)
    {
        var issuers = authorities.Demand().Issuers;
        Check(change, clock.GetUtcNow());
        return await database.WriteAsync(
            session =>
            {
                // R21: what another room ordered does not exist for this one.
                var first = CertificateStore.FindOf(session, issuers, change.Serial);
                if (first is not { Kind: CertificateUse.Signing or CertificateUse.Encryption or CertificateUse.Staff } || first.Requester != change.Requester)
                {
                    throw new RefusedException(RefusalCode.UnknownObject, "This CA has issued no such certificate for you.", "serial");
                }

                AskerMayAsk.Demand(change, policy, first);
                var done = answer(book.Change(session, change with { Issuer = first.Issuer }, first));
                reply(session, done);
                return done;
            },
            ct).ConfigureAwait(false);
    }
}
