using Hufu.Contracts;

namespace Hufu.Ca.Rules;

/// <summary>The reason that will stand in the CRL is the one of the stated ground (6.2.7.1-a), and the invalidity date is no prophecy.</summary>
internal static class GroundFitsCase
{
    /// <exception cref="RefusedException">FieldInvalid.</exception>
    [Clause("6.2.7.1-a")]
    public static void Demand(RevocationCase? stated, RevocationReason reason, DateTimeOffset now)
    {
        if (stated is null)
        {
            return;
        }

        if (!Enum.IsDefined(stated.Ground) || !Enum.IsDefined(stated.Asker))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "There is no such ground or asker.", "case");
        }

        if (RevocationGrounds.ReasonOf(stated.Ground) != reason)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"The ground {stated.Ground} is the reason {RevocationGrounds.ReasonOf(stated.Ground)}, not {reason}.", "reason");
        }

        if (stated.InvalidFrom > now)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "The invalidity date lies in the future.", "case.invalidFrom");
        }
    }
}
