using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Hufu.Pki;

namespace Hufu.Governance;

/// <summary>Reads one profiles/*.yaml and refuses what no profile may say, before anything is issued by it.</summary>
internal static partial class ProfileFile
{
    public const string Folder = "profiles";

    private static readonly FrozenDictionary<string, (string Oid, int Most)> Attributes = new Dictionary<string, (string, int)>
    {
        // X.520 names and the upper bounds of RFC 5280 appendix A.
        ["C"] = ("2.5.4.6", 2),
        ["ST"] = ("2.5.4.8", 128),
        ["L"] = ("2.5.4.7", 128),
        ["O"] = ("2.5.4.10", 64),
        ["OU"] = ("2.5.4.11", 64),
        ["CN"] = ("2.5.4.3", 64),
        ["serialNumber"] = ("2.5.4.5", 64),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<IdentityExtension, string> IdentityOids = new Dictionary<IdentityExtension, string>
    {
        [IdentityExtension.ResidentCardNumber] = "1.2.156.10260.4.1.1",
        [IdentityExtension.OfficerCardNumber] = "1.2.156.10260.4.1.1",
        [IdentityExtension.PassportNumber] = "1.2.156.10260.4.1.1",
        [IdentityExtension.InsuranceNumber] = "1.2.156.10260.4.1.2",
        [IdentityExtension.RegistrationNumber] = "1.2.156.10260.4.1.3",
        [IdentityExtension.OrganisationCode] = "1.2.156.10260.4.1.4",
        [IdentityExtension.TaxationNumber] = "1.2.156.10260.4.1.5",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> Purposes = new Dictionary<string, string>
    {
        ["server-auth"] = "1.3.6.1.5.5.7.3.1",
        ["client-auth"] = "1.3.6.1.5.5.7.3.2",
        ["code-signing"] = "1.3.6.1.5.5.7.3.3",
        ["email-protection"] = "1.3.6.1.5.5.7.3.4",
        ["ipsec-ike"] = "1.3.6.1.5.5.7.3.17",
        ["time-stamping"] = "1.3.6.1.5.5.7.3.8",
        ["ocsp-signing"] = "1.3.6.1.5.5.7.3.9",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static CertificateProfile Load(string directory, string file, PolicyValues values) => Read(YamlMap.Load(directory, file), file, values);

    /// <summary>The same of a text that people propose.</summary>
    public static CertificateProfile Parse(string id, string text, PolicyValues values) => Read(YamlMap.Parse(text, $"{Folder}/{id}.yaml"), $"{Folder}/{id}.yaml", values);

    private static CertificateProfile Read(YamlMap map, string file, PolicyValues values)
    {
        var id = map.Text("id");
        if (id != Path.GetFileNameWithoutExtension(file) || !KebabCase().IsMatch(id))
        {
            throw map.Error("'id' must be the file's name, in kebab-case.");
        }

        var extended = map.Has("extendedKeyUsage") ? map.Map("extendedKeyUsage") : null;
        var form = map.Has("form") ? map.Map("form") : null;
        var profile = new CertificateProfile
        {
            Id = id,
            Kind = map.Word<ProfileKind>("kind"),
            TitleZh = map.Text("zh"),
            TitleEn = map.Text("en"),
            Clauses = map.Texts("clauses"),
            Issuers = map.Words<ProfileIssuer>("issuers"),
            Pairs = map.Word<KeyPairs>("pairs"),
            Modules = map.Has("modules") ? map.Words<KeyModule>("modules") : [],
            Life = map.Period("life"),
            Subject = [.. map.Maps("subject").Select(Attribute)],
            PrivateExtensions = [.. map.Maps("identityExtensions").Select(Identity)],
            AlternativeNames = [.. map.Maps("alternativeNames").Select(Alternative)],
            SigningUsage = map.Flags<KeyUsages>("signingUsage"),
            EncryptionUsage = map.Flags<KeyUsages>("encryptionUsage"),
            ExtendedKeyUsages = extended is null ? [] : [.. extended.Texts("purposes").Select(name => Purpose(extended, name))],
            ExtendedKeyUsageCritical = extended?.Flag("critical", false) ?? false,
            OcspNoCheck = map.Flag("ocspNoCheck", false),
            Addresses = map.Flags<ProfileAddresses>("addresses"),
            PathLength = map.Has("pathLength") ? map.Number("pathLength", 0, 8) : null,
            Fields = form is null ? [] : [.. form.Maps("fields").Select(Field)],
            Evidence = form is null ? [] : [.. form.Maps("evidence").Select(Evidence)],
            Checks = form is null ? [] : [.. form.Maps("checks").Select(Check)],
            IdentifiedBy = form?.Texts("identifiedBy") ?? [],
        };
        extended?.Close();
        form?.Close();
        map.Close();
        ProfileRules.Demand(profile, values, map.ErrorAt);
        return profile;
    }

    private static SubjectPart Attribute(YamlMap map)
    {
        var name = map.Text("attribute");
        if (!Attributes.TryGetValue(name, out var known))
        {
            throw map.Error($"The attribute '{name}' is none of {string.Join(", ", Attributes.Keys.Order(StringComparer.Ordinal))}.");
        }

        var attribute = new SubjectPart(
            name, known.Oid, map.OptionalText("field"), map.OptionalText("constant"), map.Word<ProfileString>("string"), map.Has("max") ? map.Number("max", 1, known.Most) : known.Most,
            map.Flag("required", true));
        map.Close();
        return attribute.Field is null == attribute.Constant is null ? throw map.Error("An attribute has either 'field' or 'constant'.") : attribute;
    }

    private static PrivateExtension Identity(YamlMap map)
    {
        var extension = map.Word<IdentityExtension>("extension");
        var oid = map.OptionalText("oid") ?? IdentityOids[extension];
        var identity = new PrivateExtension(extension, oid, map.Text("field"));
        map.Close();
        return OidText().IsMatch(oid) ? identity : throw map.Error($"'{oid}' is no object identifier.");
    }

    private static AlternativeName Alternative(YamlMap map)
    {
        var name = new AlternativeName(map.Word<AlternativeNameKind>("kind"), map.Text("field"));
        map.Close();
        return name;
    }

    private static ProfileField Field(YamlMap map)
    {
        var field = new ProfileField(map.Text("name"), map.Text("zh"), map.Text("en"), map.Word<FieldKind>("kind"), map.Flag("required", true), map.Number("max", 1, 500));
        map.Close();
        return CamelCase().IsMatch(field.Name) ? field : throw map.Error($"The field name '{field.Name}' is not camelCase.");
    }

    private static EvidenceKind Evidence(YamlMap map)
    {
        var evidence = new EvidenceKind(map.Text("id"), map.Text("zh"), map.Text("en"));
        map.Close();
        return KebabCase().IsMatch(evidence.Id) ? evidence : throw map.Error($"'{evidence.Id}' is not kebab-case.");
    }

    private static VettingCheck Check(YamlMap map)
    {
        var check = new VettingCheck(map.Text("id"), map.Text("zh"), map.Text("en"), map.Text("clause"));
        map.Close();
        return KebabCase().IsMatch(check.Id) ? check : throw map.Error($"'{check.Id}' is not kebab-case.");
    }

    private static string Purpose(YamlMap map, string name) =>
        Purposes.TryGetValue(name, out var oid) ? oid : throw map.Error($"The purpose '{name}' is none of {string.Join(", ", Purposes.Keys.Order(StringComparer.Ordinal))}.");

    [GeneratedRegex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    private static partial Regex KebabCase();

    [GeneratedRegex("^[a-z][A-Za-z0-9]*$")]
    private static partial Regex CamelCase();

    [GeneratedRegex(@"^[0-2](\.(0|[1-9][0-9]{0,9})){2,15}$")]
    private static partial Regex OidText();
}
