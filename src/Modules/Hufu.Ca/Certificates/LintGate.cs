using System.Runtime.CompilerServices;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Pki.Linting;

namespace Hufu.Ca.Certificates;

/// <summary>By which profile, and which of its certificates, something is about to be signed.</summary>
/// <param name="Profile">The profile.</param>
/// <param name="Side">Which of a pair: one has the usage of the one and never of the other.</param>
/// <param name="GivenSubject">Whether the subject is another certificate's (links, cross certificates) and not the profile's.</param>
internal sealed record MadeBy(CertificateProfile Profile, PairSide Side, bool GivenSubject = false);

/// <summary>
/// Step 6: the last look at the bytes before they are signed. The linter is handed the profile by which they were made, always: whatever the profile or a fault upstream made of them, an error ends it here.
/// </summary>
internal static class LintGate
{
    private static readonly ConditionalWeakTable<CertificateProfile, LintProfile[]> Constraints = [];

    /// <summary>The guard of end entities, below the profiles (R05), and the linter's rules, those of conformance with the profile among them.</summary>
    /// <param name="tbs">The bytes that will be signed.</param>
    /// <param name="kind">What they are meant to be.</param>
    /// <param name="issuer">The issuer's certificate; null for a root.</param>
    /// <param name="made">The profile whose life, subject, usages and addresses it must have.</param>
    /// <param name="refuseWarnings">Whether a warning ends it too.</param>
    /// <exception cref="RefusedException">LintFailed, with the first rules that fail.</exception>
    public static void Demand(byte[] tbs, CertificateKind kind, Certificate? issuer, MadeBy made, bool refuseWarnings = false)
    {
        if (kind == CertificateKind.EndEntity)
        {
            EndEntityGuard.Demand(tbs);
        }

        var errors = Linter.LintTbs(tbs, kind, issuer, Of(made))
            .Where(finding => finding.Severity == LintSeverity.Error || (refuseWarnings && finding.Severity == LintSeverity.Warning)).Take(3).ToList();
        if (errors.Count > 0)
        {
            throw new RefusedException(RefusalCode.LintFailed, string.Join(' ', errors.Select(finding => $"{finding.RuleId} ({finding.Clause}): {finding.Message}")));
        }
    }

    // Made once a profile in force: signing and encryption, each with the profile's subject and with a given one.
    private static LintProfile Of(MadeBy made) => Constraints.GetValue(made.Profile, static profile =>
    {
        var both = LintConstraints.Of(profile);
        LintProfile signing = both with { KeyUsages = [profile.SigningUsage] }, encryption = both with { KeyUsages = [profile.EncryptionUsage] };
        return [signing, signing with { Subject = null }, encryption, encryption with { Subject = null }];
    })[(made.Side == PairSide.Encryption ? 2 : 0) + (made.GivenSubject ? 1 : 0)];
}
