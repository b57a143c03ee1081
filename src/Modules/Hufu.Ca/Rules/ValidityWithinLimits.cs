using Hufu.Contracts;
using Hufu.Governance;

namespace Hufu.Ca.Rules;

/// <summary>No certificate outlives what policy allows, both ends counted in, to the second (R07, 6.6.2.3-b).</summary>
internal static class ValidityWithinLimits
{
    /// <exception cref="InvalidOperationException">The profile's life is longer than policy allows: a fault of the policy, not of the request.</exception>
    [Clause("6.6.2.3-b")]
    public static void Demand(CertificateProfile profile, PolicyValues values, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        var longest = !profile.IsAuthority ? values.LongestHolderLife : profile.Issuers.Contains(ProfileIssuer.Self) ? values.LongestRootLife : values.LongestCaLife;
        if (notBefore.Ticks % TimeSpan.TicksPerSecond != 0 || notAfter.Ticks % TimeSpan.TicksPerSecond != 0 || !longest.Covers(notBefore, notAfter))
        {
            throw new InvalidOperationException($"{profile.Id}: a validity from {notBefore:u} to {notAfter:u} is longer than {longest}.");
        }
    }
}
