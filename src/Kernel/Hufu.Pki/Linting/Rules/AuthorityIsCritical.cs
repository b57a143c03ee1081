namespace Hufu.Pki.Linting.Rules;

/// <summary>A CA has basicConstraints with cA, critical.</summary>
internal sealed class AuthorityIsCritical() : LintRule(
    "hufu_cert_authority_basic_constraints", LintSeverity.Error, "RFC 5280 4.2.1.9", "A CA has basicConstraints with cA, critical.", "Add BasicConstraints(true).")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.IsAuthority && (subject.Find(Oids.BasicConstraints) is not { Critical: true } || subject.BasicConstraints is not { IsAuthority: true }))
        {
            yield return "A CA's basicConstraints is missing, not critical or without cA.";
        }
    }
}
