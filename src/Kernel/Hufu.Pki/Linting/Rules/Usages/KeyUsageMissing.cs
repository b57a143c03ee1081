namespace Hufu.Pki.Linting.Rules;

/// <summary>keyUsage is there: without it a key may be used for everything.</summary>
internal sealed class KeyUsageMissing() : CertificateRule(
    "hufu_key_usage_missing", LintSeverity.Error, "GM/T 0015; RFC 5280 4.2.1.3; R05",
    "keyUsage is there: without it a key may be used for everything.",
    "Add KeyUsageExtension.", "须含密钥用法扩展。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Find(Oids.KeyUsage) is null)
        {
            report.Add("keyUsage is missing.");
        }
    }
}
