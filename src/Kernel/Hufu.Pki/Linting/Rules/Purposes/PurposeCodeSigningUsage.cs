namespace Hufu.Pki.Linting.Rules;

/// <summary>A code signer's key has digitalSignature.</summary>
internal sealed class PurposeCodeSigningUsage() : CertificateRule(
    "hufu_purpose_code_signing_usage", LintSeverity.Error, "RFC 5280 4.2.1.12",
    "A code signer's key has digitalSignature.",
    "Make keyUsage and extKeyUsage consistent.", "codeSigning 要求密钥用法含 digitalSignature。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.HasPurpose(Oids.PurposeCodeSigning) && subject.KeyUsage is { } usage && !usage.HasFlag(KeyUsages.DigitalSignature))
        {
            report.Add($"The purpose is codeSigning, keyUsage {usage}.");
        }
    }
}
