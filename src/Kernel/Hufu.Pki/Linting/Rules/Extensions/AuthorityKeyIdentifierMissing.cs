namespace Hufu.Pki.Linting.Rules;

/// <summary>authorityKeyIdentifier is there; only a self-issued certificate may lack it.</summary>
internal sealed class AuthorityKeyIdentifierMissing() : CertificateRule(
    "hufu_authority_key_identifier_missing", LintSeverity.Error, "RFC 5280 4.2.1.1",
    "authorityKeyIdentifier is there; only a self-issued certificate may lack it.",
    "Use AuthorityKeyIdentifier.FromIssuer.", "须含颁发机构密钥标识符（自签发证书除外）。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (!subject.IsSelfIssued && subject.Find(Oids.AuthorityKeyIdentifier) is null)
        {
            report.Add("authorityKeyIdentifier is missing.");
        }
    }
}
