namespace Hufu.Pki.Linting.Rules;

/// <summary>A request is version 0.</summary>
internal sealed class RequestVersionNot0() : RequestRule(
    "hufu_request_version_not_0", LintSeverity.Error, "RFC 2986 4.1; GM/T 0092 5",
    "A request is version 0.",
    "Set the version to 0.", "证书请求版本应为 0。")
{
    protected override void Check(RequestSubject subject, LintReport report)
    {
        if (subject.Version != 0)
        {
            report.Add($"The version is {subject.Version}.");
        }
    }
}
