using System.Text.Json.Nodes;
using Hufu.Ca.Authorities;
using Hufu.Ca.Certificates;
using Hufu.Ca.KeyCentre;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.Ca.Revocation;

/// <summary>The order RevokePair: both of a pair, once, at once.</summary>
internal sealed class RevocationDesk(Database database, Ledger ledger, TimeProvider clock, AuthorityRegister authorities, IFactOutlet facts, Hufu.Governance.Staff staff)
{
    private const string Issuer = AuthorityNames.Operational;

    /// <summary>How long the words of who asked may be, in characters.</summary>
    public const int RequestedByLimit = 256;

    /// <summary>Revokes a certificate and its twin. Asked again, it answers as the first time; the first reason and moment stand.</summary>
    /// <param name="order">The order.</param>
    /// <param name="requester">The room that sent it; an RA revokes what it ordered.</param>
    /// <param name="reply">Keeps the reply in the transaction that makes it true.</param>
    /// <param name="ct">Cancels while it waits for the writer.</param>
    /// <exception cref="RefusedException">UnknownObject, FieldInvalid, CertificateNotValid (ended already).</exception>
    [Clause("6.2.7.1-a")]
    [Clause("6.2.7.3-b")]
    public async Task<PairRevoked> RevokeAsync(RevokePair order, string requester, Action<Session, PairRevoked> reply, CancellationToken ct)
    {
        authorities.Demand();
        if (!SerialNumber.TryParse(order.Serial, out var serial) || serial.ToString() != order.Serial)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "A serial is lower-case hex, whole.", "serial");
        }

        if (!Enum.IsDefined(order.Reason))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "There is no such reason.", "reason");
        }

        if (string.IsNullOrWhiteSpace(order.RequestedBy) || order.RequestedBy.Length > RequestedByLimit)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"Who asked, and how that was proven: 1 to {RequestedByLimit} characters.", "requestedBy");
        }

        return await database.WriteAsync(
            session =>
            {
                var revoked = Revoke(session, order, requester);
                reply(session, revoked);
                return revoked;
            },
            ct).ConfigureAwait(false);
    }

    private PairRevoked Revoke(Session session, RevokePair order, string requester)
    {
        // R21: what another room ordered does not exist for this one.
        var first = CertificateStore.Find(session, Issuer, order.Serial);
        if (first is not { Kind: CertificateUse.Signing or CertificateUse.Encryption or CertificateUse.Staff } || first.Requester != requester)
        {
            throw new RefusedException(RefusalCode.UnknownObject, "This CA has issued no such certificate for you.", "serial");
        }

        List<CertificateRow> pair = [first];
        if (first.Twin is { } twin)
        {
            pair.Add(CertificateStore.Find(session, Issuer, twin) ?? throw new InvalidOperationException($"The twin of {first.Serial} is missing."));
        }

        if (RevocationStore.Find(session, Issuer, first.Serial) is { } done)
        {
            return Answer(pair, done.RevokedAt);
        }

        var now = clock.GetUtcNow();
        var revokedAt = now.ToUnixTimeSeconds() * 1000;
        NotYetEnded.Demand(pair, now);
        foreach (var row in pair)
        {
            RevokeOne(session, row, order, requester, revokedAt);
        }

        return Answer(pair, revokedAt);
    }

    private void RevokeOne(Session session, CertificateRow row, RevokePair order, string requester, long revokedAt)
    {
        RevocationStore.Insert(
            session,
            new NewRevocation(
                row.Issuer, row.Serial, row.NotAfter, revokedAt, (long)order.Reason, null, order.RequestedBy, order.RequestedAt.ToUnixTimeMilliseconds(), requester));
        if (order.Reason == RevocationReason.KeyCompromise)
        {
            CertificateStore.BlockKey(session, row.SpkiDigest, "compromised");
        }

        if (row.Kind == CertificateUse.Encryption)
        {
            RetirementStore.Add(session, row.Serial, revokedAt);
        }

        if (row.Kind == CertificateUse.Staff)
        {
            staff.RevokeCertificate(session, row.Serial);
        }

        ledger.Append(session, new LedgerRecord
        {
            Actor = requester,
            Act = "ca.revoke",
            Object = $"certificate/{row.Issuer}/{row.Serial}",
            Outcome = LedgerOutcome.Done,
            Detail = new JsonObject
            {
                ["reason"] = order.Reason.ToString(),
                ["requestedBy"] = order.RequestedBy,
                ["requestedAt"] = order.RequestedAt.ToUnixTimeMilliseconds(),
                ["revokedAt"] = revokedAt,
            },
        });
        facts.Publish(session, new CertificateRevoked(row.Issuer, row.Serial, DateTimeOffset.FromUnixTimeMilliseconds(revokedAt), order.Reason));
    }

    private static PairRevoked Answer(IEnumerable<CertificateRow> pair, long revokedAt) =>
        new([.. pair.OrderByDescending(row => row.Kind, StringComparer.Ordinal).Select(row => row.Serial)], DateTimeOffset.FromUnixTimeMilliseconds(revokedAt));
}
