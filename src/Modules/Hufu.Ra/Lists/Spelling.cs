using System.Text.Json;

namespace Hufu.Ra.Lists;

/// <summary>How states and moments are written for those who read and sign.</summary>
internal static class Spelling
{
    /// <summary>A state as acts and answers name it: <c>refund-asked</c>.</summary>
    public static string Word<T>(this T state)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(state.ToString());

    /// <summary>A stored moment, Unix milliseconds.</summary>
    public static DateTimeOffset Moment(this long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    /// <summary>A stored moment that may not have come.</summary>
    public static DateTimeOffset? Moment(this long? milliseconds) => milliseconds is { } at ? at.Moment() : null;
}
