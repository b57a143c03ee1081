namespace Hufu.Pki.Linting.Rules;

/// <summary>keyUsage is critical.</summary>
internal sealed class KeyUsageNotCritical() : CertificateRule(
    "hufu_key_usage_not_critical", LintSeverity.Warning, "interop.md; RFC 5280 4.2.1.3",
    "keyUsage is critical.",
    "Mark it critical.", "密钥用法应标记为关键。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Find(Oids.KeyUsage) is { Critical: false })
        {
            report.Add("keyUsage is not critical.");
        }
    }
}
