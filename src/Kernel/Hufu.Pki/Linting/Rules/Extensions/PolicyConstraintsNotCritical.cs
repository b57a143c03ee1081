namespace Hufu.Pki.Linting.Rules;

/// <summary>policyConstraints is critical.</summary>
internal sealed class PolicyConstraintsNotCritical() : CertificateRule(
    "hufu_policy_constraints_not_critical", LintSeverity.Error, "RFC 5280 4.2.1.11",
    "policyConstraints is critical.",
    "Mark it critical.", "policyConstraints 须标记为关键。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Find(Oids.PolicyConstraints) is { Critical: false })
        {
            report.Add("policyConstraints is not critical.");
        }
    }
}
