namespace Hufu.Pki.Linting.Rules;

/// <summary>An end entity lives at most 5 years and 3 months, the last second counted in.</summary>
internal sealed class ValidityOverHoldersLimit() : CertificateRule(
    "hufu_validity_over_holders_limit", LintSeverity.Warning, "requirements 6.6.2.3-b; R07",
    "An end entity lives at most 5 years and 3 months, the last second counted in.",
    "Shorten the validity.", "终端实体证书最长 5 年 3 个月（含最后一秒），请缩短。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Kind == CertificateKind.EndEntity && CalendarLife.IsOver(subject.Tbs, 63))
        {
            report.Add($"It lives from {subject.Tbs.NotBefore:u} to {subject.Tbs.NotAfter:u}.");
        }
    }
}
