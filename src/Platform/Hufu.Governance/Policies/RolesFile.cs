using System.Collections.Frozen;
using Hufu.Contracts;

namespace Hufu.Governance;

/// <summary>Reads roles.yaml.</summary>
internal static class RolesFile
{
    public const string Name = "roles.yaml";

    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        StringComparer.Ordinal, Roles.SuperAdministrator, Roles.AuditAdministrator, Roles.BusinessAdministrator, Roles.Operator, Roles.Auditor, Roles.ShareHolder, Roles.EntryClerk, Roles.Vetter);

    /// <summary>Pairs that no policy can make compatible: 6.6.1.2-d, and R15 for the last.</summary>
    private static readonly (string One, string Other)[] NeverTogether =
    [
        (Roles.Operator, Roles.Auditor), (Roles.Operator, Roles.AuditAdministrator), (Roles.SuperAdministrator, Roles.AuditAdministrator), (Roles.BusinessAdministrator, Roles.Auditor),
        (Roles.ShareHolder, Roles.SuperAdministrator), (Roles.ShareHolder, Roles.AuditAdministrator), (Roles.ShareHolder, Roles.BusinessAdministrator),
        (Roles.EntryClerk, Roles.Vetter),
    ];

    public static FrozenDictionary<string, RoleDefinition> Load(string directory)
    {
        var file = YamlMap.Load(directory, Name);
        var roles = new Dictionary<string, RoleDefinition>(StringComparer.Ordinal);
        var incompatible = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var key in file.Keys.ToList())
        {
            var entry = file.Map(key);
            if (!Known.Contains(key))
            {
                throw entry.Error($"The role '{key}' is unknown.");
            }

            var appointedBy = new Dictionary<string, string>(StringComparer.Ordinal);
            var by = entry.Map("appointedBy");
            foreach (var room in by.Keys.ToList())
            {
                var appointer = by.Text(room);
                if (!Rooms.All.Contains(room) || (appointer != RoleDefinition.ByInitialisation && !Known.Contains(appointer)))
                {
                    throw by.Error($"'{room}: {appointer}' names no room or no role.");
                }

                appointedBy[room] = appointer;
            }

            incompatible[key] = [.. entry.Texts("incompatibleWith")];
            roles[key] = new RoleDefinition(
                key, entry.Text("zh"), entry.Text("en"), entry.Text("duty"), appointedBy.ToFrozenDictionary(StringComparer.Ordinal), FrozenSet<string>.Empty) { Conditions = entry.Words<FitnessKind>("conditions") };
            entry.Close();
        }

        if (Known.FirstOrDefault(role => !roles.ContainsKey(role)) is { } missing)
        {
            throw file.Error($"The role '{missing}' is missing.");
        }

        // Written once, it holds both ways.
        foreach (var (role, others) in incompatible.ToList())
        {
            foreach (var other in others.ToList())
            {
                if (!incompatible.TryGetValue(other, out var mirror) || other == role)
                {
                    throw file.Error($"'{role}' cannot be incompatible with '{other}'.");
                }

                mirror.Add(role);
            }
        }

        foreach (var (one, other) in NeverTogether)
        {
            if (!incompatible[one].Contains(other))
            {
                throw file.Error($"'{one}' and '{other}' must be incompatible (6.6.1.2-d).");
            }
        }

        foreach (var role in roles.Values)
        {
            foreach (var (room, appointer) in role.AppointedBy)
            {
                if (appointer != RoleDefinition.ByInitialisation && !roles[appointer].ExistsIn(room))
                {
                    throw file.Error($"'{role.Id}' is appointed by '{appointer}', which '{room}' does not have.");
                }
            }
        }

        file.Close();
        return roles.Values.Select(role => role with { IncompatibleWith = incompatible[role.Id].ToFrozenSet(StringComparer.Ordinal) }).ToFrozenDictionary(role => role.Id, StringComparer.Ordinal);
    }
}
