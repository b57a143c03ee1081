using System.Buffers;

namespace Hufu.Pki.Linting;

/// <summary>Addresses in certificates and lists.</summary>
internal static class WebAddress
{
    // What may stand in an address without being escaped, and the percent sign (RFC 3986 2, 4.2).
    private static readonly SearchValues<char> s_characters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%");

    /// <summary>True for an absolute address with a host, of one of these schemes.</summary>
    internal static bool HasScheme(string address, params ReadOnlySpan<string> schemes)
    {
        int colon = address.IndexOf("://", StringComparison.Ordinal);
        if (colon < 1 || address.AsSpan().ContainsAnyExcept(s_characters))
        {
            return false;
        }

        ReadOnlySpan<char> rest = address.AsSpan(colon + 3);
        int end = rest.IndexOfAny('/', '?', '#');
        bool hasHost = (end < 0 ? rest : rest[..end]).TrimStart(':').Length > 0;
        foreach (string scheme in schemes)
        {
            // An ldap address may leave the host out (RFC 4516): the relying party then asks the server that it knows.
            if (address.AsSpan(0, colon).Equals(scheme, StringComparison.OrdinalIgnoreCase))
            {
                return hasHost || scheme.StartsWith("ldap", StringComparison.Ordinal);
            }
        }

        return false;
    }
}
