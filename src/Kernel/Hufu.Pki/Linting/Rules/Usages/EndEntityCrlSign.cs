namespace Hufu.Pki.Linting.Rules;

/// <summary>An end entity does not have cRLSign.</summary>
internal sealed class EndEntityCrlSign() : CertificateRule(
    "hufu_end_entity_crl_sign", LintSeverity.Error, "R05; standards.md 3.2",
    "An end entity does not have cRLSign.",
    "Correct the profile's key usage.", "终端实体证书不得含 cRLSign。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (!subject.IsAuthority && subject.KeyUsage is { } usage && usage.HasFlag(KeyUsages.CrlSign))
        {
            report.Add($"An end entity's keyUsage is {usage}.");
        }
    }
}
