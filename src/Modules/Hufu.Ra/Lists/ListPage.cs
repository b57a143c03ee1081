using Hufu.Contracts;

namespace Hufu.Ra.Lists;

/// <summary>Pages of lists that are ordered by a time and a number: each part (an office, a kind) is read by an index and no further than the page, and the parts together are the reader's page (R26).</summary>
internal static class ListPage
{
    private const int Most = 100;
    private const int PurposeLimit = 200;

    /// <exception cref="RefusedException">FieldInvalid.</exception>
    public static void MustBeWellAsked(int limit, string purpose, string? after)
    {
        if (limit is < 1 or > Most)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"1 to {Most} rows.", "limit");
        }

        MustHavePurpose(purpose);
        ListPlace.Parse(after);
    }

    /// <exception cref="RefusedException">FieldInvalid.</exception>
    public static void MustHavePurpose(string purpose)
    {
        if (purpose.Trim().Length is 0 or > PurposeLimit)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"Why it is read: 1 to {PurposeLimit} characters.", "purpose");
        }
    }

    /// <summary>The condition that a page begins after a place; arguments <c>@AfterTime</c> and <c>@AfterId</c>.</summary>
    public static string After(ListPlace? after, string time, string id, bool newest) => after is null ? "" : $" AND ({time}, {id}) {(newest ? "<" : ">")} (@AfterTime, @AfterId)";

    public static string Order(string time, string id, bool newest) => newest ? $"{time} DESC, {id} DESC" : $"{time}, {id}";

    /// <summary>One page of the parts, each read in this order and one row further than the limit.</summary>
    public static (IReadOnlyList<T> Rows, string? Next) Of<T>(IEnumerable<IReadOnlyList<T>> parts, Func<T, ListPlace> place, bool newest, int limit)
    {
        var rows = parts.SelectMany(static part => part).OrderBy(row => newest ? -place(row).Time : place(row).Time);
        List<T> page = [.. (newest ? rows.ThenByDescending(row => place(row).Id, StringComparer.Ordinal) : rows.ThenBy(row => place(row).Id, StringComparer.Ordinal)).Take(limit + 1)];
        return page.Count > limit ? (page[..limit], place(page[limit - 1]).ToString()) : (page, null);
    }
}
