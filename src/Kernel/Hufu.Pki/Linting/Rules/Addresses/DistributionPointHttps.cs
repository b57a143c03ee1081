namespace Hufu.Pki.Linting.Rules;

/// <summary>A list is fetched without TLS: it is signed, and TLS would need it in turn.</summary>
internal sealed class DistributionPointHttps() : CertificateRule(
    "hufu_distribution_point_https", LintSeverity.Warning, "RFC 5280 8",
    "A list is fetched without TLS: it is signed, and TLS would need it in turn.",
    "Use http.", "CRL 地址应用 http，避免验证循环。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        foreach (string address in subject.DistributionPoints?.Uris ?? [])
        {
            if (WebAddress.HasScheme(address, "https", "ldaps"))
            {
                report.Add($"'{address}' needs TLS.");
            }
        }
    }
}
