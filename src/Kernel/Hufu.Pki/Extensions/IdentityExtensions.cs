using System.Formats.Asn1;

namespace Hufu.Pki;

// identifyCode ::= CHOICE { residenterCardNumber [0] PrintableString, militaryOfficerCardNumber [1] UTF8String, passportNumber [2] PrintableString }
// insuranceNumber, iCRegistrationNumber, organizationCode, taxationNumber ::= PrintableString   (GM/T 0015-2012, arc 1.2.156.10260.4.1)

/// <summary>Which document an identifyCode numbers; the value is the context tag.</summary>
public enum IdentityDocument
{
    /// <summary>居民身份证: resident identity card.</summary>
    ResidentCard = 0,

    /// <summary>军官证: officer's card.</summary>
    OfficerCard = 1,

    /// <summary>护照: passport.</summary>
    Passport = 2,
}

/// <summary>
/// The identity extensions of GM/T 0015 (实体唯一标识), all not critical. The 2023 edition redefines some object identifiers, unconfirmed
/// (standards.md 3.3), so the numbers other than identifyCode are written under an identifier that the caller gives.
/// </summary>
public static class IdentityExtensions
{
    /// <summary>identifyCode, tagged EXPLICIT as other issuers do (standards.md 3.3).</summary>
    /// <param name="document">Which document.</param>
    /// <param name="number">Its number.</param>
    public static CertificateExtension PersonalIdentity(IdentityDocument document, string number) => CertificateExtension.Create(Oids.IdentifyCode, false, w =>
    {
        using (w.PushContext((int)document))
        {
            w.WriteCharacterString(document == IdentityDocument.OfficerCard ? UniversalTagNumber.UTF8String : UniversalTagNumber.PrintableString, number);
        }
    });

    /// <summary>One of the numbers that is a bare PrintableString.</summary>
    /// <param name="oid"><see cref="Oids.InsuranceNumber"/>, <see cref="Oids.IcRegistrationNumber"/>, <see cref="Oids.OrganizationCode"/>, <see cref="Oids.TaxationNumber"/>, or the policy's own.</param>
    /// <param name="number">The number.</param>
    public static CertificateExtension Number(string oid, string number) => DerText.IsPrintable(number) && number.Length > 0
        ? CertificateExtension.Create(oid, false, w => w.WriteCharacterString(UniversalTagNumber.PrintableString, number))
        : throw PkiException.BadValue($"The identity number {oid} is empty or holds a character that a PrintableString does not have.");

    /// <summary>Reads any identity extension: a bare string, or identifyCode tagged EXPLICIT or IMPLICIT.</summary>
    /// <param name="extension">The extension.</param>
    /// <returns>The number, and which document when the tag says so.</returns>
    /// <exception cref="PkiException">None of these forms.</exception>
    public static (string Number, IdentityDocument? Document) Read(CertificateExtension extension)
    {
        ArgumentNullException.ThrowIfNull(extension);
        DerReader reader = extension.Open(extension.Oid);
        byte tag = reader.PeekTag();
        if (tag is >= 0xA0 and <= 0xA2)
        {
            DerReader inner = reader.ReadConstructed(tag);
            string text = inner.ReadString(inner.PeekTag());
            inner.ThrowIfNotEmpty();
            return (text, (IdentityDocument)(tag & 3));
        }

        return tag is >= 0x80 and <= 0x82
            ? (reader.ReadString(tag, DerTag.Utf8String), (IdentityDocument)(tag & 3))
            : (reader.ReadString(tag), null);
    }
}
