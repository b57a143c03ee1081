using System.Text;
using Hufu.Ca.Authorities;
using Hufu.Ca.Certificates;
using Hufu.Ca.Issuing;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ca.Staff;

/// <summary>The RA's order IssueStaffCertificate: a certificate for a member of the RA's staff, after the appointing act's signature and role were checked here again.</summary>
internal sealed class RoomStaffing(Database database, Policy policy, TimeProvider clock, AuthorityRegister authorities, DirectIssuer issuer)
{
    /// <summary>Certifies a person whom the RA's own administrator has appointed, or one of the two that its initialisation makes.</summary>
    /// <param name="order">The order.</param>
    /// <param name="requester">The room that sent it.</param>
    /// <param name="reply">Keeps the reply in the transaction that makes it true.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="RefusedException">The appointing act or the role is not in order; the request is not.</exception>
    [Clause("6.6.1.2-d")]
    public async Task<StaffCertificateIssued> CertifyAsync(IssueStaffCertificate order, string requester, Action<Session, StaffCertificateIssued> reply, CancellationToken ct)
    {
        var operational = authorities.Demand().Operational;
        if (!policy.Roles.TryGetValue(order.Role, out var role) || !role.AppointedBy.TryGetValue(requester, out var appointedBy))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"'{requester}' has no such role.", "role");
        }

        var place = new StaffPlace(requester, order.Role, order.Name);
        var direct = StaffProfiles.Order(policy, operational.Certificate.Subject.Find(Oids.Organization)!, place, PersonRequests.Open(order.Request, "request").PublicKey);
        var now = clock.GetUtcNow();
        if (await FindSameAsync(direct, ct).ConfigureAwait(false) is { } same)
        {
            var before = new StaffCertificateIssued(same);
            await database.WriteAsync(session => reply(session, before), ct).ConfigureAwait(false);
            return before;
        }

        await database.ReadAsync(session => Demand(session, order, requester, appointedBy, role, now), ct).ConfigureAwait(false);
        var serial = (await issuer.ReserveAsync(operational.Name, [$"staff/{requester}/{order.Role}"], ct).ConfigureAwait(false))[0];
        var certificate = issuer.Sign(direct, serial, DirectSigner.Of(operational));
        var issued = new StaffCertificateIssued(certificate.Encode());
        await database.WriteAsync(
            session =>
            {
                var act = Demand(session, order, requester, appointedBy, role, now);
                issuer.Store(session, direct with { Staff = place with { Act = act } }, operational.Name, certificate);
                reply(session, issued);
            },
            ct).ConfigureAwait(false);
        return issued;
    }

    // One request, one certificate (R03): the same key for the same place gets what it got.
    private Task<byte[]?> FindSameAsync(DirectOrder order, CancellationToken ct) => database.ReadAsync(
        session => CertificateStore.LiveStaffCertificate(session, ActStatement.Digest(order.Key.RawData.Span), order.Staff!, clock.GetUtcNow().ToUnixTimeMilliseconds()), ct);

    // The digest of the appointing statement, or null at the room's initialisation.
    private string? Demand(Session session, IssueStaffCertificate order, string requester, string appointedBy, RoleDefinition role, DateTimeOffset now)
    {
        string? act = null;
        if (appointedBy == RoleDefinition.ByInitialisation)
        {
            BornAtInitialisationOnce.Demand(order.Appointment is not null, CertificateStore.CountStaff(session, requester, order.Role), order.Role);
        }
        else
        {
            act = DemandAppointment(session, order, requester, appointedBy, now);
        }

        RolesAreCompatible.Demand(role, CertificateStore.LiveRoles(session, requester, order.Name, now.ToUnixTimeMilliseconds()), order.Name);
        return act;
    }

    // The appointing act: signed by whoever appoints to this role in that room, about this role, this person and this key, and used for no other certificate.
    private string DemandAppointment(Session session, IssueStaffCertificate order, string requester, string appointedBy, DateTimeOffset now)
    {
        if (order.Appointment is not { } appointment)
        {
            throw new RefusedException(RefusalCode.FieldMissing, $"A {order.Role} is appointed by a signed act of a {appointedBy}.", "appointment");
        }

        var evidence = StaffEvidenceStore.Find(session, authorities.Demand().Issuers, [OrderOpening.Decode(appointment.AppointerCertificate, "appointerCertificate")])[0];
        var statement = ActIsByOurStaff.Demand(appointment.Act, evidence, requester, appointedBy, now, policy.Values.ActTimeWindow, "appointment");
        if (statement.Act != ActNames.StaffAppoint || statement.Object != $"role/{order.Role}")
        {
            throw new RefusedException(RefusalCode.StatementMismatch, "The act does not appoint to this role.", "appointment");
        }

        ActNamesThePerson.Demand(statement, appointment.Payload, order);
        if (evidence.Staff!.Name == order.Name)
        {
            throw new RefusedException(RefusalCode.SamePerson, "Nobody appoints themselves.", "appointment");
        }

        var act = ActStatement.Digest(Encoding.UTF8.GetBytes(appointment.Act.Statement));
        return CertificateStore.IsActUsed(session, act) ? throw new RefusedException(RefusalCode.StatementReplayed, "The act appointed somebody already.", "appointment") : act;
    }
}
