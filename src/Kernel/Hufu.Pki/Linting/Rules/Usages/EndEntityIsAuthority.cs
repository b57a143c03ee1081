namespace Hufu.Pki.Linting.Rules;

/// <summary>An end entity never has CA:TRUE or keyCertSign.</summary>
internal sealed class EndEntityIsAuthority() : CertificateRule(
    "hufu_end_entity_is_authority", LintSeverity.Error, "R05; RFC 5280 4.2.1.9",
    "An end entity never has CA:TRUE or keyCertSign.",
    "Stop: the profile or the code above it is wrong.", "终端实体证书绝不得含 CA:TRUE 或 keyCertSign；请停止签发并检查模板。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (!subject.IsAuthority && (subject.BasicConstraints is { IsAuthority: true } || subject.KeyUsage is { } usage && usage.HasFlag(KeyUsages.KeyCertSign)))
        {
            report.Add("An end entity's certificate says that it is a CA's.");
        }
    }
}
