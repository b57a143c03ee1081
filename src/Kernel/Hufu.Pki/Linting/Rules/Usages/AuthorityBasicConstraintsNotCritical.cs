namespace Hufu.Pki.Linting.Rules;

/// <summary>A CA's basicConstraints is critical.</summary>
internal sealed class AuthorityBasicConstraintsNotCritical() : CertificateRule(
    "hufu_authority_basic_constraints_not_critical", LintSeverity.Error, "RFC 5280 4.2.1.9",
    "A CA's basicConstraints is critical.",
    "Mark it critical.", "CA 证书的基本约束须标记为关键。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.IsAuthority && subject.Find(Oids.BasicConstraints) is { Critical: false })
        {
            report.Add("A CA's basicConstraints is not critical.");
        }
    }
}
