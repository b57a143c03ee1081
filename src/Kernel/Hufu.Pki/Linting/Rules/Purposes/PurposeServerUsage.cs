namespace Hufu.Pki.Linting.Rules;

/// <summary>A server's key may sign, encipher keys or agree on keys.</summary>
internal sealed class PurposeServerUsage() : CertificateRule(
    "hufu_purpose_server_usage", LintSeverity.Error, "RFC 5280 4.2.1.12; GB/T 38636; RFC 8998",
    "A server's key may sign, encipher keys or agree on keys.",
    "Make keyUsage and extKeyUsage consistent.", "serverAuth 要求密钥用法含签名、密钥加密或密钥协商之一。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.HasPurpose(Oids.PurposeServerAuth) && subject.KeyUsage is { } usage && (usage & (KeyUsages.DigitalSignature | KeyUsages.KeyEncipherment | KeyUsages.KeyAgreement)) == 0)
        {
            report.Add($"The purpose is serverAuth, keyUsage {usage}.");
        }
    }
}
