namespace Hufu.Pki.Linting.Rules;

/// <summary>authorityKeyIdentifier has a keyIdentifier.</summary>
internal sealed class CrlAuthorityKeyIdentifierWithoutKey() : RevocationListRule(
    "hufu_crl_authority_key_identifier_without_key", LintSeverity.Error, "RFC 5280 5.2.1",
    "authorityKeyIdentifier has a keyIdentifier.",
    "Use AuthorityKeyIdentifier.FromIssuer.", "CRL 的颁发机构密钥标识符须含 keyIdentifier。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.AuthorityKeyIdentifier is { KeyIdentifier: null } or { KeyIdentifier.IsEmpty: true })
        {
            report.Add("authorityKeyIdentifier has no keyIdentifier.");
        }
    }
}
