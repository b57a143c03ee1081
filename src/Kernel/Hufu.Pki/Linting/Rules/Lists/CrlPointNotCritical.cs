namespace Hufu.Pki.Linting.Rules;

/// <summary>issuingDistributionPoint is critical.</summary>
internal sealed class CrlPointNotCritical() : RevocationListRule(
    "hufu_crl_point_not_critical", LintSeverity.Error, "RFC 5280 5.2.5",
    "issuingDistributionPoint is critical.",
    "Mark it critical.", "颁发分发点须标记为关键。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.Find(Oids.IssuingDistributionPoint) is { Critical: false })
        {
            report.Add("issuingDistributionPoint is not critical.");
        }
    }
}
