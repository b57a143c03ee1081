using System.Net;
using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Governance;

/// <summary>An attribute of the subject, in the order of encoding (country first).</summary>
/// <param name="Attribute">Short name: C, ST, L, O, OU, CN, serialNumber.</param>
/// <param name="Oid">Its OID.</param>
/// <param name="Field">The field of the application that fills it, or null when <paramref name="Constant"/> does.</param>
/// <param name="Constant">A constant value, or null.</param>
/// <param name="String">How it is encoded.</param>
/// <param name="MaxLength">Most characters.</param>
/// <param name="Required">Whether issuing fails without it; otherwise it is left out.</param>
public sealed record SubjectPart(string Attribute, string Oid, string? Field, string? Constant, ProfileString String, int MaxLength, bool Required);

/// <summary>An identity extension and the field that fills it; never critical. Left out when the field is empty.</summary>
/// <param name="Extension">Which.</param>
/// <param name="Oid">Its OID; data, because editions differ (standards 3.3).</param>
/// <param name="Field">The field.</param>
public sealed record PrivateExtension(IdentityExtension Extension, string Oid, string Field)
{
    /// <summary>The extension for a value.</summary>
    /// <param name="number">The number.</param>
    /// <remarks>identifyCode is written under its own OID; another one from the policy is a bare PrintableString (the 2023 edition, standards.md 3.3).</remarks>
    /// <exception cref="PkiException">A character that its string type does not have.</exception>
    public CertificateExtension ToExtension(string number) => Oid != Oids.IdentifyCode
        ? IdentityExtensions.Number(Oid, number)
        : IdentityExtensions.PersonalIdentity(
            Extension switch
            {
                IdentityExtension.OfficerCardNumber => IdentityDocument.OfficerCard,
                IdentityExtension.PassportNumber => IdentityDocument.Passport,
                _ => IdentityDocument.ResidentCard,
            },
            number);
}

/// <summary>A subject alternative name and the field that fills it; left out when the field is empty.</summary>
/// <param name="Kind">Kind of name.</param>
/// <param name="Field">The field.</param>
public sealed record AlternativeName(AlternativeNameKind Kind, string Field)
{
    /// <summary>The name for a value (6.1.2-e: X.500, RFC 822 and X.400).</summary>
    /// <param name="value">The field's value.</param>
    /// <exception cref="PkiException">It is no name of this kind.</exception>
    [Clause("6.1.2-e")]
    public GeneralName ToGeneralName(string value) => Kind switch
    {
        AlternativeNameKind.Dns => GeneralName.Dns(value),
        AlternativeNameKind.Email => GeneralName.Email(value),
        AlternativeNameKind.Ip => GeneralName.Ip(IPAddress.TryParse(value, out var address) ? address : throw new PkiException(PkiError.BadValue, $"'{value}' is no IP address.")),
        AlternativeNameKind.X400 => GeneralName.X400(X400Address.Parse(value)),
        _ => GeneralName.Directory(DistinguishedName.Parse(value)),
    };

    /// <summary>The kind as PKI names it.</summary>
    public GeneralNameKind NameKind => Kind switch
    {
        AlternativeNameKind.Dns => GeneralNameKind.Dns,
        AlternativeNameKind.Email => GeneralNameKind.Email,
        AlternativeNameKind.Ip => GeneralNameKind.IpAddress,
        AlternativeNameKind.X400 => GeneralNameKind.X400Address,
        _ => GeneralNameKind.Directory,
    };
}

/// <summary>A field of the application form.</summary>
/// <param name="Name">Its name in <c>NewApplication.Fields</c>.</param>
/// <param name="Zh">Its label in Chinese.</param>
/// <param name="En">Its label in English.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Required">Whether it must be filled.</param>
/// <param name="MaxLength">Most characters.</param>
public sealed record ProfileField(string Name, string Zh, string En, FieldKind Kind, bool Required, int MaxLength);

/// <summary>A kind of paper to hand in (6.1.3.2).</summary>
/// <param name="Id">Its id, kebab-case.</param>
/// <param name="Zh">Its name in Chinese.</param>
/// <param name="En">Its name in English.</param>
public sealed record EvidenceKind(string Id, string Zh, string En);

