namespace Hufu.Pki.Linting.Rules;

/// <summary>A CA has keyCertSign.</summary>
internal sealed class AuthorityWithoutKeyCertSign() : CertificateRule(
    "hufu_authority_without_key_cert_sign", LintSeverity.Error, "RFC 5280 4.2.1.3, 4.2.1.9",
    "A CA has keyCertSign.",
    "Correct the profile's key usage.", "CA 证书的密钥用法须含 keyCertSign。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.IsAuthority && subject.KeyUsage is { } usage && !usage.HasFlag(KeyUsages.KeyCertSign))
        {
            report.Add($"A CA's keyUsage is {usage}.");
        }
    }
}
