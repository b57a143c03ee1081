namespace Hufu.Pki.Linting.Rules;

/// <summary>A certificate below a CA does not certify the CA's own key.</summary>
internal sealed class KeyIsNotIssuers() : LintRule(
    "hufu_cert_key_is_issuers", LintSeverity.Error, "R16", "A certificate below a CA does not certify the CA's own key.", "Refuse the key.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.Kind != CertificateKind.Root && subject.Issuer is { } issuer && issuer.PublicKey.Equals(subject.Tbs.PublicKey) && !issuer.Subject.Equals(subject.Tbs.Subject))
        {
            yield return "The certified key is the issuer's own.";
        }
    }
}
