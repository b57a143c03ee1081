namespace Hufu.Pki.Linting.Rules;

/// <summary>Name attributes do not begin or end with a space.</summary>
internal sealed class NameValueSpaces() : SharedRule(
    "hufu_name_value_spaces", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "RFC 5280 7.1; R13",
    "Name attributes do not begin or end with a space.",
    "Trim the value before building the name.", "名称属性首尾不得有空格。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        foreach (NameAttribute attribute in subject.Name.Attributes)
        {
            if (attribute.Value.Length > 0 && (char.IsWhiteSpace(attribute.Value[0]) || char.IsWhiteSpace(attribute.Value[^1])))
            {
                report.Add($"{NameKeywords.OfOid(attribute.Oid)} begins or ends with a space.");
            }
        }
    }
}
