using System.Globalization;
using Hufu.Publishing.Certificates;
using Hufu.Publishing.Crls;
using Hufu.Records;

namespace Hufu.Publishing.Ldap;

/// <summary>What the shelves hold for a queued thing, read when it is sent.</summary>
/// <param name="Entry">The entry as it is to be; null to take it away.</param>
/// <param name="Dn">Its name.</param>
internal sealed record DirectoryDuty(DirectoryEntry? Entry, string Dn);

/// <summary>Reads what a directory is to have.</summary>
internal static class DirectoryShelf
{
    /// <summary>What a queued thing means now; null when nothing is to be done.</summary>
    public static DirectoryDuty? Read(Session session, DirectoryEntries entries, DirectoryTree tree, CrlFiles files, DateTimeOffset now, string kind, string what)
    {
        switch (kind)
        {
            case DirectoryKinds.Certificate:
                return CertificateShelf.ForDirectory(session, what, tree.RemoveRevoked, Ended(tree, now)) is { } row
                    ? new DirectoryDuty(entries.Certificate(row.Serial, row.Name, row.Certificate), entries.CertificateDn(what))
                    : new DirectoryDuty(null, entries.CertificateDn(what));
            case DirectoryKinds.Authority:
                var entry = entries.Authority(what, AuthorityShelf.All(session, what), CrossPairs.Of(session, what));
                return new DirectoryDuty(entry, entry.Dn);
            default:
                // The list of that number, as long as it is kept: what waited while a directory was down is published in order.
                var slash = what.LastIndexOf('/');
                var name = what[..slash];
                var list = CrlShelf.Numbered(session, name, long.Parse(what.AsSpan(slash + 1), CultureInfo.InvariantCulture)) ?? CrlShelf.Current(session, name);
                return list is null || entries.Crl(name, files.Read(list)) is not { } crl ? null : new DirectoryDuty(crl, crl.Dn);
        }
    }

    /// <summary>Certificates that ended before this moment are not in the directory; the beginning of time when they stay.</summary>
    public static DateTimeOffset Ended(DirectoryTree tree, DateTimeOffset now) => tree.RemoveEndedAfterDays is { } days ? now.AddDays(-days) : DateTimeOffset.UnixEpoch;
}
