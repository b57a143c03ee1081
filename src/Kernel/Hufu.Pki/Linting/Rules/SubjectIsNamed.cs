namespace Hufu.Pki.Linting.Rules;

/// <summary>The subject is not empty, or a critical subjectAltName names it; a CA's is never empty.</summary>
internal sealed class SubjectIsNamed() : LintRule(
    "hufu_cert_subject_empty", LintSeverity.Error, "RFC 5280 4.1.2.6", "The subject is not empty, or a critical subjectAltName names it; a CA's is never empty.", "Name the subject.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.Tbs.Subject.IsEmpty && (subject.IsAuthority || subject.Find(Oids.SubjectAltName) is not { Critical: true }))
        {
            yield return "The subject is empty and no critical subjectAltName names it.";
        }
    }
}
