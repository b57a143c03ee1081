using System.Text.RegularExpressions;

namespace Hufu.Portal.Rendering;

/// <summary>ISO 8601 periods of policy as people say them: P5Y3M, 5 年 3 个月. What is none stays as it is.</summary>
internal static partial class Periods
{
    public static string Say(Words words, string text)
    {
        if (Iso().Match(text) is not { Success: true } match)
        {
            return text;
        }

        var parts = new[] { ("years", "periodYears"), ("months", "periodMonths"), ("days", "days"), ("hours", "hours"), ("minutes", "minutes"), ("seconds", "periodSeconds") }
            .Where(part => match.Groups[part.Item1].Success).Select(part => words.Format(part.Item2, match.Groups[part.Item1].Value));
        return string.Join(' ', parts) is { Length: > 0 } said ? said : text;
    }

    [GeneratedRegex("^P(?:(?<years>[0-9]+)Y)?(?:(?<months>[0-9]+)M)?(?:(?<days>[0-9]+)D)?(?:T(?:(?<hours>[0-9]+)H)?(?:(?<minutes>[0-9]+)M)?(?:(?<seconds>[0-9]+)S)?)?$")]
    private static partial Regex Iso();
}
