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
internal sealed class OrderOpening(Database database, PolicyValues values, TimeProvider clock, AuthorityRegister authorities, TimeSpan actLife)
{
    /// <summary>Verifies both staff acts of an order that Messaging has opened and authenticated.</summary>
    /// <exception cref="RefusedException">Of the rules ActIsByOurStaff, TwoPersonsActed, ActsCoverTheData.</exception>
    [Clause("6.2.3.1-a")]
    public async Task<OpenedOrder> OpenAsync(IssuePair order, string requester, string digest, CancellationToken ct)
    {
        var entryCertificate = Decode(order.EntryCertificate, "entryCertificate");
        var approvalCertificate = Decode(order.ApprovalCertificate, "approvalCertificate");
        var issuers = authorities.Demand().Names;
        var (entryEvidence, approvalEvidence) = await database.ReadAsync(session => (Find(session, issuers, entryCertificate), Find(session, issuers, approvalCertificate)), ct).ConfigureAwait(false);
        var now = clock.GetUtcNow();
        var entry = ActIsByOurStaff.Demand(order.Entry, entryEvidence, requester, Roles.EntryClerk, now, values.ActTimeWindow, "entry");
        var approval = ActIsByOurStaff.Demand(order.Approval, approvalEvidence, requester, Roles.Vetter, now, values.ActTimeWindow, "approval");
        ActIsRecent.Demand(entry, now, actLife, "entry");
        ActIsRecent.Demand(approval, now, actLife, "approval");
        TwoPersonsActed.Demand(entryEvidence, approvalEvidence);
        ActsCoverTheData.Demand(order, entry, approval);
        return new OpenedOrder(
            order, requester, digest,
            new ProvenAct(order.Entry, entry, entryCertificate, entryEvidence.Staff!.Name),
            new ProvenAct(order.Approval, approval, approvalCertificate, approvalEvidence.Staff!.Name));
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
