namespace Hufu.Pki.Linting.Rules;

/// <summary>The issuer is not empty.</summary>
internal sealed class CrlIssuerEmpty() : RevocationListRule(
    "hufu_crl_issuer_empty", LintSeverity.Error, "RFC 5280 5.1.2.3",
    "The issuer is not empty.",
    "Copy the issuer certificate's subject.", "CRL 颁发者不得为空。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.Name.IsEmpty)
        {
            report.Add("The issuer is empty.");
        }
    }
}
