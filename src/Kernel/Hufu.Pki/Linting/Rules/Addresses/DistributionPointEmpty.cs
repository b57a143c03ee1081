namespace Hufu.Pki.Linting.Rules;

/// <summary>A distribution point has a name, which is a full one.</summary>
internal sealed class DistributionPointEmpty() : CertificateRule(
    "hufu_distribution_point_empty", LintSeverity.Error, "RFC 5280 4.2.1.13",
    "A distribution point has a name, which is a full one.",
    "Name the point by its address.", "CRL 分发点须有完整名称，不得为空。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.DistributionPoints is { } points && points.Points.Any(p => p.Count == 0))
        {
            report.Add("A distribution point has no full name.");
        }
    }
}
