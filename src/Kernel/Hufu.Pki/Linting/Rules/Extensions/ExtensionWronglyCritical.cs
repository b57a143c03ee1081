namespace Hufu.Pki.Linting.Rules;

/// <summary>Identifiers of keys, addresses, identity numbers and the like are not critical.</summary>
internal sealed class ExtensionWronglyCritical() : CertificateRule(
    "hufu_extension_wrongly_critical", LintSeverity.Error, "RFC 5280 4.2; GM/T 0015",
    "Identifiers of keys, addresses, identity numbers and the like are not critical.",
    "Mark it not critical.", "该扩展项不得标记为关键。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        foreach (CertificateExtension extension in subject.Extensions)
        {
            if (extension.Critical && ExtensionTypes.IsKnown(extension.Oid) && !MayBeCritical(extension.Oid))
            {
                report.Add($"The extension {extension.Oid} is critical.");
            }
        }
    }

    private static bool MayBeCritical(string oid) => oid is Oids.KeyUsage or Oids.BasicConstraints or Oids.ExtendedKeyUsage or Oids.SubjectAltName or Oids.IssuerAltName or Oids.CertificatePolicies
        or Oids.NameConstraints or Oids.PolicyConstraints or Oids.PolicyMappings or Oids.InhibitAnyPolicy or Oids.CrlDistributionPoints;
}
