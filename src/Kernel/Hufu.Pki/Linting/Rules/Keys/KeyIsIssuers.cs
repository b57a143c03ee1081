namespace Hufu.Pki.Linting.Rules;

/// <summary>A certificate below a CA does not certify the CA's own key.</summary>
internal sealed class KeyIsIssuers() : CertificateRule(
    "hufu_key_is_issuers", LintSeverity.Error, "R16",
    "A certificate below a CA does not certify the CA's own key.",
    "Refuse the key.", "不得为他人签发使用 CA 自身密钥的证书。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Kind != CertificateKind.Root && subject.Issuer is { } issuer && issuer.PublicKey.Equals(subject.Tbs.PublicKey) && !issuer.Subject.Equals(subject.Tbs.Subject))
        {
            report.Add("The certified key is the issuer's own.");
        }
    }
}
