namespace Hufu.Pki.Linting.Rules;

/// <summary>The issuer is the issuing certificate's subject, byte for byte.</summary>
internal sealed class CrlIssuerMismatch() : RevocationListRule(
    "hufu_crl_issuer_mismatch", LintSeverity.Error, "RFC 5280 5.1.2.3",
    "The issuer is the issuing certificate's subject, byte for byte.",
    "Copy the issuer certificate's subject.", "CRL 颁发者须与颁发者证书主体逐字节一致。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.Issuer is { } issuer && !issuer.Subject.RawData.Span.SequenceEqual(subject.Name.RawData.Span))
        {
            report.Add($"The issuer is {subject.Name}, the issuing certificate's subject {issuer.Subject}.");
        }
    }
}
