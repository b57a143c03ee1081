namespace Hufu.Pki.Linting.Rules;

/// <summary>An end entity names its policy, and not any.</summary>
internal sealed class PoliciesAny() : CertificateRule(
    "hufu_policies_any", LintSeverity.Warning, "RFC 5280 4.2.1.4",
    "An end entity names its policy, and not any.",
    "Name the policy under which it was vetted.", "终端实体证书应指明具体策略，而非 anyPolicy。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (!subject.IsAuthority && subject.Read(Oids.CertificatePolicies, CertificatePolicies.Decode) is { } policies && policies.Policies.Any(p => p.Oid == Oids.AnyPolicy))
        {
            report.Add("certificatePolicies names any policy.");
        }
    }
}
