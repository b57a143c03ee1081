namespace Hufu.Pki.Linting.Rules;

/// <summary>cRLDistributionPoints is not critical.</summary>
internal sealed class DistributionPointsCritical() : CertificateRule(
    "hufu_distribution_points_critical", LintSeverity.Warning, "RFC 5280 4.2.1.13",
    "cRLDistributionPoints is not critical.",
    "Mark it not critical.", "CRL 分发点不应标记为关键。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Find(Oids.CrlDistributionPoints) is { Critical: true })
        {
            report.Add("cRLDistributionPoints is critical.");
        }
    }
}
