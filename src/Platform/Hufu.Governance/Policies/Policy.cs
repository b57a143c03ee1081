using System.Collections.Frozen;
using System.Text;
using Hufu.Contracts;
using Hufu.Crypto;

namespace Hufu.Governance;

/// <summary>The policy folder, loaded and checked once at start: values, roles, acts, certificate profiles. Immutable.</summary>
public sealed class Policy
{
    private readonly Lock _adopting = new();
    private volatile ProfileSet _set;

    private Policy(
        string directory, PolicyValues values, FrozenDictionary<string, RoleDefinition> roles, FrozenDictionary<string, ActRule> acts,
        FrozenDictionary<string, ActStates> states, IReadOnlyList<SecondRule> seconds, ProfileSet set,
        WorkingCalendar calendar, IReadOnlyList<AnomalySetting> anomalies, FrozenDictionary<string, RegisterDefinition> registers, FrozenDictionary<string, ArchiveClass> archive)
    {
        Directory = directory;
        Values = values;
        RoleTable = roles;
        ActTable = acts;
        StateTable = states;
        Seconds = seconds;
        _set = set;
        Calendar = calendar;
        Anomalies = anomalies;
        RegisterTable = registers;
        ArchiveTable = archive;
    }

    private Policy(Policy other)
        : this(
            other.Directory, other.Values, other.RoleTable, other.ActTable, other.StateTable, other.Seconds, other._set, other.Calendar, other.Anomalies, other.RegisterTable, other.ArchiveTable)
    {
    }

    /// <summary>Where it was read.</summary>
    public string Directory { get; }

    /// <summary>SM3 (64 hex digits) over the names and contents of all files read, and over the profiles that were changed by acts since: which policy is in force.</summary>
    public string Digest => _set.Digest;

    /// <summary>The figures.</summary>
    public PolicyValues Values { get; }

    /// <summary>Roles by id.</summary>
    public IReadOnlyDictionary<string, RoleDefinition> Roles => RoleTable;

    /// <summary>Who may do what, by the act's name.</summary>
    public IReadOnlyDictionary<string, ActRule> Acts => ActTable;

    /// <summary>In which states of its object an act can be done, by the act's name; acts that look at no state do not stand here.</summary>
    public IReadOnlyDictionary<string, ActStates> States => StateTable;

    /// <summary>Acts that need a second person (four eyes).</summary>
    public IReadOnlyList<SecondRule> Seconds { get; }

    /// <summary>The rule by which an act needs a second person in a room, or null.</summary>
    public SecondRule? SecondOf(string act, string room) => Seconds.FirstOrDefault(rule => rule.Act == act && rule.Rooms.Contains(room));

    /// <summary>States in which an act can be done; empty when it looks at none.</summary>
    public IReadOnlyList<string> StatesOf(string act) => States.TryGetValue(act, out var states) ? states.Allowed : [];

    /// <summary>Certificate profiles by id.</summary>
    public IReadOnlyDictionary<string, CertificateProfile> Profiles => _set.Profiles;

    /// <summary>Application forms by the profile's id: one for every profile of holders.</summary>
    public IReadOnlyDictionary<string, ApplicationForm> Forms => _set.Forms;

    /// <summary>Working days and hours.</summary>
    public WorkingCalendar Calendar { get; }

    /// <summary>By which rules the audit pages list what is out of the ordinary.</summary>
    public IReadOnlyList<AnomalySetting> Anomalies { get; }

    /// <summary>Manual registers by name.</summary>
    public IReadOnlyDictionary<string, RegisterDefinition> Registers => RegisterTable;

    /// <summary>What is archived, by class.</summary>
    public IReadOnlyDictionary<string, ArchiveClass> Archive => ArchiveTable;

    /// <summary>A profile that issues certificates.</summary>
    /// <exception cref="RefusedException">ProfileUnknown.</exception>
    public CertificateProfile Profile(string id) =>
        Profiles.TryGetValue(id ?? "", out var profile) ? profile : throw new RefusedException(RefusalCode.ProfileUnknown, Shown(id), "profile");

    /// <summary>A profile that one applies for at an RA.</summary>
    /// <exception cref="RefusedException">ProfileUnknown, also for staff, service and authority profiles.</exception>
    public CertificateProfile HolderProfile(string id) =>
        Profile(id) is { Kind: ProfileKind.Holder } profile ? profile : throw new RefusedException(RefusalCode.ProfileUnknown, Shown(id), "profile");

