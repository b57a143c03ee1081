namespace Hufu.Pki.Linting.Rules;

/// <summary>A delta list has no freshestCRL.</summary>
internal sealed class CrlDeltaWithFreshest() : RevocationListRule(
    "hufu_crl_delta_with_freshest", LintSeverity.Error, "RFC 5280 5.2.6",
    "A delta list has no freshestCRL.",
    "Leave it out.", "增量 CRL 不得含 freshestCRL。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.Find(Oids.DeltaCrlIndicator) is not null && subject.Find(Oids.FreshestCrl) is not null)
        {
            report.Add("A delta list carries freshestCRL.");
        }
    }
}
