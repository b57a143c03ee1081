namespace Hufu.Pki.Linting.Rules;

/// <summary>Name attributes are not empty.</summary>
internal sealed class NameValueEmpty() : SharedRule(
    "hufu_name_value_empty", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "RFC 5280 appendix A.1; R13",
    "Name attributes are not empty.",
    "Leave an attribute without a value out.", "名称属性不得为空；无值的属性应省略。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        foreach (NameAttribute attribute in subject.Name.Attributes)
        {
            if (string.IsNullOrWhiteSpace(attribute.Value))
            {
                report.Add($"{NameKeywords.OfOid(attribute.Oid)} is empty.");
            }
        }
    }
}
