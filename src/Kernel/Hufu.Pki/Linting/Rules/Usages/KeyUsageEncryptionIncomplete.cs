namespace Hufu.Pki.Linting.Rules;

/// <summary>An encryption certificate may encipher keys and data and agree on keys.</summary>
internal sealed class KeyUsageEncryptionIncomplete() : CertificateRule(
    "hufu_key_usage_encryption_incomplete", LintSeverity.Notice, "standards.md 3.2; GB/T 38636",
    "An encryption certificate may encipher keys and data and agree on keys.",
    "Set keyEncipherment, dataEncipherment and keyAgreement.", "加密证书建议同时含 keyEncipherment、dataEncipherment、keyAgreement。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (!subject.IsAuthority && subject.KeyUsage is { } usage && (usage & KeyUsages.Encryption) is var bits and not KeyUsages.None && bits != KeyUsages.Encryption)
        {
            report.Add($"keyUsage is {usage}.");
        }
    }
}
