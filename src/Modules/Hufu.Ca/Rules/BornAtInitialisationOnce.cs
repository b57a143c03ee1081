using Hufu.Contracts;

namespace Hufu.Ca.Rules;

/// <summary>Roles that a room's initialisation fills are filled once, by the room itself and without an appointing act.</summary>
internal static class BornAtInitialisationOnce
{
    /// <exception cref="RefusedException">StateWrong, RoleMissing.</exception>
    public static void Demand(bool byAct, long already, string role)
    {
        if (byAct)
        {
            throw new RefusedException(RefusalCode.RoleMissing, $"Nobody appoints a {role}: the role is filled at initialisation.", "appointment");
        }

        if (already > 0)
        {
            throw new RefusedException(RefusalCode.StateWrong, $"The room has its {role} already.", "role");
        }
    }
}
