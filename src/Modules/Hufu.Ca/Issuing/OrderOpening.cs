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
internal sealed class OrderOpening(Database database, PolicyValues values, TimeProvider clock)
{
    /// <summary>Verifies both staff acts of an order that Messaging has opened and authenticated.</summary>
    /// <exception cref="RefusedException">Of the rules ActIsByOurStaff, TwoPersonsActed, ActsCoverTheData.</exception>
    [Clause("6.2.3.1-a")]
    public async Task<OpenedOrder> OpenAsync(IssuePair order, string requester, string digest, CancellationToken ct)
    {
        var entryCertificate = Decode(order.EntryCertificate, "entryCertificate");
        var approvalCertificate = Decode(order.ApprovalCertificate, "approvalCertificate");
        var (entryEvidence, approvalEvidence) = await database.ReadAsync(session => (Find(session, entryCertificate), Find(session, approvalCertificate)), ct).ConfigureAwait(false);
        var now = clock.GetUtcNow();
        var entry = ActIsByOurStaff.Demand(order.Entry, entryEvidence, requester, Roles.EntryClerk, now, values.ActTimeWindow, "entry");
        var approval = ActIsByOurStaff.Demand(order.Approval, approvalEvidence, requester, Roles.Vetter, now, values.ActTimeWindow, "approval");
        TwoPersonsActed.Demand(entryEvidence, approvalEvidence);
        ActsCoverTheData.Demand(order, entry, approval);
        return new OpenedOrder(
            order, requester, digest,
            new ProvenAct(order.Entry, entry, entryCertificate, entryEvidence.Staff!.Name),
            new ProvenAct(order.Approval, approval, approvalCertificate, approvalEvidence.Staff!.Name));
    }

    internal static StaffEvidence Find(Session session, Certificate certificate)
    {
        const string Issuer = AuthorityNames.Operational;
        var serial = certificate.SerialHex;
        return new StaffEvidence(
            certificate, CertificateStore.Find(session, Issuer, serial), CertificateStore.FindStaff(session, Issuer, serial), RevocationStore.Find(session, Issuer, serial) is not null);
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
