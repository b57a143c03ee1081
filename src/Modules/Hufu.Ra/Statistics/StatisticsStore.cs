using Hufu.Contracts;
using Hufu.Ra.Applications;
using Hufu.Ra.Renewal;
using Hufu.Records;

namespace Hufu.Ra.Statistics;

/// <summary>Figures that are kept with every move of an application, in its transaction (ra_standing, ra_moves): reading them costs the same beside ten applications and ten million.</summary>
internal static class StatisticsStore
{
    private const long DayMilliseconds = 86_400_000;

    /// <summary>A new application stands where it was made.</summary>
    public static void Made(Session session, TimeZoneInfo zone, ApplicationRow row)
    {
        Stand(session, row, row.State, 1);
        Count(session, zone, row, row.State, row.CreatedAt);
    }

    /// <summary>An application has come from one state into another.</summary>
    public static void Moved(Session session, TimeZoneInfo zone, ApplicationRow row, ApplicationState from, ApplicationState to, long now)
    {
        Stand(session, row, from, -1);
        Stand(session, row, to, 1);
        Count(session, zone, row, to, now);
    }

    /// <summary>An office's figures go to another with its applications.</summary>
    public static void Merge(Session session, string office, string into)
    {
        session.Execute(
            """
            INSERT INTO ra_standing (office, profile, state, applications) SELECT @Into, profile, state, applications FROM ra_standing WHERE office = @Office
            ON CONFLICT (office, profile, state) DO UPDATE SET applications = ra_standing.applications + excluded.applications
            """,
            new { Office = office, Into = into });
        session.Execute("DELETE FROM ra_standing WHERE office = @Office", new { Office = office });
        session.Execute(
            """
            INSERT INTO ra_moves (day, office, profile, path, state, applications) SELECT day, @Into, profile, path, state, applications FROM ra_moves WHERE office = @Office
            ON CONFLICT (day, office, profile, path, state) DO UPDATE SET applications = ra_moves.applications + excluded.applications
            """,
            new { Office = office, Into = into });
        session.Execute("DELETE FROM ra_moves WHERE office = @Office", new { Office = office });
    }

    public static IReadOnlyList<StandingCount> Standing(Session session, IReadOnlyList<string>? offices, string? profile) =>
    [
        .. session.Query<StandingRow>(
            $"SELECT profile, state, CAST(SUM(applications) AS BIGINT) AS applications FROM ra_standing WHERE applications > 0{Bounds(offices, profile)} GROUP BY profile, state ORDER BY profile, state",
            new { Offices = offices ?? [], Profile = profile }).Select(row => new StandingCount(row.Profile, row.State, row.Applications)),
    ];

    public static IReadOnlyList<MoveCount> Moves(Session session, IReadOnlyList<string>? offices, StatisticsQuery query)
    {
        var rows = session.Query<MoveRow>(
            $"""
            SELECT day, profile, path, state, CAST(SUM(applications) AS BIGINT) AS applications FROM ra_moves WHERE day >= @From AND day <= @Until{Bounds(offices, query.Profile)}
            GROUP BY day, profile, path, state ORDER BY day, profile, path, state
            """,
            new { From = Number(query.From), Until = Number(query.Until), Offices = offices ?? [], query.Profile });
        return
        [
            .. rows.Select(row => (Row: row, Period: Period(Day(row.Day), query.Step)))
                .GroupBy(one => (one.Period, one.Row.Profile, one.Row.Path, one.Row.State))
                .Select(group => new MoveCount(group.Key.Period, group.Key.Profile, group.Key.Path, group.Key.State, group.Sum(one => one.Row.Applications))),
        ];
    }

    /// <summary>The day of a moment as people of a zone count days, since 1970-01-01.</summary>
    internal static long DayOf(TimeZoneInfo zone, long now) =>
        Math.DivRem(now + (long)zone.GetUtcOffset(DateTimeOffset.FromUnixTimeMilliseconds(now)).TotalMilliseconds, DayMilliseconds).Quotient;

    /// <summary>When a day begins in a zone, Unix milliseconds.</summary>
    internal static long Start(TimeZoneInfo zone, DateOnly day)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUnixTimeMilliseconds();
    }

    private static DateOnly Period(DateOnly day, StatisticsStep step) => step == StatisticsStep.Month ? new DateOnly(day.Year, day.Month, 1) : day;

    private static long Number(DateOnly day) => day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    private static DateOnly Day(long number) => DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays((int)number);

    private static string Bounds(IReadOnlyList<string>? offices, string? profile) => (offices is null ? "" : " AND office IN @Offices") + (profile is null ? "" : " AND profile = @Profile");

    private static RegistrationPath Path(ApplicationRow row, ApplicationState to) => to == ApplicationState.Revoked ? RegistrationPath.Revoke
        : row.Rekey != CreateRekey.Kind.None ? RegistrationPath.Rekey
        : row.RenewalOf is not null ? RegistrationPath.Renew
        : RegistrationPath.Apply;

    private static void Stand(Session session, ApplicationRow row, ApplicationState state, long by) => session.Execute(
        """
        INSERT INTO ra_standing (office, profile, state, applications) VALUES (@Office, @Profile, @State, @By)
        ON CONFLICT (office, profile, state) DO UPDATE SET applications = ra_standing.applications + excluded.applications
        """,
        new { row.Office, row.Profile, State = state, By = by });

    private static void Count(Session session, TimeZoneInfo zone, ApplicationRow row, ApplicationState to, long now) => session.Execute(
        """
        INSERT INTO ra_moves (day, office, profile, path, state, applications) VALUES (@Day, @Office, @Profile, @Path, @State, 1)
        ON CONFLICT (day, office, profile, path, state) DO UPDATE SET applications = ra_moves.applications + 1
        """,
        new { Day = DayOf(zone, now), row.Office, row.Profile, Path = Path(row, to), State = to });

    private sealed class StandingRow
    {
        public string Profile { get; set; } = "";

        public ApplicationState State { get; set; }

        public long Applications { get; set; }
    }

    private sealed class MoveRow
    {
        public long Day { get; set; }

        public string Profile { get; set; } = "";

        public RegistrationPath Path { get; set; }

        public ApplicationState State { get; set; }

        public long Applications { get; set; }
    }
}
