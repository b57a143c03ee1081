namespace Hufu.Pki.Linting.Rules;

/// <summary>A list is version 2.</summary>
internal sealed class CrlVersionNot2() : RevocationListRule(
    "hufu_crl_version_not_2", LintSeverity.Error, "RFC 5280 5.1.2.1; requirements 6.2.7.5-b",
    "A list is version 2.",
    "Set the version to 2.", "CRL 版本应为 2。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.Version != 2)
        {
            report.Add($"The version is {subject.Version}.");
        }
    }
}
