using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Ca.Rules;

/// <summary>Possession of the private key is proven by the request's own signature, SM2 with SM3 over Z and the default user id (6.1.3.2-a).</summary>
internal static class PossessionIsProven
{
    /// <exception cref="RefusedException">PossessionNotProven, KeyWeak (another algorithm, or a point off the curve).</exception>
    [Clause("6.1.3.2-a")]
    public static void Demand(CertificationRequest request)
    {
        Possession possession;
        try
        {
            possession = request.CheckPossession();
        }
        catch (PkiException exception)
        {
            throw new RefusedException(RefusalCode.KeyWeak, exception.Message, "request");
        }

        if (possession != Possession.Proven)
        {
            throw new RefusedException(RefusalCode.PossessionNotProven, Evidence(possession), "request");
        }
    }

    private static string Evidence(Possession possession) => possession switch
    {
        Possession.WithoutZ => "The signature was made without Z.",
        Possession.EmptyId => "Z was computed with an empty user id.",
        _ => "Another key signed the request, or it was changed.",
    };
}
