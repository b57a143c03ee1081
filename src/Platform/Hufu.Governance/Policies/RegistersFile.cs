using System.Collections.Frozen;
using Hufu.Contracts;

namespace Hufu.Governance;

/// <summary>A type of manual register (6.6.1.4-i), data of policy/registers.yaml.</summary>
/// <param name="Id">Its name, kebab-case.</param>
/// <param name="Clause">The clause that asks for it.</param>
/// <param name="Zh">Its title in Chinese.</param>
/// <param name="En">In English.</param>
/// <param name="RecordedBy">Roles that record in it.</param>
/// <param name="ReadBy">Roles that read it.</param>
/// <param name="ScanNeeded">Whether an entry needs a scan.</param>
/// <param name="Fields">Its fields in their order.</param>
public sealed record RegisterDefinition(
    string Id, string Clause, string Zh, string En, IReadOnlySet<string> RecordedBy, IReadOnlySet<string> ReadBy, bool ScanNeeded, IReadOnlyList<RegisterField> Fields);

/// <summary>Reads registers.yaml.</summary>
internal static class RegistersFile
{
    public const string Name = "registers.yaml";

    public static FrozenDictionary<string, RegisterDefinition> Load(string directory, IReadOnlyDictionary<string, RoleDefinition> roles, IReadOnlyDictionary<string, ActRule> acts)
    {
        var file = YamlMap.Load(directory, Name);
        var types = new Dictionary<string, RegisterDefinition>(StringComparer.Ordinal);
        foreach (var id in file.Keys.ToList())
        {
            var entry = file.Map(id);
            if (!IsName(id))
            {
                throw entry.Error($"'{id}' must be a name of small letters, digits and hyphens, up to 40.");
            }

            // A role that may not do the act at all could not record here whatever stands here.
            var by = Named("recordedBy", ActNames.RegisterEntryRecord);
            var readers = Named("readBy", ActNames.RegisterEntriesRead);
            var fields = entry.Maps("fields").Select(Field).ToList();
            if (fields.Count is 0 or > 20 || fields.DistinctBy(field => field.Id).Count() != fields.Count)
            {
                throw entry.Error("A register has 1 to 20 fields, each name once.");
            }

            types[id] = new RegisterDefinition(id, entry.Text("clause"), entry.Text("zh"), entry.Text("en"), by, readers, entry.Flag("scanNeeded", otherwise: false), fields);
            entry.Close();

            FrozenSet<string> Named(string key, string act)
            {
                var named = entry.Texts(key).ToFrozenSet(StringComparer.Ordinal);
                return named.Count > 0 && named.All(role => roles.ContainsKey(role) && acts[act].Roles.Contains(role))
                    ? named
                    : throw entry.ErrorAt(key, $"'{key}' must name roles that may do '{act}'.");
            }
        }

        return types.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static RegisterField Field(YamlMap map)
    {
        var kind = map.Word<RegisterFieldKind>("kind");
        var choices = map.Texts("choices");
        var field = new RegisterField(map.Text("id"), map.Text("zh"), map.Text("en"), kind, map.Flag("needed", otherwise: false), map.Flag("private", otherwise: false), choices);
        map.Close();
        return kind == RegisterFieldKind.Choice != choices.Count > 0 || !IsName(field.Id) ? throw map.Error("A choice has choices and nothing else has; names are small letters, digits and hyphens.") : field;
    }

    private static bool IsName(string text) => text.Length is > 0 and <= 40 && text.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-');
}
