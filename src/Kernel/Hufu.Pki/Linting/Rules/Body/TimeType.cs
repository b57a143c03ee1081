namespace Hufu.Pki.Linting.Rules;

/// <summary>Times are UTCTime through 2049 and GeneralizedTime from 2050.</summary>
internal sealed class TimeType() : CertificateRule(
    "hufu_time_type", LintSeverity.Error, "RFC 5280 4.1.2.5; GM/T 0015",
    "Times are UTCTime through 2049 and GeneralizedTime from 2050.",
    "Write them with TbsCertificate.Encode.", "2049 年及以前用 UTCTime，2050 年起用 GeneralizedTime。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.NotBeforeTag == DerTag.GeneralizedTime == subject.Tbs.NotBefore.Year is >= 1950 and < 2050)
        {
            report.Add("notBefore has the wrong time type for its year.");
        }

        if (subject.NotAfterTag == DerTag.GeneralizedTime == subject.Tbs.NotAfter.Year is >= 1950 and < 2050)
        {
            report.Add("notAfter has the wrong time type for its year.");
        }
    }
}