/// <summary>A check that a vetter answers (6.1.3.2-b to -e).</summary>
/// <param name="Id">Its id, kebab-case.</param>
/// <param name="Zh">The question in Chinese.</param>
/// <param name="En">The question in English.</param>
/// <param name="Clause">The clause that asks for it.</param>
public sealed record VettingCheck(string Id, string Zh, string En, string Clause);

/// <summary>A type of certificate: one file of policy/profiles.</summary>
[Clause("6.1.2-a")]
[Clause("6.1.2-b")]
[Clause("6.1.2-c")]
[Clause("6.1.2-d")]
public sealed record CertificateProfile
{
    /// <summary>Its id: the file's name without ending.</summary>
    public required string Id { get; init; }

    /// <summary>Whose certificates.</summary>
    public required ProfileKind Kind { get; init; }

    /// <summary>Title in Chinese.</summary>
    public required string TitleZh { get; init; }

    /// <summary>Title in English.</summary>
    public required string TitleEn { get; init; }

    /// <summary>Clauses that it comes from.</summary>
    public required IReadOnlyList<string> Clauses { get; init; }

    /// <summary>Keys that may issue it.</summary>
    public required IReadOnlyList<ProfileIssuer> Issuers { get; init; }

    /// <summary>Single or dual.</summary>
    public required KeyPairs Pairs { get; init; }

    /// <summary>Modules in which the signing key may be made (6.6.2.1-b); empty in a text of before there was this figure: nothing is refused then.</summary>
    public required IReadOnlyList<KeyModule> Modules { get; init; }

    /// <summary>How long a certificate lives; ends counted in: <see cref="CalendarPeriod.InclusiveEnd"/> (R07).</summary>
    public required CalendarPeriod Life { get; init; }

    /// <summary>Subject attributes in the order of encoding.</summary>
    public required IReadOnlyList<SubjectPart> Subject { get; init; }

    /// <summary>Identity extensions of the e-government format.</summary>
    public required IReadOnlyList<PrivateExtension> PrivateExtensions { get; init; }

    /// <summary>Subject alternative names.</summary>
    public required IReadOnlyList<AlternativeName> AlternativeNames { get; init; }

    /// <summary>Key usage of the only or the signing certificate; critical.</summary>
    public required KeyUsages SigningUsage { get; init; }

    /// <summary>Key usage of the encryption certificate of a dual pair; critical. None for a single one.</summary>
    public required KeyUsages EncryptionUsage { get; init; }

    /// <summary>Extended key usages, OIDs; empty for none.</summary>
    public required IReadOnlyList<string> ExtendedKeyUsages { get; init; }

    /// <summary>Whether the extended key usage is critical (a time stamp signer's is, RFC 3161 2.3).</summary>
    public required bool ExtendedKeyUsageCritical { get; init; }

    /// <summary>Whether id-pkix-ocsp-nocheck is carried (RFC 6960 4.2.2.2.1).</summary>
    public required bool OcspNoCheck { get; init; }

    /// <summary>Addresses carried, where the issuer has them.</summary>
    public required ProfileAddresses Addresses { get; init; }

    /// <summary>pathLenConstraint of an authority; null for none and for end entities.</summary>
    public required int? PathLength { get; init; }

    /// <summary>Fields of the application form, in order.</summary>
    public required IReadOnlyList<ProfileField> Fields { get; init; }

    /// <summary>Papers to hand in.</summary>
    public required IReadOnlyList<EvidenceKind> Evidence { get; init; }

    /// <summary>Checks of the vetter.</summary>
    public required IReadOnlyList<VettingCheck> Checks { get; init; }

    /// <summary>Fields whose values tell holders apart, which make the holder identifier (6.1.2-e, <see cref="HolderIdentifier"/>); for profiles of holders.</summary>
    public required IReadOnlyList<string> IdentifiedBy { get; init; }

    /// <summary>Whether certificates carry CA:TRUE: authorities only (R05).</summary>
    public bool IsAuthority => Kind == ProfileKind.Authority;

    /// <summary>A field of the form, or null.</summary>
    public ProfileField? Field(string name) => Fields.FirstOrDefault(field => field.Name == name);
}
