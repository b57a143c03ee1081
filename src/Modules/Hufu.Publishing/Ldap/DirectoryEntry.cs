using System.Globalization;
using System.Text;

namespace Hufu.Publishing.Ldap;

/// <summary>An entry as it is to be: its name, classes, and the values that are ours.</summary>
/// <param name="Dn">Its name.</param>
/// <param name="Classes">objectClass of a new one.</param>
/// <param name="Plain">Text attributes of a new one.</param>
/// <param name="Values">Attributes of RFC 4523 with all their values; an empty list takes the attribute away.</param>
internal sealed record DirectoryEntry(
    string Dn, IReadOnlyList<string> Classes, IReadOnlyList<(string Name, string Value)> Plain, IReadOnlyList<(string Name, IReadOnlyList<byte[]> Values)> Values);

/// <summary>Entries by the operator's tree, with the attributes of RFC 4523.</summary>
internal sealed class DirectoryEntries(DirectoryTree tree, string suffix)
{
    /// <summary>userCertificate;binary of a holder.</summary>
    public DirectoryEntry Certificate(string serial, string name, byte[] der) => new(
        CertificateDn(serial), ["inetOrgPerson", "pkiUser"], [("uid", serial), ("cn", Text(name)), ("sn", Text(name))], [("userCertificate;binary", [der])]);

    /// <summary>The name of a holder's entry.</summary>
    public string CertificateDn(string serial) => Put(tree.Certificate, ("serial", serial));

    /// <summary>cACertificate;binary and crossCertificatePair;binary of a CA.</summary>
    public DirectoryEntry Authority(string ca, IReadOnlyList<byte[]> certificates, IReadOnlyList<byte[]> pairs) => new(
        AuthorityDn(ca), ["applicationProcess", "pkiCA", "deltaCRL"], [("cn", ca)],
        pairs.Count == 0 ? [("cACertificate;binary", certificates)] : [("cACertificate;binary", certificates), ("crossCertificatePair;binary", pairs)]);

    /// <summary>A list: at its CA's entry when it is the CA's full or delta of everything, else at an entry of its own.</summary>
    /// <param name="name">The name of its address: <c>operational</c>, <c>operational-delta</c>, <c>operational-p3</c>, <c>operational-arl</c>.</param>
    /// <param name="der">The list.</param>
    public DirectoryEntry Crl(string name, byte[] der)
    {
        var delta = name.EndsWith("-delta", StringComparison.Ordinal);
        var whole = delta ? name[..^6] : name;
        var attribute = delta ? "deltaRevocationList;binary" : whole.EndsWith("-arl", StringComparison.Ordinal) ? "authorityRevocationList;binary" : "certificateRevocationList;binary";
        return whole.Contains('-', StringComparison.Ordinal)
            ? new DirectoryEntry(Put(tree.Crl, ("name", whole)), ["cRLDistributionPoint"], [("cn", whole)], [(attribute, [der])])
            : new DirectoryEntry(AuthorityDn(whole), ["applicationProcess", "pkiCA", "deltaCRL"], [("cn", whole)], [(attribute, [der])]);
    }

    /// <summary>The entries above one, from the base down, that are made when they are missing: organizational units only.</summary>
    public IEnumerable<(string Dn, string Unit)> Parents(string dn)
    {
        var parts = new List<(string Dn, string Unit)>();
        for (var at = Next(dn); at is not null && !at.Equals(suffix, StringComparison.OrdinalIgnoreCase); at = Next(at))
        {
            parts.Add((at, at.StartsWith("ou=", StringComparison.OrdinalIgnoreCase) ? at[3..at.IndexOf(',', StringComparison.Ordinal)] : ""));
        }

        return parts.AsEnumerable().Reverse();
    }

    private string AuthorityDn(string ca) => Put(tree.Authority, ("ca", ca));

    private string Put(string template, (string Name, string Value) value) =>
        template.Replace("{" + value.Name + "}", Escape(value.Value), StringComparison.Ordinal).Replace("{base}", suffix, StringComparison.Ordinal);

    private static string? Next(string dn)
    {
        for (var i = 0; i < dn.Length; i++)
        {
            if (dn[i] == ',' && (i == 0 || dn[i - 1] != '\\'))
            {
                return dn[(i + 1)..];
            }
        }

        return null;
    }

    private static string Text(string value) => value.Length == 0 ? "-" : value;

    // RFC 4514 2.4: everything that is not a letter, a digit or a hyphen, as hexadecimal pairs.
    private static string Escape(string value)
    {
        var escaped = new StringBuilder();
        foreach (var octet in Encoding.UTF8.GetBytes(value))
        {
            escaped.Append(char.IsAsciiLetterOrDigit((char)octet) || octet == '-' ? ((char)octet).ToString() : string.Create(CultureInfo.InvariantCulture, $"\\{octet:x2}"));
        }

        return escaped.ToString();
    }
}