    /// <summary>The text of a profile in force.</summary>
    /// <exception cref="RefusedException">ProfileUnknown.</exception>
    public string ProfileText(string id) =>
        _set.Texts.TryGetValue(id ?? "", out var text) ? text : throw new RefusedException(RefusalCode.ProfileUnknown, Shown(id), "profile");

    /// <summary>A room's own: profiles that it adopts are in force in it and nowhere else.</summary>
    public Policy ForRoom() => new(this);

    /// <summary>Checks the text of a profile as a file of the folder is checked, with the form that belongs to it.</summary>
    /// <param name="id">The profile, one that there is.</param>
    /// <param name="text">YAML.</param>
    /// <exception cref="PolicyException">It cannot be used.</exception>
    public CertificateProfile CheckProfile(string id, string text) => _set.With(this, id, text).Profiles[id];

    /// <summary>Puts the text of a profile in force, at once for whoever asks from now on.</summary>
    /// <exception cref="PolicyException">It cannot be used.</exception>
    public void Adopt(string id, string text)
    {
        lock (_adopting)
        {
            _set = _set.With(this, id, text);
        }
    }

    /// <summary>Reads and checks the folder.</summary>
    /// <param name="directory">Holds values.yaml, roles.yaml, acts.csv, states.csv, seconds.csv, calendar.yaml, anomalies.yaml, registers.yaml, archive.yaml, profiles/*.yaml and, where a profile has more to ask, forms/*.yaml.</param>
    /// <exception cref="PolicyException">A file is missing or wrong: unknown key, missing key, value out of bounds, or against a rule that no policy can switch off.</exception>
    public static Policy Load(string directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        var values = ValuesFile.Load(directory);
        var roles = RolesFile.Load(directory);
        var acts = ActsFile.Load(directory, roles);
        var states = StatesFile.Load(directory, acts);
        var seconds = SecondsFile.Load(directory, acts, roles);
        var folder = Path.Combine(directory, ProfileFile.Folder);
        var files = System.IO.Directory.Exists(folder)
            ? System.IO.Directory.GetFiles(folder, "*.yaml").Select(path => $"{ProfileFile.Folder}/{Path.GetFileName(path)}").Order(StringComparer.Ordinal).ToList()
            : throw new PolicyException(ProfileFile.Folder, 0, "The folder is missing.");
        var profiles = files.Select(file => ProfileFile.Load(directory, file, values)).ToFrozenDictionary(profile => profile.Id, StringComparer.Ordinal);
        var (forms, formFiles) = FormFile.Load(directory, profiles);
        var calendar = WorkingCalendar.Load(directory, values.TimeZone);
        return new Policy(
            Path.GetFullPath(directory), values, roles, acts, states, seconds,
            new ProfileSet(profiles, forms, DigestOf(directory, [ValuesFile.Name, RolesFile.Name, ActsFile.Name, StatesFile.Name, SecondsFile.Name, WorkingCalendar.FileName, AnomalyRulesFile.Name, RegistersFile.Name, ArchiveFile.Name, .. files, .. formFiles]),
                files.ToFrozenDictionary(file => Path.GetFileNameWithoutExtension(file), file => File.ReadAllText(Path.Combine(directory, file)), StringComparer.Ordinal), []),
            calendar, AnomalyRulesFile.Load(directory), RegistersFile.Load(directory, roles, acts), ArchiveFile.Load(directory));
    }

    private FrozenDictionary<string, RoleDefinition> RoleTable { get; }

    private FrozenDictionary<string, ActRule> ActTable { get; }

    private FrozenDictionary<string, ActStates> StateTable { get; }

    private FrozenDictionary<string, RegisterDefinition> RegisterTable { get; }

    private FrozenDictionary<string, ArchiveClass> ArchiveTable { get; }

    private static string DigestOf(string directory, IEnumerable<string> files)
    {
        using var hash = new Sm3Hash();
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file + "\n"));
            hash.AppendData(Sm3.HashData(File.ReadAllBytes(Path.Combine(directory, file))));
        }

        var digest = new byte[Sm3.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return Convert.ToHexStringLower(digest);
    }

    private static string Shown(string? id) => id is { Length: <= 64 } && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-') ? id : "";
}
