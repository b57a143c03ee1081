namespace Hufu.Pki.Linting.Rules;

/// <summary>The issuer is the issuing certificate's subject, byte for byte; a root's its own.</summary>
internal sealed class IssuerMismatch() : CertificateRule(
    "hufu_issuer_mismatch", LintSeverity.Error, "RFC 5280 4.1.2.4, 6.1.3",
    "The issuer is the issuing certificate's subject, byte for byte; a root's its own.",
    "Copy the issuer certificate's subject.", "颁发者须与颁发者证书的主体逐字节一致。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        DistinguishedName? expected = subject.Kind == CertificateKind.Root ? subject.Tbs.Subject : subject.Issuer?.Subject;
        if (expected is not null && !expected.RawData.Span.SequenceEqual(subject.Tbs.Issuer.RawData.Span))
        {
            report.Add($"The issuer is {subject.Tbs.Issuer}, the issuing certificate's subject {expected}.");
        }
    }
}
