using System.Collections.Concurrent;
using Hufu.Ca.Authorities;
using Hufu.Ca.Certificates;
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
        var evidence = await database.ReadAsync(session => StaffEvidenceStore.Find(session, issuers, [entry, approval]), ct).ConfigureAwait(false);
        return Open(order, requester, digest, evidence[0], evidence[1]);
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
        List<string> digests = [];
        List<Certificate> read = [];
        foreach (var der in certificates.Distinct(DerComparer.Instance))
        {
            try
            {
                read.Add(Known(der, "certificate"));
                digests.Add(ActStatement.Digest(der));
            }
            catch (RefusedException)
            {
                // Its orders are refused one by one, each with the field that is wrong.
            }
        }

        return digests.Zip(StaffEvidenceStore.Find(session, authorities.Demand().Issuers, read)).ToDictionary(StringComparer.Ordinal);
    }

    // Staff sign order after order: their certificates are read once and their keys precomputed, once they are found to be ours. Whether they are revoked is asked each time.
    private Certificate Known(byte[] der, string field) => known.TryGetValue(ActStatement.Digest(der), out var certificate) ? certificate : Decode(der, field);

    private void Remember(StaffEvidence evidence)
    {
        if (evidence.Issued is null || !evidence.Issued.AsSpan().SequenceEqual(evidence.Certificate.RawData.Span))
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
