using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Ra.Applications;
using Hufu.Ra.Notices;
using Hufu.Records;

namespace Hufu.Ra.Revocation;

/// <summary>
/// Revocations on their way and done (ra_revocations). Once the right was proven the order leaves through the outbox: it reaches the CA whether or not anybody still waits for the outcome.
/// Both the CA's answer and its fact make it done, whichever comes first; the second changes nothing.
/// </summary>
internal sealed class Revocations(RaDesk desk)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Refusal?>> waiting = new();

    /// <summary>Orders the revocation, once per application however often it is asked for.</summary>
    public void Order(Session session, ApplicationRow row, RevocationReason reason, string requestedBy, DateTimeOffset asked, RevocationCase? grounds = null)
    {
        var fresh = session.Execute(
            "INSERT INTO ra_revocations (application, reason, asked_at) VALUES (@Id, @Reason, @Asked) ON CONFLICT (application) DO NOTHING",
            new { row.Id, Reason = reason, Asked = asked.ToUnixTimeMilliseconds() }) == 1;
        if (fresh)
        {
            desk.Context.Post.Enqueue(session, Rooms.Ca, new RevokePair(row.SigningSerial!, reason, requestedBy, asked, grounds));
        }
    }

    /// <summary>Ends when the CA has answered: null when it has revoked, else its refusal. Take it before <see cref="Order"/>.</summary>
    public Task<Refusal?> Outcome(string application) => waiting.GetOrAdd(application, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>When it was revoked, or null.</summary>
    public static long? DoneAt(Session session, string application) =>
        session.QueryFirst<long?>("SELECT revoked_at FROM ra_revocations WHERE application = @Application", new { Application = application });

    /// <summary>The CA's final answer to the order.</summary>
    public void Answered(Session session, string serial, PairRevoked? revoked, Refusal? refusal)
    {
        var row = ApplicationStore.BySerial(session, serial);
        if (row is null)
        {
            return;
        }

        if (revoked is not null)
        {
            Done(session, row, revoked.RevokedAt);
            return;
        }

        // Nothing stays behind that would keep the holder from asking again.
        session.Execute("DELETE FROM ra_revocations WHERE application = @Id AND revoked_at IS NULL", new { row.Id });
        desk.Record(session, Rooms.Ca, "ra.revocation.done", row.Id, LedgerOutcome.Refused, new JsonObject { ["code"] = refusal!.Code.ToString(), ["evidence"] = refusal.Evidence });
        session.OnCommitted(() => Tell(row.Id, refusal));
    }

    /// <summary>The CA says that a certificate is revoked: a holder's, or one of this RA's staff, who cannot act any more.</summary>
    public void Seen(Session session, CertificateRevoked fact)
    {
        // A suspension is no end: the application's state stands, the ledger has it.
        if (fact.Reason == RevocationReason.CertificateHold)
        {
            Record(session, "ra.certificate.suspended", fact.Serial);
            return;
        }

        if (desk.Context.Staff.RevokeCertificate(session, fact.Serial))
        {
            desk.Context.Ledger.Append(session, new LedgerRecord
            {
                Actor = Rooms.Ca, Act = "ra.staff.certificate.revoked", Object = $"certificate/{fact.Serial}", Outcome = LedgerOutcome.Done, Detail = new JsonObject { ["reason"] = fact.Reason.ToString() },
            });
        }
        else if (ApplicationStore.BySerial(session, fact.Serial) is { } row)
        {
            Done(session, row, fact.RevokedAt);
        }
    }

    /// <summary>The CA says that a suspension was lifted.</summary>
    public void Seen(Session session, CertificateResumed fact) => Record(session, "ra.certificate.resumed", fact.Serial);

    /// <summary>The CA says that a CA's key is compromised: kept in the ledger, where its people look.</summary>
    public void Seen(Session session, AuthorityCompromised fact) => desk.Context.Ledger.Append(
        session,
        new LedgerRecord
        {
            Actor = Rooms.Ca, Act = "ra.authority.compromised", Object = $"ca/{fact.Ca}", Outcome = LedgerOutcome.Done,
            Detail = new JsonObject { ["revokedAt"] = fact.RevokedAt.ToUnixTimeMilliseconds(), ["successor"] = fact.Successor },
        });

    private void Record(Session session, string act, string serial) => desk.Context.Ledger.Append(
        session, new LedgerRecord { Actor = Rooms.Ca, Act = act, Object = $"certificate/{serial}", Outcome = LedgerOutcome.Done });

    [Clause("6.2.7.3-c")]
    private void Done(Session session, ApplicationRow row, DateTimeOffset revokedAt)
    {
        if (row.State != ApplicationState.Revoked)
        {
            session.Execute(
                "INSERT INTO ra_revocations (application, reason, revoked_at) VALUES (@Id, 'CA', @At) ON CONFLICT (application) DO UPDATE SET revoked_at = excluded.revoked_at",
                new { row.Id, At = revokedAt.ToUnixTimeMilliseconds() });
            desk.Move(session, row, ApplicationState.Revoked, desk.Now);
            desk.Notify(session, row, NoticeText.Revoked(row.Id, row.Title, row.SigningSerial!, desk.Context.Policy.Values.LocalText(revokedAt)));
            desk.Record(session, Rooms.Ca, "ra.revocation.done", row.Id, LedgerOutcome.Done, new JsonObject { ["revokedAt"] = revokedAt.ToString("O") });
        }

        session.OnCommitted(() => Tell(row.Id, null));
    }

    /// <summary>Tells those who wait, and forgets them.</summary>
    public void Tell(string application, Refusal? refusal)
    {
        if (waiting.TryRemove(application, out var outcome))
        {
            outcome.TrySetResult(refusal);
        }
    }
}
