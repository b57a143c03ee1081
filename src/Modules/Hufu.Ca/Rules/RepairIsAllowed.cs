using Hufu.Ca.Certificates;
using Hufu.Contracts;
using Hufu.Governance;

namespace Hufu.Ca.Rules;

/// <summary>
/// A repair gives a room and a person no more than they had (R18): the certificate named is one of this registry of that room and use, or of that person in that room; it has ended (a person's: or is about to), and is neither
/// revoked nor suspended. What has not ended renews itself; what is revoked is registered anew by people who look at why.
/// </summary>
internal static class RepairIsAllowed
{
    /// <param name="asked">What is asked for a room.</param>
    /// <param name="old">The certificate named, as this CA has it.</param>
    /// <param name="now">The clock.</param>
    /// <exception cref="RefusedException">UnknownObject, FieldInvalid, CertificateNotValid (revoked), OutsideRenewalWindow (not ended).</exception>
    [Clause("6.2.6.1-a")]
    public static void Demand(ServiceRenewalAsked asked, RenewedCertificate old, DateTimeOffset now)
    {
        if (old.Row is not { Kind: CertificateUse.Service } row || row.Requester != asked.Room || row.Holder != $"room/{asked.Room}")
        {
            throw new RefusedException(RefusalCode.UnknownObject, $"This CA has issued no certificate {asked.OldSerial} to the room '{asked.Room}'.", "services");
        }

        if (ServiceRenewalIsAllowed.UseOf(row.Profile) != asked.Use)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"{row.Profile} is no certificate for '{asked.Use}'.", "services");
        }

        DemandStanding(old, $"{row.Profile} of {asked.Room}");
        if (DateTimeOffset.FromUnixTimeMilliseconds(row.NotAfter) is var end && now <= end)
        {
            throw new RefusedException(RefusalCode.OutsideRenewalWindow, $"{row.Profile} of {asked.Room} ends at {end:u}; until then it renews itself.", "services");
        }
    }

    /// <param name="ended">The person named.</param>
    /// <param name="old">The certificate, as this CA has it.</param>
    /// <param name="staff">Whose it is, as this CA has it.</param>
    /// <param name="values">Policy.</param>
    /// <param name="now">The clock.</param>
    /// <exception cref="RefusedException">UnknownObject, CertificateNotValid (revoked), OutsideRenewalWindow.</exception>
    [Clause("6.2.6.1-a")]
    public static void Demand(PersonEnded ended, RenewedCertificate old, StaffRow? staff, PolicyValues values, DateTimeOffset now)
    {
        if (old.Row is not { Kind: CertificateUse.Staff } row || staff?.Room != ended.Room)
        {
            throw new RefusedException(RefusalCode.UnknownObject, $"This CA has issued no certificate {ended.Serial} to the staff of '{ended.Room}'.", "people");
        }

        DemandStanding(old, staff.Name);
        if (DateTimeOffset.FromUnixTimeMilliseconds(row.NotAfter) is var end && now < values.ServiceRenewalOpensBefore.Before(end))
        {
            throw new RefusedException(RefusalCode.OutsideRenewalWindow, $"{staff.Name}: {end:u}; from {values.ServiceRenewalOpensBefore} before.", "people");
        }
    }

    private static void DemandStanding(RenewedCertificate old, string whose)
    {
        if (old.Revoked)
        {
            throw new RefusedException(RefusalCode.CertificateNotValid, $"{whose}: revoked or suspended.", "plan");
        }
    }
}
