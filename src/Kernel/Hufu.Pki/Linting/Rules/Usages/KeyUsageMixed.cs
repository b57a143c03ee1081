namespace Hufu.Pki.Linting.Rules;

/// <summary>An end entity's certificate is for signing or for encryption, not for both.</summary>
internal sealed class KeyUsageMixed() : CertificateRule(
    "hufu_key_usage_mixed", LintSeverity.Warning, "GM/T 0015; GM/T 0034; standards.md 3.2",
    "An end entity's certificate is for signing or for encryption, not for both.",
    "Issue a pair of certificates.", "终端实体应分签名证书与加密证书（双证书）。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (!subject.IsAuthority && subject.KeyUsage is { } usage && (usage & KeyUsages.Signing) != 0 && (usage & KeyUsages.Encryption) != 0)
        {
            report.Add($"keyUsage is {usage}.");
        }
    }
}
