namespace Hufu.Pki.Linting.Rules;

/// <summary>Attributes of one relative name stand in the order of their encodings.</summary>
internal sealed class NameSetOrder() : SharedRule(
    "hufu_name_set_order", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "X.690 11.6",
    "Attributes of one relative name stand in the order of their encodings.",
    "Sort the SET OF as DER asks.", "同一 RDN 中的属性须按 DER 编码排序。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        foreach (IReadOnlyList<NameAttribute> relative in subject.Name.RelativeNames)
        {
            for (int i = 1; i < relative.Count; i++)
            {
                // A shorter encoding counts as padded with zeros; a DER element never is the beginning of another, so padding decides nothing.
                if (DerWriting.Encode(relative[i - 1].Write).AsSpan().SequenceCompareTo(DerWriting.Encode(relative[i].Write)) > 0)
                {
                    report.Add("The attributes of a relative name are not sorted.");
                }
            }
        }
    }
}
