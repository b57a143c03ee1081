namespace Hufu.Pki.Linting.Rules;

/// <summary>authorityKeyIdentifier is there (a root may lack it), not critical, and is the issuer's subjectKeyIdentifier.</summary>
internal sealed class AuthorityKeyIdentifierFits() : LintRule(
    "hufu_cert_authority_key_identifier", LintSeverity.Error, "RFC 5280 4.2.1.1", "authorityKeyIdentifier is there (a root may lack it), not critical, and is the issuer's subjectKeyIdentifier.", "Use AuthorityKeyIdentifier.FromIssuer.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.Find(Oids.AuthorityKeyIdentifier) is not { } extension)
        {
            if (subject.Kind != CertificateKind.Root)
            {
                yield return "authorityKeyIdentifier is missing.";
            }

            yield break;
        }

        if (extension.Critical)
        {
            yield return "authorityKeyIdentifier is critical.";
        }

        ReadOnlyMemory<byte>? wanted = subject.Kind == CertificateKind.Root
            ? subject.Read(Oids.SubjectKeyIdentifier, e => (ReadOnlyMemory<byte>?)SubjectKeyIdentifier.Decode(e).KeyIdentifier)
            : subject.Issuer?.SubjectKeyIdentifier;
        if (wanted is { } identifier && (subject.Read(Oids.AuthorityKeyIdentifier, AuthorityKeyIdentifier.Decode)?.KeyIdentifier is not { } found || !found.Span.SequenceEqual(identifier.Span)))
        {
            yield return "authorityKeyIdentifier is not the issuer's subjectKeyIdentifier.";
        }
    }
}
