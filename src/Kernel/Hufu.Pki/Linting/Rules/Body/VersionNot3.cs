namespace Hufu.Pki.Linting.Rules;

/// <summary>A certificate is version 3.</summary>
internal sealed class VersionNot3() : CertificateRule(
    "hufu_version_not_3", LintSeverity.Error, "RFC 5280 4.1.2.1; GM/T 0015 5.2",
    "A certificate is version 3.",
    "Set the version to 3.", "将版本设为 3。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Tbs.Version != 3)
        {
            report.Add($"The version is {subject.Tbs.Version}.");
        }
    }
}
