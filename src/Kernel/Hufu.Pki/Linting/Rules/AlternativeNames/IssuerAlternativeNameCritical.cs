namespace Hufu.Pki.Linting.Rules;

/// <summary>issuerAltName is not critical.</summary>
internal sealed class IssuerAlternativeNameCritical() : CertificateRule(
    "hufu_issuer_alternative_name_critical", LintSeverity.Warning, "RFC 5280 4.2.1.7",
    "issuerAltName is not critical.",
    "Mark it not critical.", "issuerAltName 不应标记为关键。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Find(Oids.IssuerAltName) is { Critical: true })
        {
            report.Add("issuerAltName is critical.");
        }
    }
}
