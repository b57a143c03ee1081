using Hufu.Ca.Certificates;
using Hufu.Ca.Revocation;
using Hufu.Contracts;

namespace Hufu.Ca.Rules;

/// <summary>What is good may be suspended or revoked; what is suspended may be resumed or revoked; what is revoked stays so. Only holders' certificates are suspended: a person or room of ours is revoked.</summary>
internal static class StandingMayChange
{
    /// <returns>Since when what is asked for is so already; null when there is something to do.</returns>
    public static long? IsSo(StandingChange change, RevocationRow? standing) => change switch
    {
        StandingChange.Revoke when standing is { IsHold: false } => standing.RevokedAt,
        StandingChange.Suspend when standing is { IsHold: true } => standing.RevokedAt,
        _ => null,
    };

    /// <exception cref="RefusedException">StateWrong.</exception>
    public static void Demand(StandingChange change, RevocationRow? standing, CertificateRow certificate)
    {
        if (change == StandingChange.Resume && standing is not { IsHold: true })
        {
            throw new RefusedException(RefusalCode.StateWrong, standing is null ? "The certificate is not suspended." : "What is revoked stays revoked.", "serial");
        }

        if (change == StandingChange.Suspend && standing is not null)
        {
            throw new RefusedException(RefusalCode.StateWrong, "What is revoked stays revoked.", "serial");
        }

        if (change == StandingChange.Suspend && certificate.Kind is not (CertificateUse.Signing or CertificateUse.Encryption))
        {
            throw new RefusedException(RefusalCode.StateWrong, "Only holders' certificates are suspended.", "serial");
        }
    }
}
