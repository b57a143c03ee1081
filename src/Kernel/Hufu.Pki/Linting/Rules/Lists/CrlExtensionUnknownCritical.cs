namespace Hufu.Pki.Linting.Rules;

/// <summary>Nothing is critical that relying parties do not know.</summary>
internal sealed class CrlExtensionUnknownCritical() : RevocationListRule(
    "hufu_crl_extension_unknown_critical", LintSeverity.Error, "RFC 5280 5.2",
    "Nothing is critical that relying parties do not know.",
    "Mark it not critical, or leave it out.", "CRL 中未知扩展项不得标记为关键。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        foreach (CertificateExtension extension in subject.Extensions)
        {
            if (extension.Critical && !ExtensionTypes.IsKnownInList(extension.Oid))
            {
                report.Add($"The extension {extension.Oid} is critical and not known.");
            }
        }
    }
}
