namespace Hufu.Pki.Linting;

/// <summary>Host names and mail addresses as they stand in certificates.</summary>
internal static class HostName
{
    private static readonly string[] s_reserved = ["localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "test", "example", "invalid", "onion", "example.com", "example.net", "example.org"];

    /// <summary>Lower-case labels of letters, digits and hyphens; a wildcard only as the whole first of at least three labels.</summary>
    internal static bool IsWellFormed(string name)
    {
        string[] labels = name.Length <= 253 ? name.Split('.') : [];
        bool wildcard = labels.Length > 0 && labels[0] == "*";
        return labels.Length >= (wildcard ? 3 : 1) && labels.AsSpan(wildcard ? 1 : 0).IndexOfAnyLabelFault() < 0;
    }

    private static int IndexOfAnyLabelFault(this Span<string> labels)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            string label = labels[i];
            if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-' || !label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>True for names of which nobody is the owner: without a dot, or below a reserved domain (RFC 2606, 6761, 6762, 8375 and those used for private networks).</summary>
    internal static bool IsReserved(string name) => !name.Contains('.')
        || s_reserved.Any(r => name.EndsWith(r, StringComparison.OrdinalIgnoreCase) && (name.Length == r.Length || name[^(r.Length + 1)] == '.'));

    /// <summary>local@host: a dot-atom before the one @, a host name after it in either case.</summary>
    internal static bool IsMailAddress(string address)
    {
        int at = address.IndexOf('@');
        if (at is < 1 or > 64 || at != address.LastIndexOf('@') || address[0] == '.' || address[at - 1] == '.' || address.Contains("..", StringComparison.Ordinal))
        {
            return false;
        }

        foreach (char c in address.AsSpan(0, at))
        {
            if (!char.IsAsciiLetterOrDigit(c) && !"!#$%&'*+-/=?^_`{|}~.".Contains(c))
            {
                return false;
            }
        }

        string host = address[(at + 1)..].ToLowerInvariant();
        return host.Contains('.') && host[0] != '*' && IsWellFormed(host);
    }
}
