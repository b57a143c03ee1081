namespace Hufu.Pki.Linting.Rules;

/// <summary>Name attributes hold no control characters.</summary>
internal sealed class NameControlCharacters() : SharedRule(
    "hufu_name_control_characters", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "R13",
    "Name attributes hold no control characters.",
    "Refuse the value.", "名称属性不得含控制字符。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        foreach (NameAttribute attribute in subject.Name.Attributes)
        {
            if (InvisibleText.HasControls(attribute.Value))
            {
                report.Add($"{NameKeywords.OfOid(attribute.Oid)} holds a control character.");
            }
        }
    }
}
