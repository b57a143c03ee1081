namespace Hufu.Pki.Linting.Rules;

/// <summary>A list is not for some reasons only, and not for other issuers' certificates.</summary>
internal sealed class CrlPointPartial() : RevocationListRule(
    "hufu_crl_point_partial", LintSeverity.Warning, "RFC 5280 5.2.5",
    "A list is not for some reasons only, and not for other issuers' certificates.",
    "Issue a complete list.", "不建议签发仅含部分原因的或间接的 CRL。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.DistributionPoint is { IsPartialOrIndirect: true })
        {
            report.Add("The list is for some reasons only, or indirect.");
        }
    }
}
