namespace Hufu.Pki.Linting.Rules;

/// <summary>subjectAltName is not critical beside a subject.</summary>
internal sealed class AlternativeNameCritical() : CertificateRule(
    "hufu_alternative_name_critical", LintSeverity.Warning, "RFC 5280 4.2.1.6",
    "subjectAltName is not critical beside a subject.",
    "Mark it not critical.", "主体非空时 subjectAltName 不应标记为关键。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (!subject.Tbs.Subject.IsEmpty && subject.Find(Oids.SubjectAltName) is { Critical: true })
        {
            report.Add("subjectAltName is critical and the subject is not empty.");
        }
    }
}
