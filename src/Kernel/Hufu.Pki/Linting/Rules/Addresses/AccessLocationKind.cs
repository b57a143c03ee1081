namespace Hufu.Pki.Linting.Rules;

/// <summary>Access locations are addresses.</summary>
internal sealed class AccessLocationKind() : CertificateRule(
    "hufu_access_location_kind", LintSeverity.Warning, "RFC 5280 4.2.2.1",
    "Access locations are addresses.",
    "Write a uniformResourceIdentifier.", "访问位置应为 URI。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        foreach (AccessDescription description in subject.InformationAccess?.Descriptions ?? [])
        {
            if (description.Location.Kind != GeneralNameKind.Uri)
            {
                report.Add($"An access location is {description.Location.Kind}.");
            }
        }
    }
}
