using Hufu.Contracts;
using Hufu.Ra.Lists;
using Hufu.Records;

namespace Hufu.Ra.Delivery;

/// <summary>Pages of what was issued and waits for its holder, each read by one index (R26).</summary>
internal static class DeliveryStore
{
    /// <summary>What a reader asks for.</summary>
    /// <param name="Offices">The offices that bound the reader; null for no bound.</param>
    /// <param name="After">Goes on after this row, or null.</param>
    /// <param name="Newest">Backwards.</param>
    /// <param name="Limit">At most so many.</param>
    internal sealed record Ask(IReadOnlyList<string>? Offices, ListPlace? After, bool Newest, int Limit);

    public static (IReadOnlyList<Row> Rows, string? Next) Waiting(Session session, Ask ask) => ListPage.Of(
        ask.Offices is null ? [Waiting(session, ask, null)] : ask.Offices.Select(office => Waiting(session, ask, office)), static row => new ListPlace(row.WaitingSince, row.Id), ask.Newest, ask.Limit);

    // The page first, then what belongs to its rows; the state as a word, so that the partial index serves.
    private static IReadOnlyList<Row> Waiting(Session session, Ask ask, string? office) => session.Query<Row>(
        $"""
        SELECT a.id, a.profile, a.state, a.title, a.channel, a.office, a.waiting_since, a.signing_serial, a.not_after, d.expires_at, d.tries_left, d.codes_made FROM (
            SELECT id, profile, state, title, channel, office, waiting_since, signing_serial, not_after FROM ra_applications
            WHERE state = 'Issued'{(office is null ? "" : " AND office = @Office")}{ListPage.After(ask.After, "waiting_since", "id", ask.Newest)} ORDER BY {ListPage.Order("waiting_since", "id", ask.Newest)} LIMIT @Limit) AS a
        JOIN ra_deliveries AS d ON d.application = a.id ORDER BY {ListPage.Order("a.waiting_since", "a.id", ask.Newest)}
        """,
        new { Office = office, AfterTime = ask.After?.Time, AfterId = ask.After?.Id, Limit = ask.Limit + 1 });

    internal sealed class Row
    {
        public string Id { get; set; } = "";

        public string Profile { get; set; } = "";

        public ApplicationState State { get; set; }

        public string Title { get; set; } = "";

        public ApplicationChannel Channel { get; set; }

        public string Office { get; set; } = "";

        public long WaitingSince { get; set; }

        public string? SigningSerial { get; set; }

        public long? NotAfter { get; set; }

        public long ExpiresAt { get; set; }

        public long TriesLeft { get; set; }

        public long CodesMade { get; set; }
    }
}
