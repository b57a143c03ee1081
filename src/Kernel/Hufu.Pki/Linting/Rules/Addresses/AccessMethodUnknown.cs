namespace Hufu.Pki.Linting.Rules;

/// <summary>authorityInfoAccess names OCSP and the issuer's certificate.</summary>
internal sealed class AccessMethodUnknown() : CertificateRule(
    "hufu_access_method_unknown", LintSeverity.Notice, "RFC 5280 4.2.2.1",
    "authorityInfoAccess names OCSP and the issuer's certificate.",
    "Check that relying parties know the method.", "authorityInfoAccess 含少见的访问方法。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        foreach (AccessDescription description in subject.InformationAccess?.Descriptions ?? [])
        {
            if (description.Method is not (Oids.AccessOcsp or Oids.AccessCaIssuers))
            {
                report.Add($"The access method {description.Method} is not known.");
            }
        }
    }
}
