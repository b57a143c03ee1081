namespace Hufu.Ca.Rules;

/// <summary>
/// Before a CRL goes out: what is revoked and not yet past its last regular CRL in the certificates' own table equals what the CRL says, neither less nor more (R08). Both sides come in the order
/// of serials, streamed. For a delta the one side is its base with the delta applied.
/// </summary>
internal static class CrlIsComplete
{
    private const int Most = 10;
    private const long RemoveFromCrl = 8;

    /// <param name="onTheList">Serials on the CRL that is about to go out, ascending.</param>
    /// <param name="revokedAndUnexpired">Serials from the certificates' own table, ascending.</param>
    /// <param name="changedMeanwhile">Whether a serial's standing has changed since the two sides were read, which is no fault.</param>
    /// <param name="pastItsEnd">Whether a serial that only the list has is past its end, so that it may still stand there; null when none may.</param>
    /// <returns>Up to ten sentences; empty when the list is complete.</returns>
    public static IReadOnlyList<string> Differences(
        IEnumerable<SerialKey> onTheList, IEnumerable<SerialKey> revokedAndUnexpired, Func<SerialKey, bool> changedMeanwhile, Func<SerialKey, bool>? pastItsEnd = null)
    {
        List<string> faults = [];
        using var list = onTheList.GetEnumerator();
        using var view = revokedAndUnexpired.GetEnumerator();
        var hasList = list.MoveNext();
        var hasView = view.MoveNext();
        while ((hasList || hasView) && faults.Count < Most)
        {
            var order = !hasList ? 1 : !hasView ? -1 : list.Current.CompareTo(view.Current);
            if (order > 0 && !changedMeanwhile(view.Current))
            {
                faults.Add($"{view.Current} is missing.");
            }
            else if (order < 0 && pastItsEnd?.Invoke(list.Current) != true && !changedMeanwhile(list.Current))
            {
                faults.Add($"{list.Current} is on the list and not revoked.");
            }

            hasList = order <= 0 ? list.MoveNext() : hasList;
            hasView = order >= 0 ? view.MoveNext() : hasView;
        }

        return faults;
    }

    /// <summary>A base with its delta applied (RFC 5280 5.2.4): both ascending, so is the result.</summary>
    public static IEnumerable<SerialKey> Applied(IEnumerable<CrlEntryKey> baseList, IEnumerable<CrlEntryKey> delta)
    {
        using var old = baseList.GetEnumerator();
        using var change = delta.GetEnumerator();
        var hasOld = old.MoveNext();
        var hasChange = change.MoveNext();
        while (hasOld || hasChange)
        {
            var order = !hasOld ? 1 : !hasChange ? -1 : old.Current.Serial.CompareTo(change.Current.Serial);
            if (order < 0)
            {
                yield return old.Current.Serial;
            }
            else if (change.Current.Reason != RemoveFromCrl)
            {
                yield return change.Current.Serial;
            }

            hasOld = order <= 0 ? old.MoveNext() : hasOld;
            hasChange = order >= 0 ? change.MoveNext() : hasChange;
        }
    }
}
