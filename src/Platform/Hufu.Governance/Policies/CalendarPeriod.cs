using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Hufu.Contracts;

namespace Hufu.Governance;

/// <summary>
/// A length of time as people and statements give it: years and months of the calendar, then days and a part of a day. ISO 8601 text such as <c>P5Y3M</c>, <c>P30D</c>, <c>PT48H</c>.
/// </summary>
/// <param name="Months">Calendar months (a year is twelve), 0 to 1,200.</param>
/// <param name="Time">Days, hours, minutes and seconds, not negative.</param>
/// <remarks>Months are counted on the UTC calendar; a day that the target month lacks becomes that month's last day, so that a period never comes out longer than its name.</remarks>
public readonly record struct CalendarPeriod(int Months, TimeSpan Time)
{
    private const int LongestMonths = 1200;

    /// <summary>The moment that is this period after another.</summary>
    public DateTimeOffset After(DateTimeOffset start) => start.ToUniversalTime().AddMonths(Months) + Time;

    /// <summary>The moment that is this period before another.</summary>
    public DateTimeOffset Before(DateTimeOffset end) => end.ToUniversalTime().AddMonths(-Months) - Time;

    /// <summary>
    /// The last second of a validity that begins at <paramref name="notBefore"/> and lasts this period: X.509 counts notAfter in (RFC 5280 4.1.2.5), so a year from 08:00:00 ends at 07:59:59 (R07).
    /// </summary>
    /// <param name="notBefore">Start, a whole second.</param>
    [Clause("6.6.2.3-b")]
    public DateTimeOffset InclusiveEnd(DateTimeOffset notBefore) => After(notBefore).AddSeconds(-1);

    /// <summary>Whether a validity, both ends counted in, lasts no longer than this period.</summary>
    /// <param name="notBefore">First second.</param>
    /// <param name="notAfter">Last second.</param>
    [Clause("6.6.2.3-b")]
    public bool Covers(DateTimeOffset notBefore, DateTimeOffset notAfter) => notAfter >= notBefore && notAfter <= InclusiveEnd(notBefore);

    /// <summary>Whether this period is never longer than another, whatever day it begins on: compared from a first of January and by the longest months.</summary>
    public bool IsAtMost(CalendarPeriod other)
    {
        // Both ends of a leap cycle: the comparison must hold from any start.
        for (var year = 2023; year < 2028; year++)
        {
            for (var month = 1; month <= 12; month++)
            {
                var start = new DateTimeOffset(year, month, 1, 0, 0, 0, TimeSpan.Zero);
                if (After(start) > other.After(start))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Whether nothing lies between start and end.</summary>
    public bool IsZero => Months == 0 && Time == TimeSpan.Zero;

    /// <summary>The period as a fixed span; only for periods without months.</summary>
    /// <exception cref="InvalidOperationException">The period has months, whose length depends on the date.</exception>
    public TimeSpan ToTimeSpan() => Months == 0 ? Time : throw new InvalidOperationException("A period with months has no fixed length.");

    /// <summary>Reads ISO 8601: <c>P[nY][nM][nD][T[nH][nM][nS]]</c>, whole numbers, designators in this order, at least one part.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out CalendarPeriod period)
    {
        period = default;
        if (text is null || text.Length is < 3 or > 32 || text[0] != 'P')
        {
            return false;
        }

        long months = 0;
        var time = TimeSpan.Zero;
        var designators = "YMDTHMS";
        var next = 0;
        var i = 1;
        var parts = 0;
        while (i < text.Length)
        {
            if (text[i] == 'T')
            {
                if (next > 3 || i + 1 == text.Length)
                {
                    return false;
                }

                next = 4;
                i++;
                continue;
            }

            var digits = i;
            while (i < text.Length && char.IsAsciiDigit(text[i]))
            {
                i++;
            }

            if (i == digits || i - digits > 6 || i == text.Length)
            {
                return false;
            }

            var number = int.Parse(text.AsSpan(digits, i - digits), CultureInfo.InvariantCulture);
            var place = designators.IndexOf(text[i], next);
            if (place < 0 || (place > 3 && next < 4))
            {
                return false;
            }

            switch (place)
            {
                case 0: months += number * 12L; break;
                case 1: months += number; break;
                case 2: time += TimeSpan.FromDays(number); break;
                case 4: time += TimeSpan.FromHours(number); break;
                case 5: time += TimeSpan.FromMinutes(number); break;
                case 6: time += TimeSpan.FromSeconds(number); break;
                default: return false;
            }

            next = place + 1;
            parts++;
            i++;
        }

        if (parts == 0 || months > LongestMonths || time > TimeSpan.FromDays(40_000))
        {
            return false;
        }

        period = new CalendarPeriod((int)months, time);
        return true;
    }

    /// <summary>ISO 8601, shortest form: <c>P5Y3M</c>, <c>P2DT12H</c>, <c>PT0S</c>.</summary>
    public override string ToString()
    {
        var date = Part(Months / 12, "Y") + Part(Months % 12, "M") + Part(Time.Days, "D");
        var day = Part(Time.Hours, "H") + Part(Time.Minutes, "M") + Part(Time.Seconds, "S");
        return date.Length + day.Length == 0 ? "PT0S" : day.Length == 0 ? "P" + date : $"P{date}T{day}";

        static string Part(int number, string designator) => number == 0 ? "" : number.ToString(CultureInfo.InvariantCulture) + designator;
    }
}
