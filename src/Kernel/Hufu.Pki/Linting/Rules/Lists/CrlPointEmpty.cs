namespace Hufu.Pki.Linting.Rules;

/// <summary>issuingDistributionPoint says something.</summary>
internal sealed class CrlPointEmpty() : RevocationListRule(
    "hufu_crl_point_empty", LintSeverity.Error, "RFC 5280 5.2.5",
    "issuingDistributionPoint says something.",
    "Leave it out when the list is complete.", "颁发分发点不得为空。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.DistributionPoint is { Names.Count: 0, Scope: RevocationListScope.All, IsPartialOrIndirect: false })
        {
            report.Add("issuingDistributionPoint is empty.");
        }
    }
}
