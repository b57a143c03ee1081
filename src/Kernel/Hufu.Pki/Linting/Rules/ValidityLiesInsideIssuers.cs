namespace Hufu.Pki.Linting.Rules;

/// <summary>A certificate does not outlive its issuer's.</summary>
internal sealed class ValidityLiesInsideIssuers() : LintRule(
    "hufu_cert_validity_outlives_issuer", LintSeverity.Warning, "GM/T 0034; X.509 shell model", "A certificate does not outlive its issuer's.", "Shorten it, or renew the issuer first.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.Issuer is { } issuer && (subject.Tbs.NotAfter > issuer.NotAfter || subject.Tbs.NotBefore < issuer.NotBefore))
        {
            yield return $"The validity reaches beyond the issuer's, {issuer.NotBefore:u} to {issuer.NotAfter:u}.";
        }
    }
}
