namespace Hufu.Pki.Linting.Rules;

/// <summary>The addresses that the profile asks for are there.</summary>
internal sealed class ProfileAddressMissing() : ProfileRule(
    "hufu_profile_address_missing", LintSeverity.Error, "requirements 6.2.1.3-a; GM/T 0037 A.11",
    "The addresses that the profile asks for are there.",
    "Issue by the profile.", "缺少模板要求的 CRL、OCSP 或颁发者证书地址。")
{
    protected override void Check(CertificateSubject subject, LintProfile profile, LintReport report)
    {
        if (profile.NamesCrl && subject.DistributionPoints?.Uris.Any() != true)
        {
            report.Add("No distribution point is named.");
        }

        if (profile.NamesOcsp && subject.InformationAccess?.OcspUris.Any() != true)
        {
            report.Add("No OCSP address is named.");
        }

        if (profile.NamesIssuer && subject.InformationAccess?.IssuerUris.Any() != true)
        {
            report.Add("No address of the issuer's certificate is named.");
        }
    }
}
