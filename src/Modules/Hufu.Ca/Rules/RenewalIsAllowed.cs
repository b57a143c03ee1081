using Hufu.Ca.Certificates;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;

namespace Hufu.Ca.Rules;

/// <summary>The certificate that a renewal is for.</summary>
/// <param name="Row">This CA's record, or null.</param>
/// <param name="Revoked">Whether it is revoked.</param>
internal sealed record RenewedCertificate(CertificateRow? Row, bool Revoked);

/// <summary>
/// Renewal with the same key: the old certificate is ours, of this profile and holder, not revoked, inside its window, the key is the same, the data unchanged (6.2.6.1-a, 6.2.6.3-a). That the
/// request verifies with the old key follows from possession of the same key.
/// </summary>
internal static class RenewalIsAllowed
{
    /// <exception cref="RefusedException">UnknownObject, CertificateNotValid, OutsideRenewalWindow, RegisteredDataChanged.</exception>
    [Clause("6.2.6.1-a")]
    [Clause("6.2.6.3-a")]
    public static void Demand(
        RenewedCertificate old, CertificateProfile profile, string holder, DistinguishedName subject, SubjectPublicKeyInfo key, PolicyValues values, DateTimeOffset now)
    {
        if (old.Row is not { Kind: CertificateUse.Signing } row)
        {
            throw new RefusedException(RefusalCode.UnknownObject, "This CA has issued no such signing certificate.", "renewalOf");
        }

        // 6.1.3.3-c, 6.2.6.1-a: after revocation only a new application.
        if (old.Revoked)
        {
            throw new RefusedException(RefusalCode.CertificateNotValid, "The certificate is revoked.", "renewalOf");
        }

        var end = DateTimeOffset.FromUnixTimeMilliseconds(row.NotAfter);
        if (now < values.RenewalOpensBefore.Before(end) || now > values.RenewalClosesAfter.After(end))
        {
            throw new RefusedException(RefusalCode.OutsideRenewalWindow, $"It ends {end:u}; renewal opens {values.RenewalOpensBefore} before and closes {values.RenewalClosesAfter} after.", "renewalOf");
        }

        var certificate = Certificate.Decode(row.Der);
        if (row.Profile != profile.Id || row.Holder != holder || !certificate.Subject.RawData.Span.SequenceEqual(subject.RawData.Span) || !certificate.PublicKey.Equals(key))
        {
            throw new RefusedException(RefusalCode.RegisteredDataChanged, "Profile, holder, subject and key must be those of the certificate that is renewed.", "renewalOf");
        }
    }
}
