namespace Hufu.Pki.Linting.Rules;

/// <summary>A CA has subjectKeyIdentifier.</summary>
internal sealed class SubjectKeyIdentifierMissingInAuthority() : CertificateRule(
    "hufu_subject_key_identifier_missing_in_authority", LintSeverity.Error, "RFC 5280 4.2.1.2",
    "A CA has subjectKeyIdentifier.",
    "Add SubjectKeyIdentifier.", "CA 证书须含主体密钥标识符。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.IsAuthority && subject.Find(Oids.SubjectKeyIdentifier) is null)
        {
            report.Add("subjectKeyIdentifier is missing.");
        }
    }
}
