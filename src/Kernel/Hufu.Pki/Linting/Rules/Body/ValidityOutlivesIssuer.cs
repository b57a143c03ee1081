namespace Hufu.Pki.Linting.Rules;

/// <summary>A certificate does not outlive its issuer's.</summary>
internal sealed class ValidityOutlivesIssuer() : CertificateRule(
    "hufu_validity_outlives_issuer", LintSeverity.Warning, "GM/T 0034; X.509 shell model",
    "A certificate does not outlive its issuer's.",
    "Shorten it, or renew the issuer first.", "证书有效期不应超出颁发者证书；请缩短，或先更新颁发者证书。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Issuer is { } issuer && (subject.Tbs.NotAfter > issuer.NotAfter || subject.Tbs.NotBefore < issuer.NotBefore))
        {
            report.Add($"The validity reaches beyond the issuer's, {issuer.NotBefore:u} to {issuer.NotAfter:u}.");
        }
    }
}
