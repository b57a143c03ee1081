namespace Hufu.Pki.Linting.Rules;

/// <summary>An end entity has no basicConstraints at all.</summary>
internal sealed class EndEntityHasNoBasicConstraints() : LintRule(
    "hufu_cert_end_entity_basic_constraints", LintSeverity.Error, "interop.md", "An end entity has no basicConstraints at all.", "Leave the extension out.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.Kind == CertificateKind.EndEntity && subject.Find(Oids.BasicConstraints) is not null)
        {
            yield return "An end entity carries basicConstraints.";
        }
    }
}
