namespace Hufu.Pki.Linting.Rules;

/// <summary>Extensions are of types that everybody knows.</summary>
internal sealed class ExtensionUnknown() : SharedRule(
    "hufu_extension_unknown", LintTargets.Certificate | LintTargets.Request, LintSeverity.Notice, "RFC 5280 4.2; standards.md 3.3",
    "Extensions are of types that everybody knows.",
    "Check that somebody reads it.", "含未知扩展项，请确认是否需要。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        foreach (CertificateExtension extension in subject.Extensions)
        {
            if (!extension.Critical && !ExtensionTypes.IsKnown(extension.Oid))
            {
                report.Add($"The extension {extension.Oid} is not known.");
            }
        }
    }
}
