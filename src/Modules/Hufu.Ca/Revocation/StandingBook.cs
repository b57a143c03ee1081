using System.Text.Json.Nodes;
using Hufu.Ca.Alarms;
using Hufu.Ca.Certificates;
using Hufu.Ca.KeyCentre;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Records;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.Ca.Revocation;

/// <summary>
/// Where every change of a certificate's standing is written, whatever door it came through: event, certificate's mark, blocked key, key centre, staff, ledger, facts, deadline; all in the
/// caller's transaction.
/// </summary>
internal sealed class StandingBook(Ledger ledger, TimeProvider clock, IFactOutlet facts, Hufu.Governance.Staff staff, PolicyValues values, AlarmBook alarms)
{
    /// <summary>Changes a certificate and its twin. What is so already is answered and not written again; what is revoked for good is never suspended or resumed.</summary>
    /// <param name="session">The writing transaction.</param>
    /// <param name="change">What, checked.</param>
    /// <param name="first">The certificate that was named.</param>
    /// <exception cref="RefusedException">StateWrong, CertificateNotValid (ended already).</exception>
    public RevocationOutcome Change(Session session, RevocationChange change, CertificateRow first)
    {
        List<CertificateRow> pair = [first];
        if (first.Twin is { } twin)
        {
            pair.Add(CertificateStore.Find(session, first.Issuer, twin) ?? throw new InvalidOperationException($"The twin of {first.Serial} is missing."));
        }

        var standing = RevocationStore.Find(session, first.Issuer, first.Serial);
        if (StandingMayChange.IsSo(change.Change, standing) is { } already)
        {
            return new RevocationOutcome(pair, already, Fresh: false);
        }

        StandingMayChange.Demand(change.Change, standing, first);
        var now = clock.GetUtcNow();
        NotYetEnded.Demand(pair, now);
        var at = now.ToUnixTimeSeconds() * 1000;
        var due = DueAt(change);
        foreach (var row in pair)
        {
            Write(session, row, change, at, due);
        }

        if (now.ToUnixTimeMilliseconds() > due)
        {
            alarms.Raise(session, AlarmKinds.RevocationLate, $"certificate/{first.Issuer}/{first.Serial}", $"Asked for at {change.RequestedAt:u}, due at {DateTimeOffset.FromUnixTimeMilliseconds(due):u}, done at {now:u}.");
        }

        return new RevocationOutcome(pair, at, Fresh: true);
    }

    // 6.2.7.3: the CA or RA, sure of a reason, within 8 hours; a holder's verified request within 24.
    [Clause("6.2.7.3-a")]
    [Clause("6.2.7.3-b")]
    private long DueAt(RevocationChange change) =>
        (change.RequestedAt + (AskerMayAsk.IsHolderSide(change.Asker) ? values.HolderRevocationWithin : values.AuthorityRevocationWithin)).ToUnixTimeMilliseconds();

    private void Write(Session session, CertificateRow row, RevocationChange change, long at, long due)
    {
        RevocationStore.Insert(
            session,
            new NewRevocation(
                row.Issuer, row.Serial, row.NotAfter, at, change.Event, change.Change == StandingChange.Revoke ? change.Case?.InvalidFrom?.ToUnixTimeSeconds() * 1000 : null, change.RequestedBy,
                change.RequestedAt.ToUnixTimeMilliseconds(), change.Requester, row.Part, row.Kind == CertificateUse.Authority ? 1 : 0, change.Case?.Ground.ToString(), change.Asker.ToString(), due));
        if (change.Change == StandingChange.Revoke)
        {
            Finish(session, row, change, at);
        }

        ledger.Append(session, new LedgerRecord
        {
            Actor = change.Requester,
            Act = change.Change switch { StandingChange.Revoke => "ca.revoke", StandingChange.Suspend => "ca.suspend", _ => "ca.resume" },
            Object = $"certificate/{row.Issuer}/{row.Serial}",
            Outcome = LedgerOutcome.Done,
            Detail = new JsonObject
            {
                ["reason"] = change.Change == StandingChange.Revoke ? change.Reason.ToString() : null,
                ["ground"] = change.Change == StandingChange.Revoke ? change.Case?.Ground.ToString() : null,
                ["asker"] = change.Asker.ToString(),
                ["requestedBy"] = change.RequestedBy,
                ["requestedAt"] = change.RequestedAt.ToUnixTimeMilliseconds(),
                ["invalidFrom"] = change.Case?.InvalidFrom?.ToUnixTimeMilliseconds(),
                ["revokedAt"] = at,
            },
        });
        var moment = DateTimeOffset.FromUnixTimeMilliseconds(at);
        if (change.Change == StandingChange.Resume)
        {
            facts.Publish(session, new CertificateResumed(row.Issuer, row.Serial, moment));
        }
        else
        {
            facts.Publish(session, new CertificateRevoked(row.Issuer, row.Serial, moment, change.Change == StandingChange.Suspend ? RevocationReason.CertificateHold : change.Reason));
        }
    }

    private void Finish(Session session, CertificateRow row, RevocationChange change, long at)
    {
        if (change.Reason == RevocationReason.KeyCompromise)
        {
            CertificateStore.BlockKey(session, row.SpkiDigest, "compromised", at);
        }

        if (row.Kind == CertificateUse.Encryption)
        {
            RetirementStore.Add(session, row.Serial, at);
        }

        if (row.Kind == CertificateUse.Staff)
        {
            staff.RevokeCertificate(session, row.Serial);
        }
    }
}
