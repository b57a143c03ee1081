namespace Hufu.Pki.Linting.Rules;

/// <summary>The address of the practice statement is one of the web.</summary>
internal sealed class PoliciesStatementAddress() : CertificateRule(
    "hufu_policies_statement_address", LintSeverity.Warning, "RFC 5280 4.2.1.4",
    "The address of the practice statement is one of the web.",
    "Write an http or https address.", "CPS 地址应为 http 或 https。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        foreach (CertificatePolicy policy in subject.Read(Oids.CertificatePolicies, CertificatePolicies.Decode)?.Policies ?? [])
        {
            if (policy.PracticeStatement is { } address && !WebAddress.HasScheme(address, "http", "https"))
            {
                report.Add($"'{address}' is no address of the web.");
            }
        }
    }
}
