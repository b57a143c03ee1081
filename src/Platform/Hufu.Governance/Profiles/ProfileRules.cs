using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Governance;

/// <summary>What every profile must keep to, whoever wrote it. Broken: the policy does not load.</summary>
internal static class ProfileRules
{
    private const KeyUsages AuthorityUsages = KeyUsages.KeyCertSign | KeyUsages.CrlSign;
    private const KeyUsages Signing = KeyUsages.DigitalSignature | KeyUsages.NonRepudiation;
    private const KeyUsages Encrypting = KeyUsages.KeyEncipherment | KeyUsages.DataEncipherment | KeyUsages.KeyAgreement;

    public static void Demand(CertificateProfile profile, PolicyValues values, Func<string, PolicyException> error)
    {
        Usages(profile, error);
        Life(profile, values, error);
        Subject(profile, error);
        Form(profile, error);
    }

    [Clause("6.2.5-a")]
    private static void Usages(CertificateProfile profile, Func<string, PolicyException> error)
    {
        // R05: an end entity never gets CA:TRUE, keyCertSign or cRLSign; an authority has nothing else.
        if (!profile.IsAuthority && (((profile.SigningUsage | profile.EncryptionUsage) & AuthorityUsages) != 0 || profile.PathLength is not null))
        {
            throw error("An end-entity profile cannot carry keyCertSign, cRLSign or a path length (R05).");
        }

        if (profile.IsAuthority && (profile.SigningUsage != AuthorityUsages || profile.Pairs != KeyPairs.Single || profile.ExtendedKeyUsages.Count > 0 || profile.Fields.Count > 0))
        {
            throw error("An authority signs certificates and CRLs, has one pair, no extended key usage and no form.");
        }

        if (profile.SigningUsage == KeyUsages.None)
        {
            throw error("'signingUsage' is missing.");
        }

        // Signing keys sign, encryption keys encrypt (6.2.5-a): one certificate never does both; but a share holder's one key opens the share and signs its presentation.
        if (profile.Kind != ProfileKind.Staff && (profile.SigningUsage & (Signing | AuthorityUsages)) != 0 && (profile.SigningUsage & Encrypting) != 0)
        {
            throw error("One certificate cannot both sign and encrypt.");
        }

        if (profile.Pairs == KeyPairs.Dual
            ? (profile.SigningUsage & Encrypting) != 0 || profile.EncryptionUsage == 0 || (profile.EncryptionUsage & ~Encrypting) != 0
            : profile.EncryptionUsage != 0)
        {
            throw error("A dual profile has a signing and an encryption usage, a single one only 'signingUsage'.");
        }

        if (profile.ExtendedKeyUsageCritical && profile.ExtendedKeyUsages.Count != 1)
        {
            throw error("A critical extended key usage has exactly one purpose.");
        }

        if (profile.Issuers.Count == 0 || (!profile.IsAuthority && profile.Issuers.Any(issuer => issuer is ProfileIssuer.Root or ProfileIssuer.Self)))
        {
            throw error("'issuers': the root signs authorities only (6.6.2.1-e), and only authorities sign themselves.");
        }
    }

    [Clause("6.6.2.3-b")]
    private static void Life(CertificateProfile profile, PolicyValues values, Func<string, PolicyException> error)
    {
        var longest = !profile.IsAuthority ? values.LongestHolderLife : profile.Issuers.Contains(ProfileIssuer.Self) ? values.LongestRootLife : values.LongestCaLife;
        if (profile.Life.IsZero || !profile.Life.IsAtMost(longest))
        {
            throw error($"'life' {profile.Life} is longer than {longest} (6.6.2.3-b).");
        }
    }

    [Clause("6.1.3.1-a")]
    private static void Subject(CertificateProfile profile, Func<string, PolicyException> error)
    {
        if (profile.Subject.Count == 0 || profile.Subject[0] is not { Attribute: "C", Constant: "CN", String: ProfileString.Printable })
        {
            throw error("The subject begins with C=CN as PrintableString.");
        }

        if (!profile.Subject.Any(attribute => attribute is { Attribute: "CN", Required: true, Field: not null }))
        {
            throw error("The subject has a required CN from a field: nobody is anonymous (6.1.3.1-a).");
        }

        if (profile.Subject.Any(attribute => attribute.String == ProfileString.Ia5))
        {
            throw error("Subject attributes are PrintableString or UTF8String.");
        }
    }

    private static void Form(CertificateProfile profile, Func<string, PolicyException> error)
    {
        if (profile.Kind != ProfileKind.Holder)
        {
            if (profile.Fields.Count + profile.Evidence.Count + profile.Checks.Count + profile.IdentifiedBy.Count > 0)
            {
                throw error("Only holders' profiles have a form.");
            }

            return;
        }

        // 6.1.3.2: every applicant hands in papers and is checked at least twice.
        if (profile.Fields.Count == 0 || profile.Evidence.Count == 0 || profile.Checks.Count < 2 || profile.IdentifiedBy.Count == 0)
        {
            throw error("A holder's profile has fields, papers, at least two checks and 'identifiedBy' (6.1.3.2).");
        }

        Distinct(profile.Fields.Select(field => field.Name));
        Distinct(profile.Evidence.Select(evidence => evidence.Id));
        Distinct(profile.Checks.Select(check => check.Id));
        foreach (var attribute in profile.Subject.Where(attribute => attribute.Field is not null))
        {
            if (profile.Field(attribute.Field!) is not { } field || (attribute.Required && !field.Required) || field.MaxLength > attribute.MaxLength)
            {
                throw error($"The field '{attribute.Field}' of the subject must stand in the form, be required where the attribute is, and be no longer.");
            }
        }

        var named = profile.PrivateExtensions.Select(extension => extension.Field).Concat(profile.AlternativeNames.Select(name => name.Field)).Concat(profile.IdentifiedBy);
        if (named.FirstOrDefault(name => profile.Field(name) is null) is { } missing)
        {
            throw error($"The field '{missing}' does not stand in the form.");
        }

        foreach (var name in profile.AlternativeNames)
        {
            if (profile.Field(name.Field)!.Kind != (name.Kind == AlternativeNameKind.Dns ? FieldKind.HostName : FieldKind.Email))
            {
                throw error($"The field '{name.Field}' is no source for an alternative name of kind {name.Kind}.");
            }
        }

        void Distinct(IEnumerable<string> ids)
        {
            if (ids.GroupBy(id => id, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            {
                throw error($"'{twice.Key}' stands there twice.");
            }
        }
    }
}
