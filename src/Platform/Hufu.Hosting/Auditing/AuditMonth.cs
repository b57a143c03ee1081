using System.Globalization;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Records;

namespace Hufu.Hosting;

/// <summary>A month as the policy's time zone has it.</summary>
/// <param name="Name"><c>yyyy-MM</c>.</param>
/// <param name="From">Its first moment, UTC.</param>
/// <param name="Until">The next month's first moment, UTC.</param>
internal sealed record AuditMonth(string Name, DateTimeOffset From, DateTimeOffset Until)
{
    private const string Form = "yyyy-MM";
    private const int Most = 120;

    public static AuditMonth Of(DateTimeOffset moment, PolicyValues values)
    {
        var local = TimeZoneInfo.ConvertTime(moment, values.TimeZone);
        return Make(new DateOnly(local.Year, local.Month, 1), values.TimeZone);
    }

    /// <exception cref="RefusedException">FieldInvalid.</exception>
    public static AuditMonth Parse(string text, PolicyValues values) =>
        DateOnly.TryParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var first) && first.Year is >= 2000 and < 9000
            ? Make(first, values.TimeZone)
            : throw new RefusedException(RefusalCode.FieldInvalid, "A month is such as 2026-11.", "month");

    /// <summary>Months from a ledger's beginning that are over; the oldest first.</summary>
    public static IReadOnlyList<AuditMonth> Over(DateTimeOffset begun, DateTimeOffset now, PolicyValues values)
    {
        var months = new List<AuditMonth>();
        for (var month = Of(begun, values); month.Until <= now && months.Count < Most; month = Of(month.Until, values))
        {
            months.Add(month);
        }

        return months;
    }

    private static AuditMonth Make(DateOnly first, TimeZoneInfo zone) =>
        new(first.ToString(Form, CultureInfo.InvariantCulture), Midnight(first, zone), Midnight(first.AddMonths(1), zone));

    private static DateTimeOffset Midnight(DateOnly day, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}

/// <summary>The SQL of reviewed months.</summary>
internal static class MonthStore
{
    public static MonthReviewed? Of(Session session, string ledger, string month) =>
        session.QueryFirst<Row>("SELECT ledger, month, person, at, records, anomalies, summary FROM hosting_audit_months WHERE ledger = @ledger AND month = @month", new { ledger, month })?.ToReviewed();

    public static IReadOnlyList<MonthReviewed> Latest(Session session, string ledger, int limit) =>
    [
        .. session.Query<Row>("SELECT ledger, month, person, at, records, anomalies, summary FROM hosting_audit_months WHERE ledger = @ledger ORDER BY month DESC LIMIT @limit", new { ledger, limit })
            .Select(row => row.ToReviewed()),
    ];

    public static byte[] Signature(Session session, string ledger, string month) =>
        session.QueryFirst<byte[]>("SELECT signature FROM hosting_audit_months WHERE ledger = @ledger AND month = @month", new { ledger, month })!;

    public static void Add(Session session, MonthReviewed reviewed, byte[] signature) => session.Execute(
        """
        INSERT INTO hosting_audit_months (ledger, month, person, at, records, anomalies, summary, signature)
        VALUES (@Ledger, @Month, @By, @at, @Records, @anomalies, @Summary, @signature)
        """,
        new { reviewed.Ledger, reviewed.Month, reviewed.By, at = reviewed.At.ToUnixTimeMilliseconds(), reviewed.Records, anomalies = (long)reviewed.Anomalies, reviewed.Summary, signature });

    /// <summary>Months of a ledger that are over and not reviewed; the oldest first.</summary>
    public static IReadOnlyList<MonthDuty> Open(Session session, string ledger, DateTimeOffset begun, DateTimeOffset now, PolicyValues values)
    {
        var done = session.Query<string>("SELECT month FROM hosting_audit_months WHERE ledger = @ledger", new { ledger }).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. AuditMonth.Over(begun, now, values).Where(month => !done.Contains(month.Name)).Select(month =>
            {
                var due = values.MonthReviewWithin.After(month.Until);
                return new MonthDuty(ledger, month.Name, due, now >= due);
            }),
        ];
    }

    private sealed record Row(string Ledger, string Month, string Person, long At, long Records, long Anomalies, string Summary)
    {
        public MonthReviewed ToReviewed() => new(Ledger, Month, Person, DateTimeOffset.FromUnixTimeMilliseconds(At), Records, (int)Anomalies, Summary);
    }
}
