namespace Hufu.Pki.Linting.Rules;

/// <summary>An end entity lives at most 3,653 days: a strict peer refuses more.</summary>
internal sealed class ValidityOverTenYears() : CertificateRule(
    "hufu_validity_over_ten_years", LintSeverity.Warning, "interop.md",
    "An end entity lives at most 3,653 days: a strict peer refuses more.",
    "Shorten it where such peers must accept it.", "终端实体证书有效期不宜超过 3653 天，严格的对端会拒绝。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Kind == CertificateKind.EndEntity && subject.Tbs.NotAfter - subject.Tbs.NotBefore > TimeSpan.FromDays(3653))
        {
            report.Add($"It lives {(subject.Tbs.NotAfter - subject.Tbs.NotBefore).TotalDays:F0} days.");
        }
    }
}
