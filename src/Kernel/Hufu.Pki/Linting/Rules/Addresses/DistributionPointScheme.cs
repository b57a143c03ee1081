namespace Hufu.Pki.Linting.Rules;

/// <summary>The addresses of distribution points are absolute http or ldap addresses.</summary>
internal sealed class DistributionPointScheme() : CertificateRule(
    "hufu_distribution_point_scheme", LintSeverity.Error, "RFC 5280 4.2.1.13; standards.md 3.4",
    "The addresses of distribution points are absolute http or ldap addresses.",
    "Correct the address in the settings.", "CRL 分发点须为绝对的 http 或 ldap 地址。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        foreach (string address in subject.DistributionPoints?.Uris ?? [])
        {
            if (!WebAddress.HasScheme(address, "http", "https", "ldap", "ldaps"))
            {
                report.Add($"'{address}' is no http or ldap address.");
            }
        }
    }
}
