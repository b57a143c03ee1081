namespace Hufu.Pki.Linting.Rules;

/// <summary>authorityKeyIdentifier is the issuer's subjectKeyIdentifier.</summary>
internal sealed class CrlAuthorityKeyIdentifierMismatch() : RevocationListRule(
    "hufu_crl_authority_key_identifier_mismatch", LintSeverity.Error, "RFC 5280 5.2.1",
    "authorityKeyIdentifier is the issuer's subjectKeyIdentifier.",
    "Use AuthorityKeyIdentifier.FromIssuer.", "CRL 的颁发机构密钥标识符须等于颁发者的主体密钥标识符。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.Issuer?.SubjectKeyIdentifier is { } wanted && subject.AuthorityKeyIdentifier?.KeyIdentifier is { } found && !found.Span.SequenceEqual(wanted.Span))
        {
            report.Add("authorityKeyIdentifier is not the issuer's subjectKeyIdentifier.");
        }
    }
}
