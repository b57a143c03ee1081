namespace Hufu.Pki.Linting.Rules;

/// <summary>A CA's key enciphers nothing and agrees on no keys.</summary>
internal sealed class AuthorityEnciphers() : CertificateRule(
    "hufu_authority_enciphers", LintSeverity.Error, "standards.md 3.2; GM/T 0034",
    "A CA's key enciphers nothing and agrees on no keys.",
    "Correct the profile's key usage.", "CA 密钥不得用于加密或密钥协商。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.IsAuthority && subject.KeyUsage is { } usage && (usage & KeyUsages.Encryption) != 0)
        {
            report.Add($"A CA's keyUsage is {usage}.");
        }
    }
}
