using System.Collections.Frozen;
using Hufu.Contracts;

namespace Hufu.Governance;

/// <summary>When an act needs a second person.</summary>
public enum SecondWhen
{
    /// <summary>Always, but in the founding period of a room.</summary>
    Always,

    /// <summary>When the same was done to the same object before: something is replaced. Also in the founding period.</summary>
    Again,
}

/// <summary>A row of policy/seconds.csv: an act that needs a second person (four eyes).</summary>
/// <param name="Act">The act.</param>
/// <param name="Rooms">Rooms in which it does.</param>
/// <param name="When">When.</param>
/// <param name="Roles">Roles of which the second person holds one.</param>
public sealed record SecondRule(string Act, IReadOnlySet<string> Rooms, SecondWhen When, IReadOnlySet<string> Roles);

/// <summary>Reads seconds.csv: <c>act,rooms,when,roles</c>.</summary>
internal static class SecondsFile
{
    public const string Name = "seconds.csv";
    private const string Header = "act,rooms,when,roles";

    public static IReadOnlyList<SecondRule> Load(string directory, IReadOnlyDictionary<string, ActRule> acts, IReadOnlyDictionary<string, RoleDefinition> roles)
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

        var rules = new List<SecondRule>();
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i].Split(',') is not [var act, var rooms, var when, var who] || !acts.TryGetValue(act, out var rule) || !Enum.TryParse<SecondWhen>(when, ignoreCase: true, out var at) || when.Any(char.IsUpper))
            {
                throw new PolicyException(Name, i + 1, "A row has an act that acts.csv knows, rooms, 'always' or 'again', and roles.");
            }

            var seconding = new SecondRule(act, Words(rooms), at, Words(who));
            if (seconding.Rooms.Count == 0 || !seconding.Rooms.IsSubsetOf(rule.Rooms) || rules.Any(other => other.Act == act && other.Rooms.Overlaps(seconding.Rooms)))
            {
                throw new PolicyException(Name, i + 1, "'rooms' must be rooms of the act, each once.");
            }

            if (seconding.Roles.Any(role => !roles.ContainsKey(role) || !acts[ActNames.Second].Roles.Contains(role))
                || seconding.Rooms.FirstOrDefault(room => !seconding.Roles.Any(role => roles[role].ExistsIn(room))) is not null)
            {
                throw new PolicyException(Name, i + 1, $"'roles' must be roles that may do '{ActNames.Second}' and exist in every room of the row.");
            }

            rules.Add(seconding);
        }

        // Four eyes over appointments cannot be switched off, not even here (6.6.1.2-b).
        foreach (var room in acts[ActNames.StaffAppoint].Rooms)
        {
            if (!rules.Any(rule => rule.Act == ActNames.StaffAppoint && rule.When == SecondWhen.Always && rule.Rooms.Contains(room)))
            {
                throw new PolicyException(Name, 0, $"'{ActNames.StaffAppoint}' must always need a second person in '{room}' (6.6.1.2-b).");
            }
        }

        return rules;
    }

    private static FrozenSet<string> Words(string cell) => cell.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
