using System.Globalization;
using Hufu.Contracts;

namespace Hufu.Ra.Lists;

/// <summary>Where a page of a list goes on: time and number of the last row of the page before.</summary>
/// <param name="Time">The row's time, Unix milliseconds.</param>
/// <param name="Id">Its number.</param>
internal sealed record ListPlace(long Time, string Id)
{
    private const int Longest = 100;

    /// <summary>What is handed back as "after"; null is the beginning.</summary>
    /// <exception cref="RefusedException">FieldInvalid.</exception>
    public static ListPlace? Parse(string? after)
    {
        if (after is null)
        {
            return null;
        }

        return after.Length <= Longest && after.Split('.') is [var time, { Length: > 0 } id] && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            ? new ListPlace(at, id)
            : throw new RefusedException(RefusalCode.FieldInvalid, "It is the 'next' of the page before, in the same order.", "after");
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Time}.{Id}");
}
