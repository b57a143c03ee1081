using Hufu.Ca.Certificates;
using Hufu.Contracts;
using Hufu.Governance;

namespace Hufu.Ca.Rules;

/// <summary>
/// A room follows up its own certificate and gets no more than it had: the certificate is a service certificate of this registry, of the very room that sent the request and of the use it names, in validity,
/// neither revoked nor suspended, within <see cref="PolicyValues.ServiceRenewalOpensBefore"/> of its end, and nothing follows it yet (R18, 6.2.6.1-a). After its end only people repair it (<c>POST /api/ca/services</c>).
/// </summary>
internal static class ServiceRenewalIsAllowed
{
    /// <param name="asked">What the room asks.</param>
    /// <param name="sender">Who sent it, authenticated by Messaging.</param>
    /// <param name="old">The certificate named, as this CA has it.</param>
    /// <param name="values">Policy.</param>
    /// <param name="now">The clock.</param>
    /// <exception cref="RefusedException">MessageNotAllowed, UnknownObject, FieldInvalid, CertificateNotValid, OutsideRenewalWindow.</exception>
    [Clause("6.2.6.1-a")]
    public static void Demand(ServiceRenewalAsked asked, string sender, RenewedCertificate old, PolicyValues values, DateTimeOffset now)
    {
        if (asked.Room != sender)
        {
            throw new RefusedException(RefusalCode.MessageNotAllowed, $"{sender} asks for {asked.Room}.", "room");
        }

        if (old.Row is not { Kind: CertificateUse.Service } row || row.Requester != sender || (row.Holder != $"room/{sender}" && !row.Holder.StartsWith($"room/{sender}/", StringComparison.Ordinal)))
        {
            throw new RefusedException(RefusalCode.UnknownObject, "This CA has issued no such certificate to this room.", "oldSerial");
        }

        if (UseOf(row.Profile) != asked.Use)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"{row.Profile} is no certificate for '{asked.Use}'.", "use");
        }

        var end = DateTimeOffset.FromUnixTimeMilliseconds(row.NotAfter);
        if (old.Revoked || now < DateTimeOffset.FromUnixTimeMilliseconds(row.NotBefore) || now > end)
        {
            throw new RefusedException(RefusalCode.CertificateNotValid, old.Revoked ? "The certificate is revoked." : $"It ended at {end:u}: the room is certified again by people.", "oldSerial");
        }

        if (now < values.ServiceRenewalOpensBefore.Before(end))
        {
            throw new RefusedException(RefusalCode.OutsideRenewalWindow, $"It ends {end:u}; it is followed from {values.ServiceRenewalOpensBefore} before.", "oldSerial");
        }
    }

    /// <summary>What a service profile's key is for, as the device's label is called.</summary>
    public static string UseOf(string profile) => profile switch { "room-encrypt" => "encrypt", "room-audit" => "audit", _ => "sign" };
}
