namespace Hufu.Pki.Linting.Rules;

/// <summary>subjectKeyIdentifier is there and not critical.</summary>
internal sealed class SubjectKeyIdentifierIsThere() : LintRule(
    "hufu_cert_subject_key_identifier", LintSeverity.Error, "RFC 5280 4.2.1.2", "subjectKeyIdentifier is there and not critical.", "Add SubjectKeyIdentifier.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.Find(Oids.SubjectKeyIdentifier) is not { Critical: false })
        {
            yield return "subjectKeyIdentifier is missing or critical.";
        }
    }
}
