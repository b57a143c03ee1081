namespace Hufu.Pki.Linting.Rules;

/// <summary>Only a CA has policyMappings, policyConstraints and inhibitAnyPolicy.</summary>
internal sealed class PolicyControlInEndEntity() : CertificateRule(
    "hufu_policy_control_in_end_entity", LintSeverity.Warning, "RFC 5280 4.2.1.5, 4.2.1.11, 4.2.1.14",
    "Only a CA has policyMappings, policyConstraints and inhibitAnyPolicy.",
    "Leave the extension out.", "策略映射、策略约束等只应用于 CA 证书。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        foreach (string oid in (ReadOnlySpan<string>)[Oids.PolicyMappings, Oids.PolicyConstraints, Oids.InhibitAnyPolicy])
        {
            if (!subject.IsAuthority && subject.Find(oid) is not null)
            {
                report.Add($"An end entity carries {oid}.");
            }
        }
    }
}
