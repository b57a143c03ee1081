namespace Hufu.Pki.Linting.Rules;

/// <summary>A CA has basicConstraints with cA.</summary>
internal sealed class AuthorityBasicConstraints() : CertificateRule(
    "hufu_authority_basic_constraints", LintSeverity.Error, "RFC 5280 4.2.1.9",
    "A CA has basicConstraints with cA.",
    "Add BasicConstraints(true).", "CA 证书须含 cA 为真的基本约束。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.IsAuthority && subject.BasicConstraints is not { IsAuthority: true })
        {
            report.Add("A CA's basicConstraints is missing or without cA.");
        }
    }
}
