namespace Hufu.Pki.Linting.Rules;

/// <summary>A CA's path length fits below its issuer's.</summary>
internal sealed class AuthorityPathTooLong() : CertificateRule(
    "hufu_authority_path_too_long", LintSeverity.Error, "RFC 5280 4.2.1.9, 6.1.4",
    "A CA's path length fits below its issuer's.",
    "Lower pathLenConstraint, or issue from a CA above.", "路径长度须小于颁发者的路径长度约束。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.IsAuthority && !subject.IsSelfIssued && subject.Issuer?.BasicConstraints?.PathLength is { } limit && (subject.BasicConstraints?.PathLength ?? int.MaxValue) >= limit && (limit == 0 || subject.BasicConstraints?.PathLength is not null))
        {
            report.Add(limit == 0 ? "The issuer may have no CA below it." : $"The path length is {subject.BasicConstraints?.PathLength}, the issuer's {limit}.");
        }
    }
}
