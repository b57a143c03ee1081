namespace Hufu.Pki.Linting.Rules;

/// <summary>A client's key may sign, encipher keys or agree on keys.</summary>
internal sealed class PurposeClientUsage() : CertificateRule(
    "hufu_purpose_client_usage", LintSeverity.Error, "RFC 5280 4.2.1.12; GB/T 38636",
    "A client's key may sign, encipher keys or agree on keys.",
    "Make keyUsage and extKeyUsage consistent.", "clientAuth 要求密钥用法含签名、密钥加密或密钥协商之一。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.HasPurpose(Oids.PurposeClientAuth) && subject.KeyUsage is { } usage && (usage & (KeyUsages.DigitalSignature | KeyUsages.KeyEncipherment | KeyUsages.KeyAgreement)) == 0)
        {
            report.Add($"The purpose is clientAuth, keyUsage {usage}.");
        }
    }
}
