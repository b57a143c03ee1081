namespace Hufu.Pki.Linting.Rules;

/// <summary>Nothing is critical that relying parties do not know.</summary>
internal sealed class ExtensionUnknownCritical() : CertificateRule(
    "hufu_extension_unknown_critical", LintSeverity.Error, "RFC 5280 4.2",
    "Nothing is critical that relying parties do not know.",
    "Mark it not critical, or leave it out.", "未知扩展项不得标记为关键。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        foreach (CertificateExtension extension in subject.Extensions)
        {
            if (extension.Critical && !ExtensionTypes.IsKnown(extension.Oid))
            {
                report.Add($"The extension {extension.Oid} is critical and not known.");
            }
        }
    }
}
