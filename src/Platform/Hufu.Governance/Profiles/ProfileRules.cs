using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Governance;

/// <summary>What every profile must keep to, whoever wrote it. Broken: the policy does not load.</summary>
internal static class ProfileRules
{
    private const KeyUsages AuthorityUsages = KeyUsages.KeyCertSign | KeyUsages.CrlSign;
    private const KeyUsages Signing = KeyUsages.DigitalSignature | KeyUsages.NonRepudiation;
    private const KeyUsages Encrypting = KeyUsages.KeyEncipherment | KeyUsages.DataEncipherment | KeyUsages.KeyAgreement;

    private static readonly string[] Order = ["C", "ST", "L", "O", "OU", "CN", "serialNumber"];

    public static void Demand(CertificateProfile profile, PolicyValues values, Func<string, string, PolicyException> error)
    {
        Usages(profile, error);
        Modules(profile, error);
        Life(profile, values, error);
        Subject(profile, error);
        Form(profile, error);
    }

    [Clause("6.2.5-a")]
    private static void Usages(CertificateProfile profile, Func<string, string, PolicyException> error)
    {
        // R05: an end entity never gets CA:TRUE, keyCertSign or cRLSign; an authority has nothing else.
        if (!profile.IsAuthority && (((profile.SigningUsage | profile.EncryptionUsage) & AuthorityUsages) != 0 || profile.PathLength is not null))
        {
            throw error("signingUsage", "An end-entity profile cannot carry keyCertSign, cRLSign or a path length (R05).");
        }

        if (profile.IsAuthority && (profile.SigningUsage != AuthorityUsages || profile.Pairs != KeyPairs.Single || profile.ExtendedKeyUsages.Count > 0 || profile.Fields.Count > 0))
        {
            throw error("kind", "An authority signs certificates and CRLs, has one pair, no extended key usage and no form.");
        }

        if (profile.SigningUsage == KeyUsages.None)
        {
            throw error("signingUsage", "'signingUsage' is missing.");
        }

        // Signing keys sign, encryption keys encrypt (6.2.5-a): one certificate never does both; but a share holder's one key opens the share and signs its presentation.
        if (profile.Kind != ProfileKind.Staff && (profile.SigningUsage & (Signing | AuthorityUsages)) != 0 && (profile.SigningUsage & Encrypting) != 0)
        {
            throw error("signingUsage", "One certificate cannot both sign and encrypt.");
        }

        if (profile.Pairs == KeyPairs.Dual
            ? (profile.SigningUsage & Encrypting) != 0 || profile.EncryptionUsage == 0 || (profile.EncryptionUsage & ~Encrypting) != 0
            : profile.EncryptionUsage != 0)
        {
            throw error("pairs", "A dual profile has a signing and an encryption usage, a single one only 'signingUsage'.");
        }

        if (profile.ExtendedKeyUsageCritical && profile.ExtendedKeyUsages.Count != 1)
        {
            throw error("extendedKeyUsage", "A critical extended key usage has exactly one purpose.");
        }

        if (profile.Issuers.Count == 0 || (!profile.IsAuthority && profile.Issuers.Any(issuer => issuer is ProfileIssuer.Root or ProfileIssuer.Self)))
        {
            throw error("issuers", "'issuers': the root signs authorities only (6.6.2.1-e), and only authorities sign themselves.");
        }
    }

    // 6.6.2.1-b: the keys of CAs and of the platform's services never travel, a machine keeps them; people carry theirs.
    [Clause("6.6.2.1-b")]
    private static void Modules(CertificateProfile profile, Func<string, string, PolicyException> error)
    {
        var allowed = profile.Kind switch
        {
            ProfileKind.Authority or ProfileKind.Service => (KeyModule[])[KeyModule.Machine],
            ProfileKind.Staff => [.. Enum.GetValues<KeyModule>().Where(KeyModules.Travels)],
            _ => Enum.GetValues<KeyModule>(),
        };
        if (profile.Modules.Any(module => !allowed.Contains(module)))
        {
            throw error("modules", $"A profile of this kind has its keys in: {string.Join(", ", allowed.Select(KeyModules.Word))} (6.6.2.1-b).");
        }

        if (profile.Modules.Count == 0 && profile.Fields.Any(field => field.Kind == FieldKind.KeyModule))
        {
            throw error("modules", "A form that asks for the key's module goes with 'modules' (6.6.2.1-b).");
        }
    }

