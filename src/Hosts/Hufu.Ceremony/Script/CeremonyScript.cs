using System.Text.RegularExpressions;
using Hufu.Ceremony.Acts;
using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Ceremony.Script;

/// <summary>Somebody named by the script.</summary>
/// <param name="Name">Real name, unique in the script.</param>
/// <param name="Role">Part in the ceremony.</param>
/// <param name="Token">The token's folder, relative to the script's or absolute (where the carrier is mounted).</param>
/// <param name="Container">The container in the token.</param>
/// <param name="CertificateDigest">SM3 of the certificate, lower-case hex: whoever wrote the script says who is who.</param>
internal sealed record ScriptPerson(string Name, PersonRole Role, string Token, string Container, string CertificateDigest);

/// <summary>Parts in a ceremony. Nobody has two (6.6.1.2-b).</summary>
internal enum PersonRole
{
    /// <summary>主持人: leads through the script.</summary>
    Leader,

    /// <summary>密钥管理员: answers for the keys.</summary>
    KeyManager,

    /// <summary>操作员: whose token activates a device.</summary>
    Operator,

    /// <summary>密钥分量持有人: administers devices, several together.</summary>
    ShareHolder,

    /// <summary>见证人: sees and signs.</summary>
    Witness,
}

/// <summary>A device that the script uses.</summary>
/// <param name="Name">Its name in the script.</param>
/// <param name="Folder">Where it lies, relative to the script's folder or absolute.</param>
/// <param name="Operators">Whose tokens activate it.</param>
/// <param name="Holders">Who administers it.</param>
internal sealed record ScriptDevice(string Name, string Folder, IReadOnlyList<ScriptPerson> Operators, IReadOnlyList<ScriptPerson> Holders);

/// <summary>A written script: who, with what, in which order. Read whole and checked before anything is done.</summary>
internal sealed partial class CeremonyScript
{
    private const int MostSteps = 200;

    private CeremonyScript(string path, ScriptNode node)
    {
        Folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Digest = CeremonyTranscript.Digest(File.ReadAllBytes(path));
        Id = node.Text("id");
        TitleZh = node.Text("zh");
        TitleEn = node.Text("en");
        Place = node.Text("place");
        Threshold = node.Has("threshold") ? node.Number("threshold", 2, 32) : 3;
        People = [.. node.Maps("people").Select(Person)];
        Distinct(node, People.Select(p => p.Name), "person");
        Distinct(node, People.Select(p => p.CertificateDigest), "certificate");
        Demand(node, PersonRole.Leader, 1);
        Demand(node, PersonRole.KeyManager, 1);
        Devices = [.. node.Maps("devices").Select(Device)];
        Distinct(node, Devices.Select(d => d.Name), "device");
        IReadOnlyList<ScriptNode> steps = node.Maps("steps");
        if (steps.Count is 0 or > MostSteps)
        {
            throw node.Error($"A script has 1 to {MostSteps} steps.");
        }

        if (!KebabCase().IsMatch(Id))
        {
            throw node.Error("'id' is kebab-case.");
        }

        Steps = [.. steps.Select(step => ActReader.Read(step, this))];
        if (Steps[0] is not Presence)
        {
            throw steps[0].Error("The first step is 'presence': nothing is done before everybody has shown that they are there.");
        }

        node.Close();
    }

    public string Folder { get; }

    public string Digest { get; }

    public string Id { get; }

    public string TitleZh { get; }

    public string TitleEn { get; }

    public string Place { get; }

    /// <summary>How many share holders suffice.</summary>
    public int Threshold { get; }

    public IReadOnlyList<ScriptPerson> People { get; }

    public IReadOnlyList<ScriptDevice> Devices { get; }

    public IReadOnlyList<CeremonyStep> Steps { get; }

    /// <summary>Reads and checks a script. Nothing is done yet.</summary>
    /// <exception cref="ScriptException">With the line.</exception>
    public static CeremonyScript Load(string path) => new(path, ScriptNode.Load(path));

    public ScriptPerson Person(ScriptNode node, string name) =>
        People.FirstOrDefault(p => p.Name == name) ?? throw node.Error($"'{name}' is none of the script's people.");

    public ScriptDevice Device(ScriptNode node, string name) =>
        Devices.FirstOrDefault(d => d.Name == name) ?? throw node.Error($"'{name}' is none of the script's devices.");

    public IEnumerable<ScriptPerson> Of(PersonRole role) => People.Where(p => p.Role == role);

    private static ScriptPerson Person(ScriptNode node)
    {
        string role = node.Text("role");
        PersonRole? known = role switch
        {
            "leader" => PersonRole.Leader,
            "key-manager" => PersonRole.KeyManager,
            "operator" => PersonRole.Operator,
            "share-holder" => PersonRole.ShareHolder,
            "witness" => PersonRole.Witness,
            _ => null,
        };
        ScriptPerson person = new(
            node.Text("name"), known ?? throw node.Error($"The role '{role}' is none of leader, key-manager, operator, share-holder, witness."),
            node.Text("token"), node.OptionalText("container") ?? PersonToken.Container, node.Text("certificate"));
        node.Close();
        return Sm3Hex().IsMatch(person.CertificateDigest) ? person : throw node.Error("'certificate' is the SM3 of the person's certificate: 64 lower-case hex digits (hufu ceremony person).");
    }

    [Clause("6.6.2.2-a")]
    private ScriptDevice Device(ScriptNode node)
    {
        ScriptDevice device = new(
            node.Text("name"), node.Text("folder"),
            [.. node.Texts("operators").Select(n => Person(node, n))], [.. node.Texts("holders").Select(n => Person(node, n))]);
        node.Close();
        if (device.Operators.Count == 0 || device.Operators.Any(p => p.Role != PersonRole.Operator))
        {
            throw node.Error("'operators' names people of the role operator, at least one.");
        }

        if (device.Holders.Any(p => p.Role != PersonRole.ShareHolder) || device.Holders.Count < Threshold || device.Holders.Distinct().Count() != device.Holders.Count)
        {
            throw node.Error($"'holders' names different people of the role share-holder, at least {Threshold}.");
        }

        return KebabCase().IsMatch(device.Name) ? device : throw node.Error("A device's name is kebab-case.");
    }

    private void Demand(ScriptNode node, PersonRole role, int least)
    {
        if (Of(role).Count() < least)
        {
            throw node.Error($"'people' names at least {least} of the role {role}.");
        }
    }

    private static void Distinct(ScriptNode node, IEnumerable<string> names, string what)
    {
        if (names.GroupBy(n => n, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw node.Error($"The {what} '{twice.Key}' stands there twice.");
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    private static partial Regex KebabCase();

    [GeneratedRegex("^[0-9a-f]{64}$")]
    private static partial Regex Sm3Hex();
}
