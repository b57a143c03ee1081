namespace Hufu.Pki.Linting.Rules;

/// <summary>Each relative name has one attribute.</summary>
internal sealed class NameSeveralValues() : SharedRule(
    "hufu_name_several_values", LintTargets.Certificate | LintTargets.Request, LintSeverity.Warning, "GM/T 0015",
    "Each relative name has one attribute.",
    "Put each attribute into a relative name of its own.", "每个 RDN 应只含一个属性。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        foreach (IReadOnlyList<NameAttribute> relative in subject.Name.RelativeNames)
        {
            if (relative.Count > 1)
            {
                report.Add("A relative name has several attributes.");
            }
        }
    }
}
