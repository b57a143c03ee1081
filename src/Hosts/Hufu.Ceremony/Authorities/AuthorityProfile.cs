using System.Globalization;
using System.Text.RegularExpressions;
using Hufu.Ceremony.Script;
using Hufu.Pki;
using Hufu.Pki.Linting;

namespace Hufu.Ceremony.Authorities;

/// <summary>A profile of a CA, from policy/profiles: what the offline root needs of it. Every other kind of profile is refused here (R05).</summary>
internal sealed partial class AuthorityProfile
{
    private AuthorityProfile(string id, ScriptNode node)
    {
        Id = id;
        if (node.Text("id") != id || node.Text("kind") != "authority")
        {
            throw node.Error("A ceremony signs certificates of CAs only: the profile's kind is authority.");
        }

        Match life = Period().Match(node.Text("life"));
        if (!life.Success)
        {
            throw node.Error("'life' is an ISO 8601 period of years, months and days, such as P30Y.");
        }

        Months = (Part(life, 1) * 12) + Part(life, 2);
        Days = Part(life, 3);
        Subject = [.. node.Maps("subject").Select(Attribute)];
        SelfSigned = node.Texts("issuers").SequenceEqual(["self"]);
        PathLength = node.Has("pathLength") ? node.Number("pathLength", 0, 8) : null;
        Addresses = node.Texts("addresses");
        if (!node.Texts("signingUsage").Order(StringComparer.Ordinal).SequenceEqual(["crl-sign", "key-cert-sign"]))
        {
            throw node.Error("A CA's 'signingUsage' is key-cert-sign and crl-sign.");
        }

        // 6.6.2.1-b: a CA's key never travels.
        if (node.Has("modules") && !node.Texts("modules").SequenceEqual(["machine"]))
        {
            throw node.Error("A CA's key is in a machine: 'modules' is [machine].");
        }

        node.Ignore("zh", "en", "clauses", "pairs", "keys");
        node.Close();
    }

    public string Id { get; }

    public int Months { get; }

    public int Days { get; }

    public bool SelfSigned { get; }

    public int? PathLength { get; }

    /// <summary>crl, ocsp, issuer: the addresses that its certificates carry.</summary>
    public IReadOnlyList<string> Addresses { get; }

    public IReadOnlyList<ProfilePart> Subject { get; }

    /// <summary>The last second of validity, counted in (R07).</summary>
    public DateTimeOffset NotAfter(DateTimeOffset notBefore) => notBefore.AddMonths(Months).AddDays(Days).AddSeconds(-1);

    public DistinguishedName Name(IReadOnlyDictionary<string, string> fields) => DistinguishedName.Create(
        Subject.Select(p => (p.Oid, Value: p.Constant ?? fields.GetValueOrDefault(p.Field!, ""), p)).Where(p => p.Value.Length > 0 || p.p.Required).Select(p => (p.Oid, p.Value.Length > 0
            ? p.Value
            : throw new CeremonyRefusal($"The subject needs '{p.p.Field}'.", "Add it to the step's 'fields'."))));

    /// <summary>What the linter holds the certificate to.</summary>
    public LintProfile ForLinter() => new()
    {
        Name = Id,
        IsAuthority = true,
        KeyUsages = [KeyUsages.KeyCertSign | KeyUsages.CrlSign],
        Purposes = [],
        PurposesCritical = false,
        LifeMonths = Months,
        LifeTime = TimeSpan.FromDays(Days),
        Subject = [.. Subject.Select(p => new LintSubjectPart(p.Oid, p.Required, p.Constant, p.Most))],
        IdentityExtensions = [],
        AlternativeNames = [],
        OcspNoCheck = false,
        NamesCrl = Addresses.Contains("crl"),
        NamesOcsp = Addresses.Contains("ocsp"),
        NamesIssuer = Addresses.Contains("issuer"),
        PathLength = PathLength,
    };

    public static AuthorityProfile Load(ScriptNode asked, string id)
    {
        string file = Path.Combine(AppContext.BaseDirectory, "policy", "profiles", id + ".yaml");
        return ProfileName().IsMatch(id) && File.Exists(file) ? new AuthorityProfile(id, ScriptNode.Load(file)) : throw asked.Error($"There is no profile '{id}'.");
    }

    private static ProfilePart Attribute(ScriptNode node)
    {
        (string Oid, int Most)? known = node.Text("attribute") switch
        {
            "C" => (Oids.Country, 2),
            "ST" => (Oids.StateOrProvince, 128),
            "L" => (Oids.Locality, 128),
            "O" => (Oids.Organization, 64),
            "OU" => (Oids.OrganizationalUnit, 64),
            "CN" => (Oids.CommonName, 64),
            _ => null,
        };
        if (known is not { } attribute)
        {
            throw node.Error("A CA's subject has C, ST, L, O, OU and CN.");
        }

        ProfilePart part = new(
            attribute.Oid, node.OptionalText("field"), node.OptionalText("constant"), node.Flag("required", true), node.Has("max") ? node.Number("max", 1, attribute.Most) : attribute.Most);
        node.Ignore("string");
        node.Close();
        return part.Field is null == part.Constant is null ? throw node.Error("An attribute has either 'field' or 'constant'.") : part;
    }

    private static int Part(Match match, int group) => match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex("^P(?=[0-9])(?:([0-9]{1,2})Y)?(?:([0-9]{1,3})M)?(?:([0-9]{1,4})D)?$")]
    private static partial Regex Period();

    [GeneratedRegex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    private static partial Regex ProfileName();
}

/// <summary>An attribute of a CA's subject.</summary>
internal sealed record ProfilePart(string Oid, string? Field, string? Constant, bool Required, int Most);
