namespace Hufu.Pki.Linting.Rules;

/// <summary>A CA has cRLSign.</summary>
internal sealed class AuthorityWithoutCrlSign() : CertificateRule(
    "hufu_authority_without_crl_sign", LintSeverity.Warning, "standards.md 3.2",
    "A CA has cRLSign.",
    "Correct the profile's key usage.", "CA 证书的密钥用法应含 cRLSign。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.IsAuthority && subject.KeyUsage is { } usage && !usage.HasFlag(KeyUsages.CrlSign))
        {
            report.Add($"A CA's keyUsage is {usage}.");
        }
    }
}
