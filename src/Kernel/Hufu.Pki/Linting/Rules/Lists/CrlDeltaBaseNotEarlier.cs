namespace Hufu.Pki.Linting.Rules;

/// <summary>A delta list builds on an earlier one.</summary>
internal sealed class CrlDeltaBaseNotEarlier() : RevocationListRule(
    "hufu_crl_delta_base_not_earlier", LintSeverity.Error, "RFC 5280 5.2.4",
    "A delta list builds on an earlier one.",
    "Name the number of the complete list that it builds on.", "增量 CRL 的基准编号须小于自身编号。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.DeltaBase is { } from && subject.Number is { } number && from >= number)
        {
            report.Add($"The list {number} builds on {from}.");
        }
    }
}
