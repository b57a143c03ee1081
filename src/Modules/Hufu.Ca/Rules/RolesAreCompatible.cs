using Hufu.Contracts;
using Hufu.Governance;

namespace Hufu.Ca.Rules;

/// <summary>The CA certifies nobody into two roles of a room that exclude one another: no name is entry clerk and vetter both (R15, 6.6.1.2-d).</summary>
internal static class RolesAreCompatible
{
    /// <exception cref="RefusedException">RolesIncompatible.</exception>
    [Clause("6.6.1.2-d")]
    public static void Demand(RoleDefinition role, IReadOnlyList<string> held, string name)
    {
        if (held.FirstOrDefault(role.IncompatibleWith.Contains) is { } other)
        {
            throw new RefusedException(RefusalCode.RolesIncompatible, $"{name} is {other}; that excludes {role.Id}.", "role");
        }
    }
}
