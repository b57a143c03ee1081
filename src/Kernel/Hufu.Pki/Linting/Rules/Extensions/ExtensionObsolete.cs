namespace Hufu.Pki.Linting.Rules;

/// <summary>Extensions that nobody uses any more are left out.</summary>
internal sealed class ExtensionObsolete() : CertificateRule(
    "hufu_extension_obsolete", LintSeverity.Notice, "RFC 5280 4.2",
    "Extensions that nobody uses any more are left out.",
    "Leave it out; extKeyUsage says the same.", "该扩展项已过时，应省略并改用 extKeyUsage。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        foreach (CertificateExtension extension in subject.Extensions)
        {
            if (extension.Oid.StartsWith("2.16.840.1.113730.1.", StringComparison.Ordinal))
            {
                report.Add($"The extension {extension.Oid} is Netscape's.");
            }
        }
    }
}
