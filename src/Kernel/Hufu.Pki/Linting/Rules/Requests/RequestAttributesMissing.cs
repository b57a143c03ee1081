namespace Hufu.Pki.Linting.Rules;

/// <summary>attributes [0] is there, if only empty.</summary>
internal sealed class RequestAttributesMissing() : RequestRule(
    "hufu_request_attributes_missing", LintSeverity.Warning, "RFC 2986 4.1",
    "attributes [0] is there, if only empty.",
    "Write the empty set.", "attributes [0] 应存在，可为空。")
{
    protected override void Check(RequestSubject subject, LintReport report)
    {
        if (subject.LacksAttributes)
        {
            report.Add("attributes is left out.");
        }
    }
}
