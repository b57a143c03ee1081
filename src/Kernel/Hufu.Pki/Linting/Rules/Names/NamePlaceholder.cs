namespace Hufu.Pki.Linting.Rules;

/// <summary>Values are not the examples of some software.</summary>
internal sealed class NamePlaceholder() : SharedRule(
    "hufu_name_placeholder", LintTargets.Certificate | LintTargets.Request, LintSeverity.Warning, "R13",
    "Values are not the examples of some software.",
    "Have the true value vetted, or leave the attribute out.", "名称含软件默认值或占位内容，请填入经核验的真实值或省略。")
{
    private static readonly HashSet<string> s_placeholders = new(StringComparer.OrdinalIgnoreCase)
    {
        "-", ".", "*", "?", "N/A", "NA", "none", "null", "undefined", "unknown", "test", "Some-State", "Internet Widgits Pty Ltd", "Default Company Ltd", "Default City", "无", "未知", "测试",
    };

    internal override void Check(LintSubject subject, LintReport report)
    {
        foreach (NameAttribute attribute in subject.Name.Attributes)
        {
            if (attribute.Oid != Oids.Country && s_placeholders.Contains(attribute.Value))
            {
                report.Add($"{NameKeywords.OfOid(attribute.Oid)} is '{attribute.Value}'.");
            }
        }
    }
}
