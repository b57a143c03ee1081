namespace Hufu.Pki.Linting.Rules;

/// <summary>authorityKeyIdentifier, cRLNumber and freshestCRL are not critical.</summary>
internal sealed class CrlExtensionWronglyCritical() : RevocationListRule(
    "hufu_crl_extension_wrongly_critical", LintSeverity.Error, "RFC 5280 5.2.1, 5.2.3, 5.2.6",
    "authorityKeyIdentifier, cRLNumber and freshestCRL are not critical.",
    "Mark it not critical.", "该 CRL 扩展项不得标记为关键。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        foreach (CertificateExtension extension in subject.Extensions)
        {
            if (extension is { Critical: true, Oid: Oids.AuthorityKeyIdentifier or Oids.CrlNumber or Oids.FreshestCrl or Oids.AuthorityInfoAccess })
            {
                report.Add($"The extension {extension.Oid} is critical.");
            }
        }
    }
}
