namespace Hufu.Pki.Linting.Rules;

/// <summary>authorityKeyIdentifier is there.</summary>
internal sealed class CrlAuthorityKeyIdentifierMissing() : RevocationListRule(
    "hufu_crl_authority_key_identifier_missing", LintSeverity.Error, "RFC 5280 5.2.1",
    "authorityKeyIdentifier is there.",
    "Use AuthorityKeyIdentifier.FromIssuer.", "CRL 须含颁发机构密钥标识符。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.Find(Oids.AuthorityKeyIdentifier) is null)
        {
            report.Add("authorityKeyIdentifier is missing.");
        }
    }
}
