namespace Hufu.Pki.Linting.Rules;

/// <summary>Access locations are absolute http or ldap addresses, of OCSP http.</summary>
internal sealed class AccessLocationScheme() : CertificateRule(
    "hufu_access_location_scheme", LintSeverity.Error, "RFC 5280 4.2.2.1",
    "Access locations are absolute http or ldap addresses, of OCSP http.",
    "Correct the address in the settings.", "authorityInfoAccess 地址须为绝对的 http 或 ldap 地址。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        foreach (AccessDescription description in subject.InformationAccess?.Descriptions ?? [])
        {
            bool fits = description.Location.Kind != GeneralNameKind.Uri || (description.Method == Oids.AccessOcsp
                ? WebAddress.HasScheme(description.Location.Value, "http", "https")
                : WebAddress.HasScheme(description.Location.Value, "http", "https", "ldap", "ldaps"));
            if (!fits)
            {
                report.Add($"'{description.Location.Value}' is no http or ldap address.");
            }
        }
    }
}
