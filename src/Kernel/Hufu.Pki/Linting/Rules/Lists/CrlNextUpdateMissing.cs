namespace Hufu.Pki.Linting.Rules;

/// <summary>nextUpdate is there.</summary>
internal sealed class CrlNextUpdateMissing() : RevocationListRule(
    "hufu_crl_next_update_missing", LintSeverity.Error, "RFC 5280 5.1.2.5; requirements 6.2.7.5-b",
    "nextUpdate is there.",
    "Say when the next list is due.", "CRL 须含下次更新时间。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.NextUpdate is null)
        {
            report.Add("nextUpdate is missing.");
        }
    }
}
