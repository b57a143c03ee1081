namespace Hufu.Pki.Linting.Rules;

/// <summary>subjectAltName is critical exactly when the subject is empty.</summary>
internal sealed class AlternativeNameHasItsCriticality() : LintRule(
    "hufu_cert_alternative_name_criticality", LintSeverity.Error, "RFC 5280 4.2.1.6", "subjectAltName is critical exactly when the subject is empty.", "Correct the criticality.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.Find(Oids.SubjectAltName) is { } extension && extension.Critical != subject.Tbs.Subject.IsEmpty)
        {
            yield return $"subjectAltName is {(extension.Critical ? "" : "not ")}critical and the subject is {(subject.Tbs.Subject.IsEmpty ? "" : "not ")}empty.";
        }
    }
}
