using System.Globalization;
using Hufu.Governance;

namespace Hufu.Portal.Rendering;

/// <summary>Times as people say them, in the time zone of policy: 今天 14:20, 还有 3 小时.</summary>
/// <param name="words">In which language.</param>
/// <param name="values">The time zone.</param>
/// <param name="now">The present moment.</param>
internal sealed class Moments(Words words, PolicyValues values, DateTimeOffset now)
{
    public string When(DateTimeOffset moment)
    {
        var local = TimeZoneInfo.ConvertTime(moment, values.TimeZone);
        var today = TimeZoneInfo.ConvertTime(now, values.TimeZone).Date;
        var clock = local.ToString("HH:mm", CultureInfo.InvariantCulture);
        return local.Date == today ? words.Format("today", clock) : local.Date == today.AddDays(-1) ? words.Format("yesterday", clock) : local.Date == today.AddDays(1) ? words.Format("tomorrow", clock) : values.LocalText(moment);
    }

    public string Ago(DateTimeOffset moment)
    {
        var age = now - moment;
        return age < TimeSpan.FromMinutes(1) ? words["justNow"]
            : age < TimeSpan.FromHours(1) ? words.Format("minutesAgo", (int)age.TotalMinutes)
            : age < TimeSpan.FromDays(2) ? words.Format("hoursAgo", (int)age.TotalHours)
            : words.Format("daysAgo", (int)age.TotalDays);
    }

    /// <summary>How long is left, or by how much it is late.</summary>
    public string Left(DateTimeOffset due)
    {
        var left = due - now;
        var size = left.Duration();
        var text = size < TimeSpan.FromHours(1) ? words.Format("minutes", (int)size.TotalMinutes)
            : size < TimeSpan.FromDays(2) ? words.Format("hours", (int)size.TotalHours)
            : words.Format("days", (int)size.TotalDays);
        return words.Format(left < TimeSpan.Zero ? "late" : "left", text);
    }

    public static string Exact(DateTimeOffset moment) => moment.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static string Machine(DateTimeOffset moment) => moment.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
