namespace Hufu.Pki.Linting.Rules;

/// <summary>The subject is not empty, or subjectAltName names it; a CA's is never empty.</summary>
internal sealed class SubjectEmpty() : CertificateRule(
    "hufu_subject_empty", LintSeverity.Error, "RFC 5280 4.1.2.6",
    "The subject is not empty, or subjectAltName names it; a CA's is never empty.",
    "Name the subject.", "主体不得为空，除非由 subjectAltName 命名；CA 的主体不得为空。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Tbs.Subject.IsEmpty && (subject.IsAuthority || subject.Find(Oids.SubjectAltName) is null))
        {
            report.Add("The subject is empty and no subjectAltName names it.");
        }
    }
}
