namespace Hufu.Pki.Linting.Rules;

/// <summary>certificatePolicies is not critical.</summary>
internal sealed class PoliciesAreNotCritical() : LintRule(
    "hufu_cert_policies_critical", LintSeverity.Error, "interop.md", "certificatePolicies is not critical.", "Mark it not critical.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.Find(Oids.CertificatePolicies) is { Critical: true })
        {
            yield return "certificatePolicies is critical.";
        }
    }
}
