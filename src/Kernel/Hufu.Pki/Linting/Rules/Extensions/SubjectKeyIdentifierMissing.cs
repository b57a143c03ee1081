namespace Hufu.Pki.Linting.Rules;

/// <summary>An end entity has subjectKeyIdentifier.</summary>
internal sealed class SubjectKeyIdentifierMissing() : CertificateRule(
    "hufu_subject_key_identifier_missing", LintSeverity.Warning, "RFC 5280 4.2.1.2; GM/T 0015",
    "An end entity has subjectKeyIdentifier.",
    "Add SubjectKeyIdentifier.", "终端实体证书建议含主体密钥标识符。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (!subject.IsAuthority && subject.Find(Oids.SubjectKeyIdentifier) is null)
        {
            report.Add("subjectKeyIdentifier is missing.");
        }
    }
}
