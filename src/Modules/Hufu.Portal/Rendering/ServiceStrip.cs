using System.Globalization;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;

namespace Hufu.Portal.Rendering;

/// <summary>The strip that says whether OCSP, CRL and time stamps are up and how old the CRL is.</summary>
/// <param name="words">In which language.</param>
/// <param name="values">The time zone, and how old a CRL may be.</param>
/// <param name="now">The present moment.</param>
internal sealed class ServiceStrip(Words words, PolicyValues values, DateTimeOffset now)
{
    public string Render(HealthReport? health) =>
        Item(words["ocsp"], State(health, Rooms.Ocsp), "") + Crl(health) + Item(words["tsa"], State(health, Rooms.Tsa), "");

    private string Crl(HealthReport? health)
    {
        var check = health?.Rooms.FirstOrDefault(room => room.Room == Rooms.Publishing)?.Checks.FirstOrDefault(check => check.Name == "crl-age");
        if (check?.Since is not { } since)
        {
            return Item(words["crl"], health is null ? ("warn", words["stateUnknown"]) : ("warn", words["stateNew"]), "");
        }

        var exact = since.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        var age = $"<time datetime=\"{since.ToUniversalTime():yyyy-MM-dd'T'HH:mm:ss'Z'}\" title=\"{exact}\">{HomePage.Encode(words.Format("crlAge", When(since), Ago(since)))}</time>";
        return Item(words["crl"], check.Healthy ? ("good", words["stateGood"]) : ("bad", words["stateBad"]), age);
    }

    private (string Look, string Text) State(HealthReport? health, string name)
    {
        if (health is null)
        {
            return ("warn", words["stateUnknown"]);
        }

        if (health.Rooms.FirstOrDefault(room => room.Room == name) is not { } room || room.Healthy && room.Checks.All(check => check.Name != "certificates"))
        {
            return ("warn", words["stateNew"]);
        }

        return room.Healthy ? ("good", words["stateGood"]) : ("bad", words["stateBad"]);
    }

    private string When(DateTimeOffset moment)
    {
        var local = TimeZoneInfo.ConvertTime(moment, values.TimeZone);
        var today = TimeZoneInfo.ConvertTime(now, values.TimeZone).Date;
        var clock = local.ToString("HH:mm", CultureInfo.InvariantCulture);
        return local.Date == today ? words.Format("today", clock) : local.Date == today.AddDays(-1) ? words.Format("yesterday", clock) : values.LocalText(moment);
    }

    private string Ago(DateTimeOffset moment)
    {
        var age = now - moment;
        return age < TimeSpan.FromMinutes(1) ? words["justNow"]
            : age < TimeSpan.FromHours(1) ? words.Format("minutesAgo", (int)age.TotalMinutes)
            : age < TimeSpan.FromDays(2) ? words.Format("hoursAgo", (int)age.TotalHours)
            : words.Format("daysAgo", (int)age.TotalDays);
    }

    private static string Item(string title, (string Look, string Text) state, string more) =>
        $"<div>{HomePage.Encode(title)}<strong class=\"{state.Look}\">{HomePage.Encode(state.Text)}</strong>{more}</div>\n";
}
