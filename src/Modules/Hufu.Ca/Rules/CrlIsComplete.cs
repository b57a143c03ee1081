namespace Hufu.Ca.Rules;

/// <summary>Before a CRL goes out: what is revoked and unexpired in the database is on it, every one (R08). Both sides come in the order of serials, streamed.</summary>
internal static class CrlIsComplete
{
    /// <param name="onTheList">Serials on the CRL that is about to go out, ascending in ordinal order.</param>
    /// <param name="revokedAndUnexpired">Serials from the certificates' own table, ascending.</param>
    /// <returns>Up to ten serials that are missing; empty when the list is complete.</returns>
    public static IReadOnlyList<string> Missing(IEnumerable<string> onTheList, IEnumerable<string> revokedAndUnexpired)
    {
        List<string> missing = [];
        using var list = onTheList.GetEnumerator();
        var more = list.MoveNext();
        foreach (var serial in revokedAndUnexpired)
        {
            while (more && string.CompareOrdinal(list.Current, serial) < 0)
            {
                more = list.MoveNext();
            }

            if (!more || list.Current != serial)
            {
                missing.Add(serial);
                if (missing.Count == 10)
                {
                    break;
                }
            }
        }

        return missing;
    }
}
