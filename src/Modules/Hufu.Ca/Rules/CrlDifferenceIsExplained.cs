namespace Hufu.Ca.Rules;

/// <summary>An entry of a CRL, as far as two lists are compared.</summary>
/// <param name="Serial">Whole.</param>
/// <param name="RevokedAt">Unix milliseconds UTC.</param>
/// <param name="Reason">RFC 5280 5.3.1.</param>
/// <param name="InvalidFrom">invalidityDate, Unix milliseconds UTC; 0 for none.</param>
internal readonly record struct CrlEntryKey(SerialKey Serial, long RevokedAt, long Reason, long InvalidFrom = 0);

/// <summary>What the database says of a serial when two lists differ.</summary>
/// <param name="Entry">The newest event as an entry: its reason is 8 when a suspension was lifted.</param>
/// <param name="NotAfter">The end of the certificate, Unix milliseconds UTC.</param>
internal readonly record struct RecordedStanding(CrlEntryKey Entry, long NotAfter);

/// <summary>
/// The difference from the last CRL is explained entry by entry: what is new was revoked, what is gone had been on a regular CRL past its end or its suspension was lifted, what changed was a
/// suspension, what stays has not changed (R09).
/// </summary>
internal static class CrlDifferenceIsExplained
{
    private const long Hold = 6;
    private const long Lifted = 8;

    /// <param name="before">The last CRL's entries, ascending by serial.</param>
    /// <param name="after">The next one's, likewise.</param>
    /// <param name="lastRegular">thisUpdate of the last regular CRL before this one, Unix milliseconds; 0 when there is none.</param>
    /// <param name="recorded">What is on record of a serial; null when there is nothing.</param>
    /// <returns>Up to ten sentences about what is not explained; empty when everything is.</returns>
    public static IReadOnlyList<string> Unexplained(
        IEnumerable<CrlEntryKey> before, IEnumerable<CrlEntryKey> after, long lastRegular, Func<SerialKey, RecordedStanding?> recorded)
    {
        List<string> faults = [];
        using var old = before.GetEnumerator();
        using var next = after.GetEnumerator();
        var hasOld = old.MoveNext();
        var hasNext = next.MoveNext();
        while ((hasOld || hasNext) && faults.Count < 10)
        {
            var order = !hasOld ? 1 : !hasNext ? -1 : old.Current.Serial.CompareTo(next.Current.Serial);
            if (order == 0)
            {
                if (old.Current != next.Current && (old.Current.Reason != Hold || recorded(next.Current.Serial)?.Entry != next.Current))
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
                if (recorded(old.Current.Serial) is not { } record || (record.NotAfter >= lastRegular && (record.Entry.Reason != Lifted || old.Current.Reason != Hold)))
                {
                    faults.Add($"{old.Current.Serial} is gone before a regular CRL past its end.");
                }

                hasOld = old.MoveNext();
            }
        }

        return faults;
    }
}
