using Hufu.Pki;
using Hufu.Pki.Linting;

namespace Hufu.Kernel.Tests.Pki;

/// <summary>Something to lint, and how.</summary>
internal sealed record LintCase(LintTargets Target, byte[] Bytes, CertificateKind? Kind = null, Certificate? Issuer = null, LintProfile? Profile = null, bool Whole = false)
{
    internal IReadOnlyList<LintFinding> Lint() => Target switch
    {
        LintTargets.RevocationList => Linter.LintRevocationList(Bytes, Issuer),
        LintTargets.Request => Linter.LintRequest(Bytes),
        _ => Whole ? Linter.LintCertificate(Bytes, Kind, Issuer, Profile) : Linter.LintTbs(Bytes, Kind, Issuer, Profile),
    };
}

/// <summary>A rule with something that it must not find and things that it must.</summary>
internal sealed record LintFixture(string Rule, LintCase Right, LintCase[] Wrong);
