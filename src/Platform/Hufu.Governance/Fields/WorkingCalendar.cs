using System.Globalization;
using Hufu.Contracts;

namespace Hufu.Governance;

/// <summary>How a deadline counts.</summary>
public enum DeadlineCounting
{
    /// <summary>Every hour counts; when the end falls outside working hours, the target is the last working moment before it. Never later than the plain figure.</summary>
    AllHours,

    /// <summary>Working days count as 24 hours each, rest days do not count.</summary>
    WorkingDays,
}

/// <summary>工作日历 (policy/calendar.yaml): working days and hours of the vetting staff, with the year's holidays and the rest days that are worked (调休). Times are those of the policy's time zone.</summary>
public sealed class WorkingCalendar
{
    /// <summary>The file's name.</summary>
    public const string FileName = "calendar.yaml";

    private const int LongestSearch = 60;
    private readonly HashSet<DayOfWeek> _week;
    private readonly HashSet<DateOnly> _holidays;
    private readonly HashSet<DateOnly> _workdays;
    private readonly TimeOnly _opens;
    private readonly TimeOnly _closes;
    private readonly TimeZoneInfo _zone;

    private WorkingCalendar(YamlMap map, TimeZoneInfo zone)
    {
        _zone = zone;
        Counting = map.Word<DeadlineCounting>("counts");
        _week = [.. map.Words<DayOfWeek>("week")];
        (_opens, _closes) = (Time(map, "opens"), Time(map, "closes"));
        (_holidays, _workdays) = (Days(map, "holidays"), Days(map, "workdays"));
        map.Close();
        if (_week.Count == 0 || _opens >= _closes || _holidays.Overlaps(_workdays))
        {
            throw map.Error("A week has working days, opens before it closes, and no day is both holiday and working day.");
        }
    }

    /// <summary>How deadlines count.</summary>
    public DeadlineCounting Counting { get; }

    /// <summary>Reads the calendar of a policy folder.</summary>
    /// <param name="directory">The policy folder.</param>
    /// <param name="zone">The policy's time zone.</param>
    /// <exception cref="PolicyException">Missing or wrong.</exception>
    public static WorkingCalendar Load(string directory, TimeZoneInfo zone) => new(YamlMap.Load(directory, FileName), zone);

    /// <summary>Whether somebody works on that day.</summary>
    public bool IsWorkingDay(DateOnly day) => _workdays.Contains(day) || (_week.Contains(day.DayOfWeek) && !_holidays.Contains(day));

    /// <summary>Whether somebody works at that moment: a working day, between opening and closing.</summary>
    public bool IsWorkingTime(DateTimeOffset moment)
    {
        var local = TimeZoneInfo.ConvertTime(moment, _zone).DateTime;
        return IsWorkingDay(DateOnly.FromDateTime(local)) && TimeOnly.FromDateTime(local) >= _opens && TimeOnly.FromDateTime(local) <= _closes;
    }

    /// <summary>When something that came at <paramref name="start"/> must be answered at the latest.</summary>
    /// <param name="start">When it came.</param>
    /// <param name="within">The time that the statement allows.</param>
    [Clause("6.2.2.3-a")]
    public DateTimeOffset Deadline(DateTimeOffset start, TimeSpan within) => Counting == DeadlineCounting.AllHours ? Target(start, start + within) : Counted(start, within);

    // The statement's figure stands; people are told to be done before they go home.
    private DateTimeOffset Target(DateTimeOffset start, DateTimeOffset end)
    {
        var local = TimeZoneInfo.ConvertTime(end, _zone);
        var day = DateOnly.FromDateTime(local.DateTime);
        var time = TimeOnly.FromDateTime(local.DateTime);
        if (IsWorkingDay(day) && time >= _opens && time <= _closes)
        {
            return end;
        }

        var last = IsWorkingDay(day) && time > _closes ? At(day, _closes) : LastClosing(day);
        // Nobody works between start and end: somebody on duty has to, and the figure stands.
        return last is { } moment && moment > start ? moment : end;
    }

    private DateTimeOffset? LastClosing(DateOnly before)
    {
        for (var back = 1; back <= LongestSearch; back++)
        {
            var day = before.AddDays(-back);
            if (IsWorkingDay(day))
            {
                return At(day, _closes);
            }
        }

        return null;
    }

    private DateTimeOffset Counted(DateTimeOffset start, TimeSpan within)
    {
        var at = start;
        var left = within;
        for (var days = 0; days < LongestSearch; days++)
        {
            var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, _zone).DateTime);
            var midnight = At(day.AddDays(1), TimeOnly.MinValue);
            if (IsWorkingDay(day))
            {
                if (midnight - at >= left)
                {
                    return at + left;
                }

                left -= midnight - at;
            }

            at = midnight;
        }

        return start + within;
    }

    private DateTimeOffset At(DateOnly day, TimeOnly time)
    {
        var local = day.ToDateTime(time);
        return new DateTimeOffset(local, _zone.GetUtcOffset(local)).ToUniversalTime();
    }

    private static TimeOnly Time(YamlMap map, string key) =>
        TimeOnly.TryParseExact(map.Text(key), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : throw map.Error($"'{key}' must be a time of day such as 09:00.");

    private static HashSet<DateOnly> Days(YamlMap map, string key) =>
        [.. map.Texts(key).Select(text => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : throw map.Error($"'{key}': '{text}' is no date."))];
}
