namespace Hufu.Pki.Linting.Rules;

/// <summary>The names of an issuing distribution point are http or ldap addresses, or directory names.</summary>
internal sealed class CrlPointAddress() : RevocationListRule(
    "hufu_crl_point_address", LintSeverity.Warning, "RFC 5280 5.2.5",
    "The names of an issuing distribution point are http or ldap addresses, or directory names.",
    "Write the address that stands in certificates.", "颁发分发点的地址应为 http 或 ldap，并与证书中一致。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        foreach (GeneralName name in subject.DistributionPoint?.Names ?? [])
        {
            if (name.Kind != GeneralNameKind.Directory && (name.Kind != GeneralNameKind.Uri || !WebAddress.HasScheme(name.Value, "http", "https", "ldap", "ldaps")))
            {
                report.Add($"'{name.Value}' is no http or ldap address.");
            }
        }
    }
}