    [Clause("6.6.2.3-b")]
    private static void Life(CertificateProfile profile, PolicyValues values, Func<string, string, PolicyException> error)
    {
        var longest = !profile.IsAuthority ? values.LongestHolderLife : profile.Issuers.Contains(ProfileIssuer.Self) ? values.LongestRootLife : values.LongestCaLife;
        if (profile.Life.IsZero || !profile.Life.IsAtMost(longest))
        {
            throw error("life", $"'life' {profile.Life} is longer than {longest} (6.6.2.3-b).");
        }
    }

    [Clause("6.1.3.1-a")]
    private static void Subject(CertificateProfile profile, Func<string, string, PolicyException> error)
    {
        if (profile.Subject.Count == 0 || profile.Subject[0] is not { Attribute: "C", Constant: "CN", String: ProfileString.Printable })
        {
            throw error("subject", "The subject begins with C=CN as PrintableString.");
        }

        if (!profile.Subject.Any(attribute => attribute is { Attribute: "CN", Required: true, Field: not null }))
        {
            throw error("subject", "The subject has a required CN from a field: nobody is anonymous (6.1.3.1-a).");
        }

        // What is written (Hufu.Pki.NameAttribute): C and serialNumber PrintableString, the others UTF8String (GM/T 0015; standards.md 3.1). A profile that says otherwise would lie.
        if (profile.Subject.FirstOrDefault(attribute => attribute.String != (attribute.Attribute is "C" or "serialNumber" ? ProfileString.Printable : ProfileString.Utf8)) is { } odd)
        {
            throw error("subject", $"{odd.Attribute} is {(odd.Attribute is "C" or "serialNumber" ? "PrintableString" : "UTF8String")}.");
        }

        // GM/T 0037 A.11: the order of the name.
        var places = profile.Subject.Select(attribute => Array.IndexOf(Order, attribute.Attribute)).ToList();
        if (!places.SequenceEqual(places.Order()))
        {
            throw error("subject", $"The subject's order is {string.Join(", ", Order)} (GM/T 0037 A.11).");
        }

        if (profile.PrivateExtensions.GroupBy(extension => (extension.Extension, extension.Oid)).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw error("identityExtensions", $"The identity extension {twice.Key.Oid} stands there twice.");
        }
    }

    private static FieldKind Source(AlternativeNameKind kind) => kind switch
    {
        AlternativeNameKind.Dns => FieldKind.HostName,
        AlternativeNameKind.Email => FieldKind.Email,
        AlternativeNameKind.Ip => FieldKind.IpAddress,
        AlternativeNameKind.X400 => FieldKind.X400Address,
        _ => FieldKind.DirectoryName,
    };

    private static void Form(CertificateProfile profile, Func<string, string, PolicyException> error)
    {
        if (profile.Kind != ProfileKind.Holder)
        {
            if (profile.Fields.Count + profile.Evidence.Count + profile.Checks.Count + profile.IdentifiedBy.Count > 0)
            {
                throw error("form", "Only holders' profiles have a form.");
            }

            return;
        }

        // 6.1.3.2: every applicant hands in papers and is checked at least twice.
        if (profile.Fields.Count == 0 || profile.Evidence.Count == 0 || profile.Checks.Count < 2 || profile.IdentifiedBy.Count == 0)
        {
            throw error("form", "A holder's profile has fields, papers, at least two checks and 'identifiedBy' (6.1.3.2).");
        }

        Distinct(profile.Fields.Select(field => field.Name));
        Distinct(profile.Evidence.Select(evidence => evidence.Id));
        Distinct(profile.Checks.Select(check => check.Id));
        foreach (var attribute in profile.Subject.Where(attribute => attribute.Field is not null))
        {
            if (profile.Field(attribute.Field!) is not { } field || (attribute.Required && !field.Required) || field.MaxLength > attribute.MaxLength)
            {
                throw error("subject", $"The field '{attribute.Field}' of the subject must stand in the form, be required where the attribute is, and be no longer.");
            }
        }

        var named = profile.PrivateExtensions.Select(extension => extension.Field).Concat(profile.AlternativeNames.Select(name => name.Field)).Concat(profile.IdentifiedBy);
        if (named.FirstOrDefault(name => profile.Field(name) is null) is { } missing)
        {
            throw error("form", $"The field '{missing}' does not stand in the form.");
        }

        foreach (var name in profile.AlternativeNames)
        {
            if (profile.Field(name.Field)!.Kind != Source(name.Kind))
            {
                throw error("alternativeNames", $"The field '{name.Field}' is no source for an alternative name of kind {name.Kind}.");
            }
        }

        void Distinct(IEnumerable<string> ids)
        {
            if (ids.GroupBy(id => id, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            {
                throw error("form", $"'{twice.Key}' stands there twice.");
            }
        }
    }
}
