namespace Hufu.Pki.Linting.Rules;

/// <summary>certificatePolicies is not critical.</summary>
internal sealed class PoliciesCritical() : CertificateRule(
    "hufu_policies_critical", LintSeverity.Warning, "interop.md; RFC 5280 4.2.1.4",
    "certificatePolicies is not critical.",
    "Mark it not critical.", "证书策略不应标记为关键。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Find(Oids.CertificatePolicies) is { Critical: true })
        {
            report.Add("certificatePolicies is critical.");
        }
    }
}
