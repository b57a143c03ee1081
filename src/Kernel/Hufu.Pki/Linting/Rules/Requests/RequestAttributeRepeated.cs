namespace Hufu.Pki.Linting.Rules;

/// <summary>Each attribute occurs once.</summary>
internal sealed class RequestAttributeRepeated() : RequestRule(
    "hufu_request_attribute_repeated", LintSeverity.Error, "RFC 2986 4.1; X.501 8.2",
    "Each attribute occurs once.",
    "Write it once.", "同一属性不得重复。")
{
    protected override void Check(RequestSubject subject, LintReport report)
    {
        for (int i = 1; i < subject.Attributes.Count; i++)
        {
            if (subject.Attributes.Take(i).Any(a => a.Oid == subject.Attributes[i].Oid))
            {
                report.Add($"The attribute {subject.Attributes[i].Oid} occurs more than once.");
            }
        }
    }
}
