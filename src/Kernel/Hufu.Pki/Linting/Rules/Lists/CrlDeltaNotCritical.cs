namespace Hufu.Pki.Linting.Rules;

/// <summary>deltaCRLIndicator is critical.</summary>
internal sealed class CrlDeltaNotCritical() : RevocationListRule(
    "hufu_crl_delta_not_critical", LintSeverity.Error, "RFC 5280 5.2.4",
    "deltaCRLIndicator is critical.",
    "Mark it critical.", "增量 CRL 指示项须标记为关键。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.Find(Oids.DeltaCrlIndicator) is { Critical: false })
        {
            report.Add("deltaCRLIndicator is not critical.");
        }
    }
}
