using Hufu.Ca.Certificates;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ca.Staff;

/// <summary>Certifies the CA's own staff for the staff desk, which has checked and recorded the appointing act.</summary>
internal sealed class OwnStaffCertifier(Database database, Policy policy, CaDesks desks) : IStaffCertifier
{
    public async Task<byte[]> CertifyAsync(StaffCertification certification, CancellationToken ct)
    {
        var operational = desks.Authorities.Demand().Operational;
        var act = ActStatement.Digest(System.Text.Encoding.UTF8.GetBytes(certification.Appointment.Act.Statement));
        var order = StaffProfiles.Order(
            policy, operational.Certificate.Subject.Find(Oids.Organization)!, new StaffPlace(Rooms.Ca, certification.Role, certification.Name, act), certification.Request.PublicKey);
        var serial = (await desks.Direct.ReserveAsync(operational.Name, [$"staff/{Rooms.Ca}/{certification.Role}"], ct).ConfigureAwait(false))[0];
        var certificate = desks.Direct.Sign(order, serial, DirectSigner.Of(operational));
        await database.WriteAsync(session => desks.Direct.Store(session, order, operational.Name, certificate), ct).ConfigureAwait(false);
        return certificate.Encode();
    }
}
