using System.Runtime.CompilerServices;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Pki.Linting;

namespace Hufu.Ca.Certificates;

/// <summary>Step 6: the last look at the bytes before they are signed. Whatever a profile or a fault upstream made of them, an error ends it here.</summary>
internal static class LintGate
{
    private static readonly ConditionalWeakTable<CertificateProfile, LintProfile> Constraints = [];

    /// <summary>The guard of end entities, below the profiles (R05), and the linter's rules.</summary>
    /// <param name="tbs">The bytes that will be signed.</param>
    /// <param name="kind">What they are meant to be.</param>
    /// <param name="issuer">The issuer's certificate; null for a root.</param>
    /// <param name="profile">The profile whose life, subject, usages and addresses it must have; null where the subject is another's (cross certificates).</param>
    /// <param name="refuseWarnings">Whether a warning ends it too.</param>
    /// <exception cref="RefusedException">LintFailed, with the first rules that fail.</exception>
    public static void Demand(byte[] tbs, CertificateKind kind, Certificate? issuer, CertificateProfile? profile = null, bool refuseWarnings = false)
    {
        if (kind == CertificateKind.EndEntity)
        {
            EndEntityGuard.Demand(tbs);
        }

        var errors = Linter.LintTbs(tbs, kind, issuer, profile is null ? null : Constraints.GetValue(profile, LintConstraints.Of))
            .Where(finding => finding.Severity == LintSeverity.Error || (refuseWarnings && finding.Severity == LintSeverity.Warning)).Take(3).ToList();
        if (errors.Count > 0)
        {
            throw new RefusedException(RefusalCode.LintFailed, string.Join(' ', errors.Select(finding => $"{finding.RuleId} ({finding.Clause}): {finding.Message}")));
        }
    }
}
