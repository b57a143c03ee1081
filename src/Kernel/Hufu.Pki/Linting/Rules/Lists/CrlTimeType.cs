namespace Hufu.Pki.Linting.Rules;

/// <summary>thisUpdate and nextUpdate are UTCTime through 2049 and GeneralizedTime from 2050.</summary>
internal sealed class CrlTimeType() : RevocationListRule(
    "hufu_crl_time_type", LintSeverity.Error, "RFC 5280 5.1.2.4, 5.1.2.5",
    "thisUpdate and nextUpdate are UTCTime through 2049 and GeneralizedTime from 2050.",
    "Write them with RevocationListWriter.", "2049 年及以前用 UTCTime，2050 年起用 GeneralizedTime。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.ThisUpdateTag == DerTag.GeneralizedTime == subject.ThisUpdate.Year is >= 1950 and < 2050)
        {
            report.Add("thisUpdate has the wrong time type for its year.");
        }

        if (subject.NextUpdate is { } next && subject.NextUpdateTag == DerTag.GeneralizedTime == next.Year is >= 1950 and < 2050)
        {
            report.Add("nextUpdate has the wrong time type for its year.");
        }
    }
}
