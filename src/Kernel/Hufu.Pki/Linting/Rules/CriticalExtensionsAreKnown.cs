namespace Hufu.Pki.Linting.Rules;

/// <summary>Only keyUsage, basicConstraints, extKeyUsage, subjectAltName and constraints are critical.</summary>
internal sealed class CriticalExtensionsAreKnown() : LintRule(
    "hufu_cert_extension_wrongly_critical", LintSeverity.Error, "RFC 5280 4.2; GM/T 0015", "Only keyUsage, basicConstraints, extKeyUsage, subjectAltName and constraints are critical.", "Mark it not critical.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        foreach (CertificateExtension extension in subject.Tbs.Extensions)
        {
            if (extension.Critical && extension.Oid is not (Oids.KeyUsage or Oids.BasicConstraints or Oids.ExtendedKeyUsage or Oids.SubjectAltName or Oids.CertificatePolicies
                or Oids.NameConstraints or Oids.PolicyConstraints or Oids.InhibitAnyPolicy))
            {
                yield return $"The extension {extension.Oid} is critical.";
            }
        }
    }
}
