namespace Hufu.Pki.Linting.Rules;

/// <summary>The end of validity is a real one, not 9999-12-31.</summary>
internal sealed class ValidityNeverEnds() : CertificateRule(
    "hufu_validity_never_ends", LintSeverity.Notice, "RFC 5280 4.1.2.5",
    "The end of validity is a real one, not 9999-12-31.",
    "Choose a date of expiry.", "请设定明确的失效时间，不要用 9999-12-31。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Tbs.NotAfter.Year == 9999)
        {
            report.Add("notAfter says that there is no date of expiry.");
        }
    }
}
