using System.Globalization;

namespace Hufu.Portal.Rendering;

/// <summary>One page of a table that the server filters and cuts: 25 rows.</summary>
internal static class TablePage
{
    private const int Size = 25;

    /// <summary>The rows of the page that the address asks for, its number and how many there are; the nearest one there is.</summary>
    public static (IReadOnlyList<T> Rows, int At, int Of) Cut<T>(IReadOnlyCollection<T> all, string? asked)
    {
        var pages = Math.Max(1, (all.Count + Size - 1) / Size);
        var page = int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Clamp(number, 1, pages) : 1;
        return ([.. all.Skip((page - 1) * Size).Take(Size)], page, pages);
    }
}
