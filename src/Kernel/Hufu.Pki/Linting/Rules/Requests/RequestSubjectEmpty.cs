namespace Hufu.Pki.Linting.Rules;

/// <summary>A request names its subject.</summary>
internal sealed class RequestSubjectEmpty() : RequestRule(
    "hufu_request_subject_empty", LintSeverity.Warning, "RFC 2986 4.1; GM/T 0092",
    "A request names its subject.",
    "Name the subject.", "证书请求应写明主体。")
{
    protected override void Check(RequestSubject subject, LintReport report)
    {
        if (subject.Name.IsEmpty)
        {
            report.Add("The subject is empty.");
        }
    }
}
