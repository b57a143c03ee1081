namespace Hufu.Ca.Rules;

/// <summary>An entry of a CRL, as far as two lists are compared.</summary>
/// <param name="Serial">Hex.</param>
/// <param name="RevokedAt">Unix milliseconds UTC.</param>
/// <param name="Reason">RFC 5280 5.3.1.</param>
internal readonly record struct CrlEntryKey(string Serial, long RevokedAt, long Reason);

/// <summary>
/// The difference from the last CRL is explained entry by entry: what is new was revoked, what is gone had been on a regular CRL past its end, what stays has not changed (R09).
/// </summary>
internal static class CrlDifferenceIsExplained
{
    /// <param name="before">The last CRL's entries, ascending by serial in ordinal order.</param>
    /// <param name="after">The next one's, likewise.</param>
    /// <param name="lastRegular">thisUpdate of the last regular CRL before this one, Unix milliseconds; 0 when there is none.</param>
    /// <param name="recorded">The revocation on record of a serial, and the end of its certificate in Unix milliseconds; null when there is none.</param>
    /// <returns>Up to ten sentences about what is not explained; empty when everything is.</returns>
    public static IReadOnlyList<string> Unexplained(
        IEnumerable<CrlEntryKey> before, IEnumerable<CrlEntryKey> after, long lastRegular, Func<string, (CrlEntryKey Entry, long NotAfter)?> recorded)
    {
        List<string> faults = [];
        using var old = before.GetEnumerator();
        using var next = after.GetEnumerator();
        var hasOld = old.MoveNext();
        var hasNext = next.MoveNext();
        while ((hasOld || hasNext) && faults.Count < 10)
        {
            var order = !hasOld ? 1 : !hasNext ? -1 : string.CompareOrdinal(old.Current.Serial, next.Current.Serial);
            if (order == 0)
            {
                if (old.Current != next.Current)
                {
                    faults.Add($"{next.Current.Serial} changed.");
                }

                hasOld = old.MoveNext();
                hasNext = next.MoveNext();
            }
            else if (order > 0)
            {
                if (recorded(next.Current.Serial) is not { } record || record.Entry != next.Current)
                {
                    faults.Add($"{next.Current.Serial} is new without a revocation on record.");
                }

                hasNext = next.MoveNext();
            }
            else
            {
                if (recorded(old.Current.Serial) is not { } record || record.NotAfter >= lastRegular)
                {
                    faults.Add($"{old.Current.Serial} is gone before a regular CRL past its end.");
                }

                hasOld = old.MoveNext();
            }
        }

        return faults;
    }
}
