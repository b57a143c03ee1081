namespace Hufu.Pki.Linting.Rules;

/// <summary>A certificate below a root says where its revocation is found: a distribution point, an OCSP address, or no-check.</summary>
internal sealed class RevocationNotFound() : CertificateRule(
    "hufu_revocation_not_found", LintSeverity.Warning, "GM/T 0037 A.11",
    "A certificate below a root says where its revocation is found: a distribution point, an OCSP address, or no-check.",
    "Add the addresses.", "证书应指明 CRL 或 OCSP 地址。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (!subject.IsSelfIssued && subject.Find(Oids.CrlDistributionPoints) is null && subject.Find(Oids.OcspNoCheck) is null && subject.InformationAccess?.OcspUris.Any() != true)
        {
            report.Add("Neither a distribution point nor an OCSP address is named.");
        }
    }
}
