using Hufu.Ceremony.Script;
using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Ceremony.Acts;

/// <summary>
/// Which keys are archived (6.6.2.2-d, 6.6.2.2-g): a CA's, and of operated devices' the special ones alone, time stamps and attribute authorities. All others end with their device. The certificate says which it is.
/// </summary>
internal static class ArchivableKey
{
    private const string AttributeAuthorityControls = "1.3.6.1.5.5.7.1.6"; // RFC 5755 7.4: stands in an AA's certificate

    /// <param name="key">The key that is to be archived.</param>
    /// <param name="certificate">Its certificate.</param>
    /// <exception cref="CeremonyRefusal">It is another key's, or a key that is not archived.</exception>
    [Clause("6.6.2.2-g")]
    public static void Demand(SubjectPublicKeyInfo key, Certificate certificate)
    {
        if (!certificate.PublicKey.Equals(key))
        {
            throw new CeremonyRefusal($"The certificate {certificate.SerialHex} is for another key.", "Name the certificate of the key that is archived.");
        }

        if (!certificate.IsAuthority && !Purposes(certificate).Contains(Oids.PurposeTimeStamping) && !certificate.Extensions.Any(extension => extension.Oid == AttributeAuthorityControls))
        {
            throw new CeremonyRefusal(
                $"{certificate.Subject} is neither a CA's, nor a time stamp's, nor an attribute authority's certificate: keys of operated devices are not archived (6.6.2.2-g).",
                "Destroy the key with its device; what was encrypted to it is read with the key that the key centre keeps.");
        }
    }

    private static IReadOnlyList<string> Purposes(Certificate certificate) =>
        certificate.Extensions.FirstOrDefault(extension => extension.Oid == Oids.ExtendedKeyUsage) is { } extension ? ExtendedKeyUsage.Decode(extension).Purposes : [];
}
