using Hufu.Ca.Certificates;
using Hufu.Contracts;
using Hufu.Governance;

namespace Hufu.Ca.Rules;

/// <summary>
/// Which of the CA's own people may change the standing of which certificate: holders' the operator or business administrator; a room's the business administrator; a person's whoever appoints to
/// that role here (of those born at initialisation, the super or the audit administrator), for another room's staff the business administrator; a CA's nobody by this act. Nobody their own.
/// </summary>
internal static class ActorMayRevoke
{
    /// <exception cref="RefusedException">RoleMissing, SamePerson, StateWrong.</exception>
    [Clause("6.2.7.2-a")]
    public static void Demand(StaffMember actor, CertificateRow certificate, StaffRow? staff, Policy policy)
    {
        IReadOnlyList<string> allowed = certificate.Kind switch
        {
            CertificateUse.Signing or CertificateUse.Encryption => [Roles.Operator, Roles.BusinessAdministrator],
            CertificateUse.Service => [Roles.BusinessAdministrator],
            CertificateUse.Staff when staff is null => [Roles.BusinessAdministrator],
            CertificateUse.Staff when staff.Room != Rooms.Ca => [Roles.BusinessAdministrator],
            CertificateUse.Staff => policy.Roles.TryGetValue(staff!.Role, out var role) && role.AppointedBy.TryGetValue(Rooms.Ca, out var by) && by != RoleDefinition.ByInitialisation
                ? [by]
                : [Roles.SuperAdministrator, Roles.AuditAdministrator],
            _ => throw new RefusedException(RefusalCode.StateWrong, "A CA's own certificate is revoked by the act for its compromise.", "serial"),
        };
        if (!actor.Roles.Any(allowed.Contains))
        {
            throw new RefusedException(RefusalCode.RoleMissing, $"Who may: {string.Join(", ", allowed)}.", "person");
        }

        if (staff is { Room: Rooms.Ca } && staff.Name == actor.Name)
        {
            throw new RefusedException(RefusalCode.SamePerson, "Nobody changes the standing of their own certificate.", "person");
        }
    }
}
