using System.Collections.Frozen;
using System.Reflection;
using Hufu.Contracts;

namespace Hufu.Governance;

/// <summary>Reads acts.csv: <c>act,rooms,roles,differs,clauses,what</c>; lists inside a cell are separated by spaces; no quoting.</summary>
internal static class ActsFile
{
    public const string Name = "acts.csv";
    private const string Header = "act,rooms,roles,differs,clauses,what";

    private static readonly FrozenSet<string> Known = typeof(ActNames).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!).ToFrozenSet(StringComparer.Ordinal);

    public static FrozenDictionary<string, ActRule> Load(string directory, IReadOnlyDictionary<string, RoleDefinition> roles)
    {
        var path = Path.Combine(directory, Name);
        if (!File.Exists(path))
        {
            throw new PolicyException(Name, 0, "The file is missing.");
        }

        var lines = File.ReadAllLines(path);
        if (lines.Length == 0 || lines[0] != Header)
        {
            throw new PolicyException(Name, 1, $"The first line must be {Header}.");
        }

        var rules = new Dictionary<string, ActRule>(StringComparer.Ordinal);
        for (var i = 1; i < lines.Length; i++)
        {
            var rule = Read(lines[i], i + 1, roles);
            if (!rules.TryAdd(rule.Act, rule))
            {
                throw new PolicyException(Name, i + 1, $"'{rule.Act}' stands there twice.");
            }
        }

        if (Known.FirstOrDefault(act => !rules.ContainsKey(act)) is { } missing)
        {
            throw new PolicyException(Name, 0, $"The act '{missing}' is missing.");
        }

        if (rules.Values.SelectMany(rule => rule.DiffersFrom).FirstOrDefault(act => !rules.ContainsKey(act)) is { } unknown)
        {
            throw new PolicyException(Name, 0, $"'differs' names the unknown act '{unknown}'.");
        }

        // R15: entry and vetting by two persons cannot be switched off, not even here.
        foreach (var act in new[] { ActNames.RaApplicationApprove, ActNames.RaApplicationRefuse })
        {
            if (!rules[act].DiffersFrom.Contains(ActNames.RaApplicationEnter))
            {
                throw new PolicyException(Name, 0, $"'{act}' must differ from '{ActNames.RaApplicationEnter}' (R15, 6.6.1.2-d).");
            }
        }

        return rules.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static ActRule Read(string line, int number, IReadOnlyDictionary<string, RoleDefinition> roles)
    {
        var cells = line.Split(',');
        if (cells.Length != 6)
        {
            throw new PolicyException(Name, number, "A row has six cells.");
        }

        var rule = new ActRule(cells[0], Words(cells[1]), Words(cells[2]), Words(cells[3]), [.. Words(cells[4])], cells[5]);
        if (!Known.Contains(rule.Act))
        {
            throw new PolicyException(Name, number, $"The act '{rule.Act}' is unknown.");
        }

        if (rule.Rooms.Count == 0 || rule.Rooms.FirstOrDefault(room => !Rooms.All.Contains(room)) is not null)
        {
            throw new PolicyException(Name, number, "'rooms' must name rooms.");
        }

        if (rule.Roles.Count == 0 || rule.Roles.FirstOrDefault(role => !roles.ContainsKey(role)) is not null)
        {
            throw new PolicyException(Name, number, "'roles' must name roles.");
        }

        if (rule.Rooms.FirstOrDefault(room => !rule.Roles.Any(role => roles[role].ExistsIn(room))) is { } room)
        {
            throw new PolicyException(Name, number, $"Nobody in '{room}' could do it.");
        }

        return rule;
    }

    private static FrozenSet<string> Words(string cell) => cell.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
