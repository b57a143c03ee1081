using Hufu.Ceremony.Script;
using Hufu.Devices;

namespace Hufu.Ceremony.Acts;

/// <summary>The words of a script and what they mean.</summary>
internal static class ActReader
{
    private static readonly Dictionary<string, Func<ScriptNode, CeremonyScript, CeremonyStep>> s_words = new(StringComparer.Ordinal)
    {
        ["presence"] = (_, script) => new Presence(script.People),
        ["create-device"] = (node, script) => new CreateDevice(Device(node, script), script),
        ["verify-shares"] = (node, script) => new VerifyShares(Device(node, script)),
        ["activate"] = (node, script) => new Activate(Device(node, script), Operator(node, script)),
        ["deactivate"] = (node, script) => new Deactivate(Device(node, script)),
        ["generate"] = (node, script) => new Generate(Device(node, script), node.Text("key"), Use(node), [.. script.Of(PersonRole.Leader), .. script.Of(PersonRole.KeyManager)]),
        ["self-sign"] = (node, script) => new SelfSign(Device(node, script), AuthorityText.Read(node), KeyManagers(script)),
        ["request"] = (node, script) => new MakeRequest(Device(node, script), AuthorityText.Read(node), KeyManagers(script)),
        ["sign-authority"] = (node, script) => new SignAuthority(
            Device(node, script), AuthorityText.Read(node), node.Text("issuer"), node.Text("request"),
            new(node.OptionalText("crl"), node.OptionalText("ocsp"), node.OptionalText("issuerAddress")), KeyManagers(script)),
        ["sign-list"] = (node, script) => new SignList(
            Device(node, script), node.Text("key"), node.Text("issuer"), node.OptionalText("entries"), node.Number("number", 1, int.MaxValue), node.Number("months", 1, 12), node.Text("to"),
            KeyManagers(script)),
        ["back-up"] = (node, script) => new BackUp(Device(node, script), node.Text("to"), script),
        ["check-backup"] = (node, script) => new CheckBackup(Device(node, script), node.Text("backup"), Holders(node, script)),
        ["restore"] = (node, script) => new Restore(Device(node, script), node.Text("backup"), Holders(node, script), script),
        ["clone"] = (node, script) => new Clone(Device(node, script), script.Device(node, node.Text("to")), script),
        ["archive"] = (node, script) => new Archive(Device(node, script), node.Text("key"), node.Text("certificate"), Holders(node, script), KeyManagers(script)),
        ["prove-archived"] = (node, script) => new ProveArchived(Device(node, script), node.Text("key"), Operator(node, script)),
        ["destroy"] = (node, script) => new Destroy(Device(node, script), node.OptionalText("key"), Holders(node, script), node.Texts("search"), KeyManagers(script)),
        ["destroy-files"] = (node, script) => new DestroyFiles(node.Texts("files") is { Count: > 0 } files ? files : throw node.Error("'files' names what is destroyed."), Holders(node, script)),
        ["note"] = (node, script) => new Note(node.Text("zh"), node.Text("en"), [.. script.Of(PersonRole.Leader)]),
    };

    public static IEnumerable<string> Words => s_words.Keys;

    public static CeremonyStep Read(ScriptNode node, CeremonyScript script)
    {
        string word = node.Text("do");
        if (!s_words.TryGetValue(word, out Func<ScriptNode, CeremonyScript, CeremonyStep>? read))
        {
            throw node.Error($"'{word}' is none of {string.Join(", ", s_words.Keys)}.");
        }

        CeremonyStep step = read(node, script);
        node.Close();
        return step;
    }

    private static KeyUse Use(ScriptNode node) => node.OptionalText("use") switch
    {
        null or "signing" => KeyUse.Signing,
        "encryption" => KeyUse.Encryption,
        _ => throw node.Error("'use' is signing or encryption."),
    };

    private static ScriptDevice Device(ScriptNode node, CeremonyScript script) => script.Device(node, node.Text("device"));

    private static ScriptPerson Operator(ScriptNode node, CeremonyScript script)
    {
        ScriptPerson person = script.Person(node, node.Text("operator"));
        return person.Role == PersonRole.Operator ? person : throw node.Error($"'{person.Name}' is not an operator.");
    }

    private static ScriptPerson[] KeyManagers(CeremonyScript script) => [.. script.Of(PersonRole.KeyManager)];

    /// <summary>Enough different share holders (6.6.2.2-a): a script that names fewer is wrong before anything happens.</summary>
    private static ScriptPerson[] Holders(ScriptNode node, CeremonyScript script)
    {
        ScriptPerson[] holders = [.. node.Texts("holders").Select(name => script.Person(node, name)).Distinct()];
        return holders.Length >= script.Threshold && holders.All(p => p.Role == PersonRole.ShareHolder)
            ? holders
            : throw node.Error($"'holders' names at least {script.Threshold} different share holders.");
    }
}
