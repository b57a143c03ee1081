using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;

namespace Hufu.Ca.Certificates;

/// <summary>A certificate that is issued by an act of this room's own people and not by an RA's order: an authority's, a service's, a member of staff's.</summary>
/// <param name="Profile">Its profile.</param>
/// <param name="Kind">See <see cref="CertificateUse"/>.</param>
/// <param name="Requester">The room that asked for it.</param>
/// <param name="Holder">Whose key and name these are, in words: <c>room/ocsp</c>, <c>staff/ra/…</c>.</param>
/// <param name="Fields">What fills the subject.</param>
/// <param name="Key">The key that is certified.</param>
/// <param name="Staff">Room, role and name when it is a person's.</param>
/// <param name="Until">Ends at this moment at the latest, whatever the profile allows; null for the profile's life.</param>
/// <param name="Subject">The subject as it is, where another certificate has it already; null for one built from the fields.</param>
internal sealed record DirectOrder(
    CertificateProfile Profile, string Kind, string Requester, string Holder, IReadOnlyDictionary<string, string> Fields, SubjectPublicKeyInfo Key, StaffPlace? Staff = null, DateTimeOffset? Until = null,
    DistinguishedName? Subject = null);

/// <summary>A person's place.</summary>
/// <param name="Room">The room.</param>
/// <param name="Role">The role.</param>
/// <param name="Name">The person's name.</param>
/// <param name="Act">SM3 of the appointing statement, hex; null at initialisation.</param>
internal sealed record StaffPlace(string Room, string Role, string Name, string? Act = null);

/// <summary>Who signs: name, subject, key. For a root it is the certified key itself.</summary>
/// <param name="Name">The CA's name.</param>
/// <param name="Subject">Its subject; null when the certificate is self-signed.</param>
/// <param name="Signer">Its key.</param>
/// <param name="Certificate">Its certificate; null when the certificate is self-signed.</param>
/// <param name="Algorithm">What it signs with, and which keys it certifies.</param>
internal sealed record DirectSigner(string Name, DistinguishedName? Subject, ISigner Signer, Certificate? Certificate, KeyAlgorithm Algorithm = KeyAlgorithm.Sm2)
{
    public static DirectSigner Of(Authorities.Authority authority) => new(authority.Name, authority.Certificate.Subject, authority.Signer, authority.Certificate, authority.Algorithm);
}
