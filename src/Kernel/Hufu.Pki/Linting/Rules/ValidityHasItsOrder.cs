namespace Hufu.Pki.Linting.Rules;

/// <summary>notBefore lies before notAfter.</summary>
internal sealed class ValidityHasItsOrder() : LintRule(
    "hufu_cert_validity_reversed", LintSeverity.Error, "RFC 5280 4.1.2.5; R07", "notBefore lies before notAfter.", "Correct the validity.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.Tbs.NotBefore >= subject.Tbs.NotAfter)
        {
            yield return $"The validity runs from {subject.Tbs.NotBefore:u} to {subject.Tbs.NotAfter:u}.";
        }
    }
}
