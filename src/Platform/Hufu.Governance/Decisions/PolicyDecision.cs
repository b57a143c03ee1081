using Hufu.Contracts;

namespace Hufu.Governance;

// The order of checks; the first that fails is the refusal:
//   1 the act is one of the room
//   2 a role of the person allows it
//   3 no two of the person's roles exclude one another (6.6.1.2-d)
//   4 the object's state allows it, where the state is looked at
//   5 the person has not done what acts.csv says another must have done, and is not one whom the room excludes

/// <summary>The policy decision, in one place (R22): (actor, roles, unit, act, object, state) → allow with obligations, or deny with a reason. Pure: rules are data (acts.csv, roles.yaml, states.csv).</summary>
public static class PolicyDecision
{
    /// <summary>Decides.</summary>
    /// <param name="policy">The rules.</param>
    /// <param name="facts">What is looked at.</param>
    [Clause("6.6.2.6-d")]
    [Clause("6.6.1.2-d")]
    public static Decision Of(Policy policy, DecisionFacts facts)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(facts);

        // 1
        if (!policy.Acts.TryGetValue(facts.Act, out var rule) || !rule.Rooms.Contains(facts.Room))
        {
            return Deny(RefusalCode.RoleMissing, $"'{facts.Act}' is no act of '{facts.Room}'.", "act");
        }

        // 2
        if (!facts.Roles.Any(rule.Roles.Contains))
        {
            return Deny(RefusalCode.RoleMissing, $"Who may: {string.Join(", ", WhoMay(policy, rule, facts.Room).Select(role => $"{role.TitleZh} ({role.Id})"))}.", "person");
        }

        // 3
        foreach (var role in facts.Roles)
        {
            if (policy.Roles.TryGetValue(role, out var definition) && facts.Roles.FirstOrDefault(definition.IncompatibleWith.Contains) is { } other)
            {
                return Deny(RefusalCode.RolesIncompatible, $"{facts.Name}: {definition.TitleZh} / {policy.Roles[other].TitleZh} (6.6.1.2-d).", "person");
            }
        }

        // 4
        var states = policy.StatesOf(facts.Act);
        if (facts.State is { } state && states.Count > 0 && !states.Contains(state))
        {
            return Deny(RefusalCode.StateWrong, $"In state '{state}' it cannot be done; in {string.Join(", ", states)} it can.", "state");
        }

        // 5
        return facts.NamedByRoom || rule.DiffersFrom.Any(facts.HandsIn.Contains)
            ? Deny(RefusalCode.SamePerson, $"{facts.Name} has had a hand in it before.", "person")
            : new Decision(true, null, "", null, [.. rule.DiffersFrom.Order(StringComparer.Ordinal).Select(act => $"another person than who did {act}")]);
    }

    /// <summary>The roles that may do an act in a room, by id.</summary>
    public static IReadOnlyList<RoleDefinition> WhoMay(Policy policy, ActRule rule, string room)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(rule);
        return [.. rule.Roles.Order(StringComparer.Ordinal).Select(role => policy.Roles[role]).Where(role => role.ExistsIn(room))];
    }

    private static Decision Deny(RefusalCode code, string reason, string field) => new(false, code, reason, field, []);
}
