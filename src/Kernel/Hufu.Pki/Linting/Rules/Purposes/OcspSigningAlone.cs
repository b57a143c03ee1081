namespace Hufu.Pki.Linting.Rules;

/// <summary>OCSPSigning is the only purpose.</summary>
internal sealed class OcspSigningAlone() : CertificateRule(
    "hufu_ocsp_signing_alone", LintSeverity.Warning, "RFC 6960 4.2.2.2; R05",
    "OCSPSigning is the only purpose.",
    "Use the profile of a responder.", "OCSP 响应签名证书宜只含 OCSPSigning。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.HasPurpose(Oids.PurposeOcspSigning) && subject.ExtendedKeyUsage!.Purposes.Count != 1)
        {
            report.Add("OCSPSigning is not the only purpose.");
        }
    }
}
