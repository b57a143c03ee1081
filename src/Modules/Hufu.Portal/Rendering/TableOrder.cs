namespace Hufu.Portal.Rendering;

/// <summary>The order of a table that the address asks for: a column's name, with a minus before it the other way round (<c>SortHead</c>).</summary>
internal static class TableOrder
{
    /// <summary>The rows in that order; as they came where no such column is asked for. Rows that are equal stay as they came.</summary>
    public static IReadOnlyList<T> By<T>(IReadOnlyList<T> rows, string? asked, params (string Column, Func<T, IComparable?> Key)[] columns)
    {
        var down = asked is ['-', ..];
        var name = down ? asked![1..] : asked;
        return Array.Find(columns, one => one.Column == name) is { Key: { } key } ? [.. down ? rows.OrderByDescending(key) : rows.OrderBy(key)] : rows;
    }
}
