namespace Hufu.Pki.Linting.Rules;

/// <summary>subjectAltName is critical when the subject is empty.</summary>
internal sealed class AlternativeNameMustBeCritical() : CertificateRule(
    "hufu_alternative_name_must_be_critical", LintSeverity.Error, "RFC 5280 4.2.1.6",
    "subjectAltName is critical when the subject is empty.",
    "Mark it critical.", "主体为空时 subjectAltName 须标记为关键。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Tbs.Subject.IsEmpty && subject.Find(Oids.SubjectAltName) is { Critical: false })
        {
            report.Add("The subject is empty and subjectAltName is not critical.");
        }
    }
}
