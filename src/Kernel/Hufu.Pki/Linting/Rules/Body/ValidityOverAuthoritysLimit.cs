namespace Hufu.Pki.Linting.Rules;

/// <summary>A root lives at most 30 years, a CA below it 20, the last second counted in.</summary>
internal sealed class ValidityOverAuthoritysLimit() : CertificateRule(
    "hufu_validity_over_authoritys_limit", LintSeverity.Warning, "requirements 6.6.2.3-b; R07",
    "A root lives at most 30 years, a CA below it 20, the last second counted in.",
    "Shorten the validity.", "根 CA 证书最长 30 年，下级 CA 证书最长 20 年（含最后一秒），请缩短。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.IsAuthority && CalendarLife.IsOver(subject.Tbs, subject.Kind == CertificateKind.Root ? 360 : 240))
        {
            report.Add($"It lives from {subject.Tbs.NotBefore:u} to {subject.Tbs.NotAfter:u}.");
        }
    }
}
