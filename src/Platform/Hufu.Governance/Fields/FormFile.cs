using System.Collections.Frozen;
using Hufu.Contracts;

namespace Hufu.Governance;

/// <summary>Reads policy/forms/*.yaml. A form may ask more than its profile, never less: a profile's papers and checks must all be in it.</summary>
internal static class FormFile
{
    public const string Folder = "forms";

    private static readonly CheckMeans[] AllMeans = Enum.GetValues<CheckMeans>();
    private static readonly RevocationAsker[] AllAskers = Enum.GetValues<RevocationAsker>();

    /// <summary>Every holders' profile's form by the profile's id, and the files that were read.</summary>
    public static (IReadOnlyDictionary<string, ApplicationForm> Forms, IReadOnlyList<string> Files) Load(string directory, IReadOnlyDictionary<string, CertificateProfile> profiles)
    {
        var folder = Path.Combine(directory, Folder);
        var files = System.IO.Directory.Exists(folder) ? System.IO.Directory.GetFiles(folder, "*.yaml").Select(path => $"{Folder}/{Path.GetFileName(path)}").Order(StringComparer.Ordinal).ToList() : [];
        var forms = new Dictionary<string, ApplicationForm>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var map = YamlMap.Load(directory, file);
            var id = map.Text("profile");
            if (id != Path.GetFileNameWithoutExtension(file) || !profiles.TryGetValue(id, out var profile) || profile.Kind != ProfileKind.Holder)
            {
                throw map.Error("'profile' must be the file's name and a profile of holders.");
            }

            forms.Add(id, Read(map, profile));
        }

        foreach (var profile in profiles.Values.Where(profile => profile.Kind == ProfileKind.Holder && !forms.ContainsKey(profile.Id)))
        {
            forms.Add(profile.Id, Of(profile));
        }

        return (forms.ToFrozenDictionary(StringComparer.Ordinal), files);
    }

    private static ApplicationForm Read(YamlMap map, CertificateProfile profile)
    {
        var applicant = map.Map("applicant");
        var price = map.Has("price") ? map.Map("price") : null;
        var form = new ApplicationForm
        {
            Profile = profile.Id,
            Clauses = map.Texts("clauses"),
            ApplicantZh = applicant.Text("zh"),
            ApplicantEn = applicant.Text("en"),
            Channels = map.Words<ApplicationChannel>("channels"),
            Help = map.Maps("help").Select(help => Help(help, profile)).ToDictionary(help => help.Name, help => (help.Zh, help.En), StringComparer.Ordinal),
            Documents = [.. map.Maps("documents").Select(document => Document(document, profile))],
            Checks = [.. map.Maps("checks").Select(check => Check(check, profile))],
            Initiators = map.Words<RevocationAsker>("initiators"),
            Media = map.Words<MediumKind>("media"),
            FirstPrice = price?.Number("first", 0, 100_000_000) ?? 0,
            RenewalPrice = price?.Number("renewal", 0, 100_000_000) ?? 0,
        };
        price?.Close();
        applicant.Close();
        map.Close();
        if (form.Channels.Count == 0 || form.Initiators.Count == 0)
        {
            throw map.Error("'channels' and 'initiators' name at least one each.");
        }

        if (profile.Evidence.FirstOrDefault(kind => !form.Documents.Any(document => document.Id == kind.Id && document.Required)) is { } paper)
        {
            throw map.Error($"The profile's paper '{paper.Id}' is not among the required documents.");
        }

        if (profile.Checks.FirstOrDefault(known => form.Checks.All(check => check.Id != known.Id)) is { } missing)
        {
            throw map.Error($"The profile's check '{missing.Id}' is not among the checks.");
        }

        if (form.Documents.DistinctBy(document => document.Id).Count() != form.Documents.Count || form.Checks.DistinctBy(check => check.Id).Count() != form.Checks.Count)
        {
            throw map.Error("An id stands there twice.");
        }

        // 6.1.3.2-b, -d: that the entity exists, and that it knows of and authorises the application, is established whatever a policy says.
        return form.Checks.Any(check => check is { Finding: FindingKind.Entity, When: null }) && form.Checks.Any(check => check is { Finding: FindingKind.Belongs, When: null })
            ? form
            : throw map.Error("Two checks at least are always asked: one that establishes the entity, one that the application is its own.");
    }

    private static (string Name, string Zh, string En) Help(YamlMap map, CertificateProfile profile)
    {
        var help = (Field(map, map.Text("field"), profile)!, map.Text("zh"), map.Text("en"));
        map.Close();
        return help;
    }

    private static FormDocument Document(YamlMap map, CertificateProfile profile)
    {
        var document = new FormDocument(
            map.Text("id"), map.Text("zh"), map.Text("en"), map.Flag("required", true), Field(map, map.OptionalText("when"), profile), map.Has("valid") ? map.Period("valid") : null, map.Flag("batch", false),
            map.Texts("accepts"));
        map.Close();
        return IsKebabCase(document.Id) ? document : throw map.Error($"'{document.Id}' is not kebab-case.");
    }

    private static FormCheck Check(YamlMap map, CertificateProfile profile)
    {
        var check = new FormCheck(
            map.Text("id"), map.Text("zh"), map.Text("en"), map.Text("clause"), map.Word<FindingKind>("finding"), map.Words<CheckMeans>("means"), Field(map, map.OptionalText("when"), profile),
            map.OptionalText("source"), map.Flag("independentNumber", false), map.Flag("atRenewal", true));
        map.Close();
        return check.Means.Count == 0 ? throw map.Error("A check has at least one means.")
            : check.Source is not null && !check.Means.Contains(CheckMeans.Database) && !check.Means.Contains(CheckMeans.Registrar) ? throw map.Error("A source answers checks by database or registrar.")
            : IsKebabCase(check.Id) ? check : throw map.Error($"'{check.Id}' is not kebab-case.");
    }

    private static string? Field(YamlMap map, string? name, CertificateProfile profile) =>
        name is null || profile.Field(name) is not null ? name : throw map.Error($"The profile has no field '{name}'.");

    private static bool IsKebabCase(string id) => id.Length <= 40 && id.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-') && char.IsAsciiLetterLower(id[0]) && id[^1] != '-';

    private static ApplicationForm Of(CertificateProfile profile) => new()
    {
        Profile = profile.Id,
        Clauses = profile.Clauses,
        ApplicantZh = "申请人或其授权的经办人",
        ApplicantEn = "The applicant or an authorised agent",
        Channels = [ApplicationChannel.Online, ApplicationChannel.Counter],
        Help = FrozenDictionary<string, (string, string)>.Empty,
        Documents = [.. profile.Evidence.Select(kind => new FormDocument(kind.Id, kind.Zh, kind.En, true, null, null, false, []))],
        Checks = [.. profile.Checks.Select((check, i) => new FormCheck(check.Id, check.Zh, check.En, check.Clause, i == 0 ? FindingKind.Entity : FindingKind.Belongs, AllMeans, null, null, false, true))],
        Initiators = AllAskers,
        Media = [],
    };
}
