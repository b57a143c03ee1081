using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Hosting;

/// <summary>An appointed person who is to be certified.</summary>
/// <param name="Role">The role.</param>
/// <param name="RoleTitle">Its title in Chinese, for the certificate's OU.</param>
/// <param name="Name">The person's name, for the CN.</param>
/// <param name="Request">Their request; possession is proven.</param>
/// <param name="Appointment">The act that appointed them.</param>
public sealed record StaffCertification(string Role, string RoleTitle, string Name, CertificationRequest Request, AppointmentEvidence Appointment);

/// <summary>What a room gives the staff desk: a certificate for a person, from its own key or by an order to the CA.</summary>
public interface IStaffCertifier
{
    /// <summary>Certifies a person.</summary>
    /// <returns>The certificate, DER.</returns>
    /// <exception cref="RefusedException">Not certified; nothing stays behind.</exception>
    Task<byte[]> CertifyAsync(StaffCertification certification, CancellationToken ct);
}
