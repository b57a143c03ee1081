namespace Hufu.Pki.Linting.Rules;

/// <summary>The issuer is not empty.</summary>
internal sealed class IssuerEmpty() : CertificateRule(
    "hufu_issuer_empty", LintSeverity.Error, "RFC 5280 4.1.2.4",
    "The issuer is not empty.",
    "Copy the issuer certificate's subject.", "颁发者不得为空；应复制颁发者证书的主体。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Tbs.Issuer.IsEmpty)
        {
            report.Add("The issuer is empty.");
        }
    }
}
