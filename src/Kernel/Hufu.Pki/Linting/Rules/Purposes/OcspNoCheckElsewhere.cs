namespace Hufu.Pki.Linting.Rules;

/// <summary>Only a responder has no-check.</summary>
internal sealed class OcspNoCheckElsewhere() : CertificateRule(
    "hufu_ocsp_no_check_elsewhere", LintSeverity.Warning, "RFC 6960 4.2.2.2.1",
    "Only a responder has no-check.",
    "Leave it out.", "只有 OCSP 响应签名证书才应含 ocsp-nocheck。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Find(Oids.OcspNoCheck) is not null && !subject.HasPurpose(Oids.PurposeOcspSigning))
        {
            report.Add("no-check stands in a certificate that is no responder's.");
        }
    }
}
