namespace Hufu.Pki.Linting.Rules;

/// <summary>authorityKeyIdentifier has a keyIdentifier.</summary>
internal sealed class AuthorityKeyIdentifierWithoutKey() : CertificateRule(
    "hufu_authority_key_identifier_without_key", LintSeverity.Error, "RFC 5280 4.2.1.1",
    "authorityKeyIdentifier has a keyIdentifier.",
    "Use AuthorityKeyIdentifier.FromIssuer.", "颁发机构密钥标识符须含 keyIdentifier。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.AuthorityKeyIdentifier is { KeyIdentifier: null } or { KeyIdentifier.IsEmpty: true })
        {
            report.Add("authorityKeyIdentifier has no keyIdentifier.");
        }
    }
}
