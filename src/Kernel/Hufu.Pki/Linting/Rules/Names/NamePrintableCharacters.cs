namespace Hufu.Pki.Linting.Rules;

/// <summary>A PrintableString holds only the characters of its type.</summary>
internal sealed class NamePrintableCharacters() : SharedRule(
    "hufu_name_printable_characters", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "X.680 41.4",
    "A PrintableString holds only the characters of its type.",
    "Use UTF8String for values with other characters, or correct the value.", "PrintableString 含有不允许的字符；请改用 UTF8String 或更正内容。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        foreach (NameAttribute attribute in subject.Name.Attributes)
        {
            if (attribute.StringTag == DerTag.PrintableString && !DerText.IsPrintable(attribute.Value))
            {
                report.Add($"{NameKeywords.OfOid(attribute.Oid)} holds a character that a PrintableString does not have.");
            }
        }
    }
}
