namespace Hufu.Pki.Linting.Rules;

/// <summary>Name attributes hold no invisible characters and none that turn the direction of writing.</summary>
internal sealed class NameInvisibleCharacters() : SharedRule(
    "hufu_name_invisible_characters", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "R13; Unicode TR 36",
    "Name attributes hold no invisible characters and none that turn the direction of writing.",
    "Refuse the value: it does not show what it says.", "名称属性不得含不可见字符或改变书写方向的字符。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        foreach (NameAttribute attribute in subject.Name.Attributes)
        {
            if (InvisibleText.HasInvisible(attribute.Value))
            {
                report.Add($"{NameKeywords.OfOid(attribute.Oid)} holds an invisible character.");
            }
        }
    }
}
