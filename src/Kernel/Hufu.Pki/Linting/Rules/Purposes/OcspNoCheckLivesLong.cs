namespace Hufu.Pki.Linting.Rules;

/// <summary>A certificate whose status nobody checks lives at most 13 months.</summary>
internal sealed class OcspNoCheckLivesLong() : CertificateRule(
    "hufu_ocsp_no_check_lives_long", LintSeverity.Warning, "RFC 6960 4.2.2.2.1",
    "A certificate whose status nobody checks lives at most 13 months.",
    "Shorten the life and renew it often.", "不检查状态的证书有效期应短，不宜超过 13 个月。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Find(Oids.OcspNoCheck) is not null && CalendarLife.IsOver(subject.Tbs, 13))
        {
            report.Add($"It lives from {subject.Tbs.NotBefore:u} to {subject.Tbs.NotAfter:u}.");
        }
    }
}
