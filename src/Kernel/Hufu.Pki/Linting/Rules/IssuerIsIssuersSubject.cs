namespace Hufu.Pki.Linting.Rules;

/// <summary>The issuer is the issuing certificate's subject, byte for byte.</summary>
internal sealed class IssuerIsIssuersSubject() : LintRule(
    "hufu_cert_issuer_mismatch", LintSeverity.Error, "RFC 5280 4.1.2.4", "The issuer is the issuing certificate's subject, byte for byte.", "Copy the issuer certificate's subject.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        DistinguishedName? expected = subject.Kind == CertificateKind.Root ? subject.Tbs.Subject : subject.Issuer?.Subject;
        if (expected is not null && !expected.RawData.Span.SequenceEqual(subject.Tbs.Issuer.RawData.Span))
        {
            yield return $"The issuer is {subject.Tbs.Issuer}, the issuing certificate's subject {expected}.";
        }
        else if (subject.Tbs.Issuer.IsEmpty)
        {
            yield return "The issuer is empty.";
        }
    }
}
