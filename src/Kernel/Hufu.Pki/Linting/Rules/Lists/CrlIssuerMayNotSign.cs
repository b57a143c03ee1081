namespace Hufu.Pki.Linting.Rules;

/// <summary>The issuing certificate has cRLSign.</summary>
internal sealed class CrlIssuerMayNotSign() : RevocationListRule(
    "hufu_crl_issuer_may_not_sign", LintSeverity.Error, "RFC 5280 4.2.1.3, 6.3.3",
    "The issuing certificate has cRLSign.",
    "Sign with a key that may sign lists.", "CRL 颁发者证书的密钥用法须含 cRLSign。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.Issuer is { } issuer && !issuer.Allows(KeyUsages.CrlSign))
        {
            report.Add("The issuing certificate may not sign lists.");
        }
    }
}
