namespace Hufu.Pki.Linting.Rules;

/// <summary>A responder's certificate has no-check, or says where its own status is found.</summary>
internal sealed class OcspSigningWithoutNoCheck() : CertificateRule(
    "hufu_ocsp_signing_without_no_check", LintSeverity.Warning, "RFC 6960 4.2.2.2.1",
    "A responder's certificate has no-check, or says where its own status is found.",
    "Add id-pkix-ocsp-nocheck and keep the life short.", "OCSP 响应签名证书应含 ocsp-nocheck，或指明自身状态的查询地址。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.HasPurpose(Oids.PurposeOcspSigning) && subject.Find(Oids.OcspNoCheck) is null && subject.Find(Oids.CrlDistributionPoints) is null)
        {
            report.Add("A responder's certificate has neither no-check nor a distribution point.");
        }
    }
}
