namespace Hufu.Pki.Linting.Rules;

/// <summary>Distribution points and access locations are absolute http or ldap addresses, in extensions that are not critical.</summary>
internal sealed class AddressesAreUris() : LintRule(
    "hufu_cert_address_scheme", LintSeverity.Error, "RFC 5280 4.2.1.13, 4.2.2.1", "Distribution points and access locations are absolute http or ldap addresses, in extensions that are not critical.", "Correct the address in the settings.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        IEnumerable<string> distribution = subject.Read(Oids.CrlDistributionPoints, CrlDistributionPoints.Decode)?.Uris ?? [];
        IEnumerable<string> access = subject.Read(Oids.AuthorityInfoAccess, AuthorityInformationAccess.Decode)?.Descriptions.Where(d => d.Location.Kind == GeneralNameKind.Uri).Select(d => d.Location.Value) ?? [];
        foreach (string address in distribution.Concat(access))
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https" or "ldap"))
            {
                yield return $"'{address}' is no http or ldap address.";
            }
        }
    }
}
