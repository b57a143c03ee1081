namespace Hufu.Pki.Linting.Rules;

/// <summary>Extensions are of types that everybody knows.</summary>
internal sealed class CrlExtensionUnknown() : RevocationListRule(
    "hufu_crl_extension_unknown", LintSeverity.Notice, "RFC 5280 5.2",
    "Extensions are of types that everybody knows.",
    "Check that somebody reads it.", "CRL 含未知扩展项，请确认是否需要。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        foreach (CertificateExtension extension in subject.Extensions)
        {
            if (!extension.Critical && !ExtensionTypes.IsKnownInList(extension.Oid))
            {
                report.Add($"The extension {extension.Oid} is not known.");
            }
        }
    }
}
