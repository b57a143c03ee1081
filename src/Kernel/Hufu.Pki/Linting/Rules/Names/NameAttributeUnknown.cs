namespace Hufu.Pki.Linting.Rules;

/// <summary>Name attributes are of types that everybody knows.</summary>
internal sealed class NameAttributeUnknown() : SharedRule(
    "hufu_name_attribute_unknown", LintTargets.Certificate | LintTargets.Request, LintSeverity.Notice, "RFC 5280 4.1.2.4",
    "Name attributes are of types that everybody knows.",
    "Check that relying parties can show the attribute.", "名称含不常见的属性类型，请确认依赖方可以显示。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        foreach (NameAttribute attribute in subject.Name.Attributes)
        {
            if (NameKeywords.OfOid(attribute.Oid) == attribute.Oid)
            {
                report.Add($"The attribute {attribute.Oid} is not known.");
            }
        }
    }
}
