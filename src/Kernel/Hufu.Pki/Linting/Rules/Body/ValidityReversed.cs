namespace Hufu.Pki.Linting.Rules;

/// <summary>notBefore lies before notAfter.</summary>
internal sealed class ValidityReversed() : CertificateRule(
    "hufu_validity_reversed", LintSeverity.Error, "RFC 5280 4.1.2.5; R07",
    "notBefore lies before notAfter.",
    "Correct the validity.", "生效时间须早于失效时间。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Tbs.NotBefore >= subject.Tbs.NotAfter)
        {
            report.Add($"The validity runs from {subject.Tbs.NotBefore:u} to {subject.Tbs.NotAfter:u}.");
        }
    }
}
