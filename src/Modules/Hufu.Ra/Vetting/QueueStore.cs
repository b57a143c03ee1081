using System.Globalization;
using Hufu.Contracts;
using Hufu.Ra.Applications;
using Hufu.Records;

namespace Hufu.Ra.Vetting;

/// <summary>
/// Pages of the work queues, due first, each read by one index and no further than its limit (R25, R26): after the last row of the page before, never by counting rows off. What the reader has
/// had a hand in is not among them.
/// </summary>
internal static class QueueStore
{
    /// <summary>Rows are counted this far.</summary>
    public const int CountLimit = 1_001;

    /// <summary>What a reader asks for.</summary>
    /// <param name="State">Which queue.</param>
    /// <param name="Person">The reader.</param>
    /// <param name="Offices">The offices that bound the reader; null for no bound.</param>
    /// <param name="Profile">Only this type, or null.</param>
    /// <param name="DueBefore">Only what is due before, or null; Unix milliseconds.</param>
    /// <param name="After">Goes on after this row, or null.</param>
    /// <param name="Limit">At most so many.</param>
    internal sealed record Ask(ApplicationState State, string Person, IReadOnlyList<string>? Offices, string? Profile, long? DueBefore, (long Due, string Id)? After, int Limit);

    [Clause("6.2.2.3-a")]
    public static IReadOnlyList<ApplicationRow> Page(Session session, Ask ask) => ask.Offices is null
        ? session.Query<ApplicationRow>($"SELECT {ApplicationStore.Columns} FROM ra_applications WHERE {Where(ask, null)} ORDER BY due_at, id LIMIT @Limit", Arguments(ask, null))
        : [
            .. ask.Offices.SelectMany(office =>
                session.Query<ApplicationRow>($"SELECT {ApplicationStore.Columns} FROM ra_applications WHERE {Where(ask, office)} ORDER BY due_at, id LIMIT @Limit", Arguments(ask, office)))
                .OrderBy(row => row.DueAt).ThenBy(row => row.Id, StringComparer.Ordinal).Take(ask.Limit),
        ];

    /// <summary>How many there are, counted up to <see cref="CountLimit"/>.</summary>
    public static long Count(Session session, Ask ask)
    {
        var all = ask with { After = null };
        return all.Offices is null ? Count(session, all, null) : Math.Min(CountLimit, all.Offices.Sum(office => Count(session, all, office)));
    }

    public static string NextAfter(ApplicationRow row) => string.Create(CultureInfo.InvariantCulture, $"{row.DueAt}.{row.Id}");

    /// <exception cref="RefusedException">FieldInvalid.</exception>
    public static (long Due, string Id)? ParseAfter(string? after)
    {
        if (after is null)
        {
            return null;
        }

        var dot = after.IndexOf('.', StringComparison.Ordinal);
        return after.Length <= 64 && dot > 0 && long.TryParse(after.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var due)
            ? (due, after[(dot + 1)..])
            : throw new RefusedException(RefusalCode.FieldInvalid, "It is the 'next' of the page before.", "after");
    }

    // In the order of the pages: the same index, read no further, where PostgreSQL would rather look through the table for the first so many.
    private static long Count(Session session, Ask ask, string? office) =>
        session.Scalar<long>($"SELECT COUNT(*) FROM (SELECT 1 FROM ra_applications WHERE {Where(ask, office)} ORDER BY due_at, id LIMIT {CountLimit}) AS counted", Arguments(ask, office));

    private static string Where(Ask ask, string? office) =>
        "state = @State"
        + (office is null ? "" : " AND office = @Office")
        + (ask.Profile is null ? "" : " AND profile = @Profile")
        + (ask.DueBefore is null ? "" : " AND due_at < @DueBefore")
        + (ask.After is null ? "" : " AND (due_at, id) > (@AfterDue, @AfterId)")
        + ask.State switch
        {
            ApplicationState.Submitted => "",
            ApplicationState.Entered => " AND COALESCE(entered_by, '') <> @Person",
            _ => " AND NOT EXISTS (SELECT 1 FROM ra_staff_acts WHERE ra_staff_acts.application = ra_applications.id AND step IN ('entry', 'decision') AND person = @Person)",
        };

    private static object Arguments(Ask ask, string? office) => new
    {
        ask.State,
        ask.Person,
        Office = office,
        ask.Profile,
        ask.DueBefore,
        AfterDue = ask.After?.Due,
        AfterId = ask.After?.Id,
        ask.Limit,
    };
}
