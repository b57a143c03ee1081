namespace Hufu.Pki.Linting.Rules;

/// <summary>authorityKeyIdentifier is the issuer's subjectKeyIdentifier.</summary>
internal sealed class AuthorityKeyIdentifierMismatch() : CertificateRule(
    "hufu_authority_key_identifier_mismatch", LintSeverity.Error, "RFC 5280 4.2.1.1",
    "authorityKeyIdentifier is the issuer's subjectKeyIdentifier.",
    "Use AuthorityKeyIdentifier.FromIssuer.", "颁发机构密钥标识符须等于颁发者的主体密钥标识符。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        ReadOnlyMemory<byte>? wanted = subject.Kind == CertificateKind.Root ? subject.SubjectKeyIdentifier?.KeyIdentifier : subject.Issuer?.SubjectKeyIdentifier;
        if (wanted is { } identifier && subject.AuthorityKeyIdentifier?.KeyIdentifier is { } found && !found.Span.SequenceEqual(identifier.Span))
        {
            report.Add("authorityKeyIdentifier is not the issuer's subjectKeyIdentifier.");
        }
    }
}
