namespace Hufu.Pki;

/// <summary>Short names of attribute types in text (RFC 4519 and custom).</summary>
internal static class NameKeywords
{
    private static readonly (string Keyword, string Oid)[] s_keywords =
    [
        ("C", Oids.Country), ("ST", Oids.StateOrProvince), ("L", Oids.Locality), ("O", Oids.Organization), ("OU", Oids.OrganizationalUnit), ("CN", Oids.CommonName),
        ("STREET", Oids.Street), ("DC", Oids.DomainComponent), ("UID", Oids.UserId), ("E", Oids.EmailAddress), ("SERIALNUMBER", Oids.DnSerialNumber),
        ("T", Oids.Title), ("SN", Oids.Surname), ("GN", Oids.GivenName), ("ORGANIZATIONIDENTIFIER", Oids.OrganizationIdentifier), ("S", Oids.StateOrProvince),
        ("EMAILADDRESS", Oids.EmailAddress),
    ];

    internal static string OfOid(string oid)
    {
        foreach ((string keyword, string known) in s_keywords)
        {
            if (known == oid)
            {
                return keyword;
            }
        }

        return oid;
    }

    internal static string ToOid(string keyword)
    {
        foreach ((string known, string oid) in s_keywords)
        {
            if (known.Equals(keyword, StringComparison.OrdinalIgnoreCase))
            {
                return oid;
            }
        }

        return keyword.Length > 2 && char.IsAsciiDigit(keyword[0]) && keyword.Contains('.')
            ? keyword
            : throw PkiException.BadValue($"The name attribute '{keyword}' is not known.");
    }
}
