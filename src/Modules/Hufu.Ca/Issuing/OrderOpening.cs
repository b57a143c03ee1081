using System.Collections.Concurrent;
using Hufu.Ca.Authorities;
using Hufu.Ca.Certificates;
using Hufu.Ca.Revocation;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ca.Issuing;

/// <summary>Step 1: who signed what is asked for (docs/issuing.md).</summary>
internal sealed class OrderOpening(AwaitedDatabase database, PolicyValues values, TimeProvider clock, AuthorityRegister authorities, TimeSpan actLife)
{
    private const int Remembered = 256;
    private readonly ConcurrentDictionary<string, Certificate> known = new(StringComparer.Ordinal);

    /// <summary>Verifies both staff acts of an order that Messaging has opened and authenticated.</summary>
    /// <exception cref="RefusedException">Of the rules ActIsByOurStaff, TwoPersonsActed, ActsCoverTheData.</exception>
    [Clause("6.2.3.1-a")]
    public async Task<OpenedOrder> OpenAsync(IssuePair order, string requester, string digest, CancellationToken ct)
    {
        var (entry, approval) = (Known(order.EntryCertificate, "entryCertificate"), Known(order.ApprovalCertificate, "approvalCertificate"));
        var issuers = authorities.Demand().Issuers;
        var (entryEvidence, approvalEvidence) = await database.ReadAsync(session => (Find(session, issuers, entry), Find(session, issuers, approval)), ct).ConfigureAwait(false);
        return Open(order, requester, digest, entryEvidence, approvalEvidence);
    }

    /// <summary>The same over what is known of the signers already; touches no database.</summary>
    /// <exception cref="RefusedException">As above.</exception>
    public OpenedOrder Open(IssuePair order, string requester, string digest, StaffEvidence entryEvidence, StaffEvidence approvalEvidence)
    {
        Remember(entryEvidence);
        Remember(approvalEvidence);
        var now = clock.GetUtcNow();
        var entry = ActIsByOurStaff.Demand(order.Entry, entryEvidence, requester, Roles.EntryClerk, now, values.ActTimeWindow, "entry");
        var approval = ActIsByOurStaff.Demand(order.Approval, approvalEvidence, requester, Roles.Vetter, now, values.ActTimeWindow, "approval");
        ActIsRecent.Demand(entry, now, actLife, "entry");
        ActIsRecent.Demand(approval, now, actLife, "approval");
        TwoPersonsActed.Demand(entryEvidence, approvalEvidence);
        ActsCoverTheData.Demand(order, entry, approval);
        return new OpenedOrder(
            order, requester, digest,
            new ProvenAct(order.Entry, entry, entryEvidence.Certificate, entryEvidence.Staff!.Name),
            new ProvenAct(order.Approval, approval, approvalEvidence.Certificate, approvalEvidence.Staff!.Name));
    }

    /// <summary>What is known of the signers of many orders, each certificate asked for once, by the digest of its bytes. One that cannot be read is missing.</summary>
    public IReadOnlyDictionary<string, StaffEvidence> Evidence(Session session, IEnumerable<byte[]> certificates)
    {
        var issuers = authorities.Demand().Issuers;
        var found = new Dictionary<string, StaffEvidence>(StringComparer.Ordinal);
        foreach (var (digest, der) in certificates.DistinctBy(static der => der, DerComparer.Instance).Select(static der => (ActStatement.Digest(der), der)))
        {
            try
            {
                found[digest] = Find(session, issuers, Known(der, "certificate"));
            }
            catch (RefusedException)
            {
                // Its orders are refused one by one, each with the field that is wrong.
            }
        }

        return found;
    }

    // Staff sign order after order: their certificates are read once and their keys precomputed, once they are found to be ours. Whether they are revoked is asked each time.
    private Certificate Known(byte[] der, string field) => known.TryGetValue(ActStatement.Digest(der), out var certificate) ? certificate : Decode(der, field);

    private void Remember(StaffEvidence evidence)
    {
        if (evidence.Issued is null || !evidence.Issued.Der.AsSpan().SequenceEqual(evidence.Certificate.RawData.Span))
        {
            return;
        }

        if (known.Count >= Remembered)
        {
            known.Clear();
        }

        if (known.TryAdd(ActStatement.Digest(evidence.Certificate.RawData.Span), evidence.Certificate))
        {
            evidence.Certificate.PublicKey.Sm2?.Precompute();
        }
    }

    internal static StaffEvidence Find(Session session, IEnumerable<string> issuers, Certificate certificate)
    {
        var serial = certificate.SerialHex;
        return CertificateStore.FindOf(session, issuers, serial) is { } row
            ? new StaffEvidence(certificate, row, CertificateStore.FindStaff(session, row.Issuer, serial), RevocationStore.Find(session, row.Issuer, serial) is not null)
            : new StaffEvidence(certificate, null, null, Revoked: false);
    }

    internal static Certificate Decode(byte[] der, string field)
    {
        try
        {
            return Certificate.Decode(der);
        }
        catch (PkiException exception)
        {
            throw new RefusedException(RefusalCode.Malformed, exception.Message, field);
        }
    }
}
