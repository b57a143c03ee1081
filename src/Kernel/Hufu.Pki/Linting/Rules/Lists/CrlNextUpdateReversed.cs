namespace Hufu.Pki.Linting.Rules;

/// <summary>nextUpdate lies after thisUpdate.</summary>
internal sealed class CrlNextUpdateReversed() : RevocationListRule(
    "hufu_crl_next_update_reversed", LintSeverity.Error, "RFC 5280 5.1.2.5",
    "nextUpdate lies after thisUpdate.",
    "Correct the times.", "下次更新时间须晚于本次更新时间。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.NextUpdate <= subject.ThisUpdate)
        {
            report.Add($"The list runs from {subject.ThisUpdate:u} to {subject.NextUpdate:u}.");
        }
    }
}
