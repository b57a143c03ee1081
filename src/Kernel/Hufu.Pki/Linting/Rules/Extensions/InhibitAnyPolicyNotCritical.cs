namespace Hufu.Pki.Linting.Rules;

/// <summary>inhibitAnyPolicy is critical.</summary>
internal sealed class InhibitAnyPolicyNotCritical() : CertificateRule(
    "hufu_inhibit_any_policy_not_critical", LintSeverity.Error, "RFC 5280 4.2.1.14",
    "inhibitAnyPolicy is critical.",
    "Mark it critical.", "inhibitAnyPolicy 须标记为关键。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Find(Oids.InhibitAnyPolicy) is { Critical: false })
        {
            report.Add("inhibitAnyPolicy is not critical.");
        }
    }
}
