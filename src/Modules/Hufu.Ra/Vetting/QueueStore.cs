using System.Globalization;
using System.Text;
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

    // As both databases order words.
    private static readonly Comparer<string> CodePoints = Comparer<string>.Create(static (one, other) => Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other)));

    // What pages are ordered by: two keys at most, then the number.
    private static readonly Dictionary<QueueOrder, string> Keys = new()
    {
        [QueueOrder.Due] = "due_at",
        [QueueOrder.Since] = "waiting_since",
        [QueueOrder.Type] = "profile, due_at",
        [QueueOrder.Office] = "office, due_at",
        [QueueOrder.Title] = "title",
    };

    /// <summary>Where a page goes on: the last row's keys.</summary>
    /// <param name="Time">Its time, Unix milliseconds; 0 where the order has none.</param>
    /// <param name="Word">Its type, office or title; empty where the order has none.</param>
    /// <param name="Id">Its number.</param>
    internal sealed record Place(long Time, string Word, string Id);

    /// <summary>What a reader asks for.</summary>
    /// <param name="State">Which queue.</param>
    /// <param name="Person">The reader.</param>
    /// <param name="Offices">The offices that bound the reader; null for no bound.</param>
    /// <param name="Profile">Only this type, or null.</param>
    /// <param name="DueBefore">Only what is due before, or null; Unix milliseconds.</param>
    /// <param name="After">Goes on after this row, or null.</param>
    /// <param name="Limit">At most so many.</param>
    /// <param name="Order">In which order.</param>
    internal sealed record Ask(ApplicationState State, string Person, IReadOnlyList<string>? Offices, string? Profile, long? DueBefore, Place? After, int Limit, QueueOrder Order = QueueOrder.Due);

    [Clause("6.2.2.3-a")]
    public static IReadOnlyList<ApplicationRow> Page(Session session, Ask ask)
    {
        if (ask.Offices is null)
        {
            return Page(session, ask, null);
        }

        // One index page an office; together they are the reader's.
        var rows = ask.Offices.SelectMany(office => Page(session, ask, office));
        var ordered = ask.Order switch
        {
            QueueOrder.Since => rows.OrderBy(row => row.WaitingSince),
            QueueOrder.Type => rows.OrderBy(row => row.Profile, StringComparer.Ordinal).ThenBy(row => row.DueAt),
            QueueOrder.Office => rows.OrderBy(row => row.Office, StringComparer.Ordinal).ThenBy(row => row.DueAt),
            QueueOrder.Title => rows.OrderBy(row => row.Title, CodePoints),
            _ => rows.OrderBy(row => row.DueAt),
        };
        return [.. ordered.ThenBy(row => row.Id, StringComparer.Ordinal).Take(ask.Limit)];
    }

    /// <summary>How many there are, counted up to <see cref="CountLimit"/>.</summary>
    public static long Count(Session session, Ask ask)
    {
        var all = ask with { After = null, Order = QueueOrder.Due };
        return all.Offices is null ? Count(session, all, null) : Math.Min(CountLimit, all.Offices.Sum(office => Count(session, all, office)));
    }

    public static string NextAfter(QueueOrder order, ApplicationRow row) => order switch
    {
        QueueOrder.Due => string.Create(CultureInfo.InvariantCulture, $"{row.DueAt}.{row.Id}"),
        QueueOrder.Since => string.Create(CultureInfo.InvariantCulture, $"{row.WaitingSince}.{row.Id}"),
        QueueOrder.Type => string.Create(CultureInfo.InvariantCulture, $"{row.DueAt}.{row.Id}.{row.Profile}"),
        QueueOrder.Office => string.Create(CultureInfo.InvariantCulture, $"{row.DueAt}.{row.Id}.{row.Office}"),
        _ => $"0.{row.Id}.{Convert.ToBase64String(Encoding.UTF8.GetBytes(row.Title))}",
    };

    /// <exception cref="RefusedException">FieldInvalid.</exception>
    public static Place? ParseAfter(QueueOrder order, string? after)
    {
        if (after is null)
        {
            return null;
        }

        if (after.Length <= 2_000 && after.Split('.', 3) is [var time, { Length: > 0 and <= 64 } id, ..] parts && (parts.Length == 3) == order is QueueOrder.Type or QueueOrder.Office or QueueOrder.Title
            && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var at))
        {
            var word = parts.Length == 3 ? parts[2] : "";
            if (order != QueueOrder.Title)
            {
                return new Place(at, word, id);
            }

            var bytes = new byte[2_000];
            if (Convert.TryFromBase64String(word, bytes, out var length))
            {
                return new Place(at, Encoding.UTF8.GetString(bytes, 0, length), id);
            }
        }

        throw new RefusedException(RefusalCode.FieldInvalid, "It is the 'next' of the page before, in the same order.", "after");
    }

    private static IReadOnlyList<ApplicationRow> Page(Session session, Ask ask, string? office) => session.Query<ApplicationRow>(
        $"SELECT {ApplicationStore.Columns} FROM ra_applications WHERE {Where(ask, office)} ORDER BY {OrderOf(ask, office)}, id LIMIT @Limit", Arguments(ask, office));

    // What is one value within the page need not be sorted by, so that the shorter index serves.
    private static string OrderOf(Ask ask, string? office) =>
        (ask.Order == QueueOrder.Type && ask.Profile is not null) || (ask.Order == QueueOrder.Office && office is not null) ? "due_at" : Keys[ask.Order];

    // In the order of the pages: the same index, read no further, where PostgreSQL would rather look through the table for the first so many.
    private static long Count(Session session, Ask ask, string? office) =>
        session.Scalar<long>($"SELECT COUNT(*) FROM (SELECT 1 FROM ra_applications WHERE {Where(ask, office)} ORDER BY due_at, id LIMIT {CountLimit}) AS counted", Arguments(ask, office));

    // The state stands in the text, one of three words of ours: a partial index serves only where its condition can be read off.
    private static string Where(Ask ask, string? office) =>
        (ask.Order is QueueOrder.Since or QueueOrder.Title or QueueOrder.Type ? $"state = '{ask.State}'" : "state = @State")
        + (office is null ? "" : " AND office = @Office")
        + (ask.Profile is null ? "" : " AND profile = @Profile")
        + (ask.DueBefore is null ? "" : " AND due_at < @DueBefore")
        + (ask.After is null ? "" : ask.Order switch
        {
            QueueOrder.Since => " AND (waiting_since, id) > (@AfterTime, @AfterId)",
            QueueOrder.Type => " AND (profile, due_at, id) > (@AfterWord, @AfterTime, @AfterId)",
            QueueOrder.Office => " AND (office, due_at, id) > (@AfterWord, @AfterTime, @AfterId)",
            QueueOrder.Title => " AND (title, id) > (@AfterWord, @AfterId)",
            _ => " AND (due_at, id) > (@AfterTime, @AfterId)",
        })
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
        AfterTime = ask.After?.Time,
        AfterWord = ask.After?.Word,
        AfterId = ask.After?.Id,
        ask.Limit,
    };
}
