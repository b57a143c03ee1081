namespace Hufu.Pki.Linting.Rules;

/// <summary>A responder's key has digitalSignature.</summary>
internal sealed class OcspSigningUsage() : CertificateRule(
    "hufu_ocsp_signing_usage", LintSeverity.Error, "RFC 6960 4.2.2.2; RFC 5280 4.2.1.12",
    "A responder's key has digitalSignature.",
    "Set digitalSignature.", "OCSP 响应签名密钥须含 digitalSignature。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.HasPurpose(Oids.PurposeOcspSigning) && subject.KeyUsage is { } usage && (usage & KeyUsages.Signing) == 0)
        {
            report.Add($"The purpose is OCSPSigning, keyUsage {usage}.");
        }
    }
}
