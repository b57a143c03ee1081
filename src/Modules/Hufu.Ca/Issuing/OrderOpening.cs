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
    private const int MostKnown = 256;
    private readonly ConcurrentDictionary<string, StaffEvidence> known = new(StringComparer.Ordinal);

    /// <summary>Verifies both staff acts of an order that Messaging has opened and authenticated.</summary>
    /// <exception cref="RefusedException">Of the rules ActIsByOurStaff, TwoPersonsActed, ActsCoverTheData.</exception>
    [Clause("6.2.3.1-a")]
    public async Task<OpenedOrder> OpenAsync(IssuePair order, string requester, string digest, CancellationToken ct)
    {
        var (entry, approval) = (Known(order.EntryCertificate, "entryCertificate"), Known(order.ApprovalCertificate, "approvalCertificate"));
        var issuers = authorities.Demand().Issuers;
        var evidence = await database.ReadAsync(session => StaffEvidenceStore.Find(session, issuers, [entry, approval]), ct).ConfigureAwait(false);
        Remember(evidence[0]);
        Remember(evidence[1]);
        return Open(order, requester, digest, evidence[0], evidence[1]);
    }

    /// <summary>The same over what is known of the signers already; touches no database.</summary>
    /// <exception cref="RefusedException">As above.</exception>
    public OpenedOrder Open(IssuePair order, string requester, string digest, StaffEvidence entryEvidence, StaffEvidence approvalEvidence)
    {
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

    /// <summary>What was last found out about the signers of many orders, by the digest of their certificates; null when one of them was not seen before. Whoever decides by it asks again (<see cref="DemandUnchanged"/>).</summary>
    public IReadOnlyDictionary<string, StaffEvidence>? Remembered(IEnumerable<byte[]> certificates)
    {
        var found = new Dictionary<string, StaffEvidence>(StringComparer.Ordinal);
        foreach (var der in certificates.Distinct(DerComparer.Instance))
        {
            var digest = ActStatement.Digest(der);
            if (!known.TryGetValue(digest, out var evidence))
            {
                return null;
            }

            found.Add(digest, evidence);
        }

        return found;
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

        var found = StaffEvidenceStore.Find(session, authorities.Demand().Issuers, read);
        foreach (var evidence in found)
        {
            Remember(evidence);
        }

        return digests.Zip(found).ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>In the transaction that reserves: a signer who was revoked, or is somebody else's by now, is found out before anything is promised.</summary>
    /// <exception cref="CompanyBrokenException">Something has changed; alone, each order is decided by what is there now.</exception>
    public void DemandUnchanged(Session session, IEnumerable<StaffEvidence> used)
    {
        StaffEvidence[] before = [.. used.Distinct()];
        var now = StaffEvidenceStore.Find(session, authorities.Demand().Issuers, [.. before.Select(static evidence => evidence.Certificate)]);
        for (var i = 0; i < before.Length; i++)
        {
            if (now[i].Revoked != before[i].Revoked || now[i].Staff != before[i].Staff || !now[i].Issued.AsSpan().SequenceEqual(before[i].Issued))
            {
                throw new CompanyBrokenException("What is known of a signer has changed.");
            }
        }
    }

    // Staff sign order after order: their certificates are read once and their keys precomputed, once they are found to be ours. Whether they are revoked is asked each time.
    private Certificate Known(byte[] der, string field) => known.TryGetValue(ActStatement.Digest(der), out var evidence) ? evidence.Certificate : Decode(der, field);

    private void Remember(StaffEvidence evidence)
    {
        if (evidence.Issued is null || !evidence.Issued.AsSpan().SequenceEqual(evidence.Certificate.RawData.Span))
        {
            return;
        }

        if (known.Count >= MostKnown)
        {
            known.Clear();
        }

        var digest = ActStatement.Digest(evidence.Certificate.RawData.Span);
        if (known.TryAdd(digest, evidence))
        {
            evidence.Certificate.PublicKey.Sm2?.Precompute();
        }
        else
        {
            known[digest] = evidence;
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
