using Hufu.Contracts;

namespace Hufu.Governance;

/// <summary>Every cell of role × act × state per room, as <see cref="PolicyDecision"/> decides it for a person who holds that role alone and has had no hand in the object.</summary>
public static class PolicyMatrix
{
    /// <summary>The cells, by room, act, role and state, each in the policy's order.</summary>
    public static IReadOnlyList<MatrixCell> Of(Policy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return
        [
            .. from room in Rooms.All
               from rule in policy.Acts.Values.Where(rule => rule.Rooms.Contains(room)).OrderBy(rule => rule.Act, StringComparer.Ordinal)
               from role in policy.Roles.Values.Where(role => role.ExistsIn(room)).OrderBy(role => role.Id, StringComparer.Ordinal)
               from state in policy.States.TryGetValue(rule.Act, out var states) ? states.All : ["-"]
               select Cell(policy, room, rule, role, state),
        ];
    }

    private static MatrixCell Cell(Policy policy, string room, ActRule rule, RoleDefinition role, string state)
    {
        var decision = PolicyDecision.Of(policy, new DecisionFacts { Room = room, Act = rule.Act, Name = role.TitleZh, Roles = [role.Id], State = state == "-" ? null : state });
        var second = policy.SecondOf(rule.Act, room);
        IReadOnlyList<string> obligations = !decision.Allowed || second is null
            ? decision.Obligations
            : [.. decision.Obligations, $"a second person, {(second.When == SecondWhen.Always ? "after the founding period" : "when something is replaced")}: {string.Join(" or ", second.Roles.Order(StringComparer.Ordinal).Where(one => policy.Roles[one].ExistsIn(room)))}"];
        return new MatrixCell(room, rule.Act, role.Id, state, decision.Allowed, decision.Code is { } code ? ContractWords.Of(code) : null, decision.Reason, obligations);
    }
}

/// <summary>One cell of the matrix.</summary>
/// <param name="Room">The room.</param>
/// <param name="Act">The act.</param>
/// <param name="Role">The role.</param>
/// <param name="State">The object's state, or <c>-</c> where none is looked at.</param>
/// <param name="Allowed">The decision.</param>
/// <param name="Code">The refusal's code in kebab-case, or null.</param>
/// <param name="Reason">Why not, in words.</param>
/// <param name="Obligations">What binds an allowed act.</param>
public sealed record MatrixCell(string Room, string Act, string Role, string State, bool Allowed, string? Code, string Reason, IReadOnlyList<string> Obligations);
