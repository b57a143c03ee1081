namespace Hufu.Pki.Linting.Rules;

/// <summary>The issuing certificate is a CA's, with keyCertSign.</summary>
internal sealed class IssuerNoAuthority() : CertificateRule(
    "hufu_issuer_no_authority", LintSeverity.Error, "RFC 5280 4.2.1.3, 4.2.1.9, 6.1.4",
    "The issuing certificate is a CA's, with keyCertSign.",
    "Issue with a CA certificate.", "颁发者证书须为 CA 证书并含 keyCertSign。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Kind != CertificateKind.Root && subject.Issuer is { } issuer && (issuer.BasicConstraints is not { IsAuthority: true } || !issuer.Allows(KeyUsages.KeyCertSign)))
        {
            report.Add("The issuing certificate is no CA's, or may not sign certificates.");
        }
    }
}
