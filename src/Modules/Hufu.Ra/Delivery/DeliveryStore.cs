using System.Text;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Ra.Applications;
using Hufu.Ra.Lists;
using Hufu.Records;

namespace Hufu.Ra.Delivery;

/// <summary>Pages of what was issued and waits for its holder, and of hand-overs whose receipt is missing, each read by one index (R26).</summary>
internal static class DeliveryStore
{
    /// <summary>What a reader asks for.</summary>
    /// <param name="Offices">The offices that bound the reader; null for no bound.</param>
    /// <param name="After">Goes on after this row, or null.</param>
    /// <param name="Newest">Backwards.</param>
    /// <param name="Limit">At most so many.</param>
    /// <param name="ReceiptMissing">Hand-overs whose receipt has not come, instead of what waits.</param>
    internal sealed record Ask(IReadOnlyList<string>? Offices, ListPlace? After, bool Newest, int Limit, bool ReceiptMissing = false);

    public static (IReadOnlyList<Row> Rows, string? Next) Waiting(Session session, Ask ask) => ListPage.Of(
        ask.Offices is null ? [Part(session, ask, null)] : ask.Offices.Select(office => Part(session, ask, office)), static row => new ListPlace(row.WaitingSince, row.Id), ask.Newest, ask.Limit);

    private static IReadOnlyList<Row> Part(Session session, Ask ask, string? office) =>
        session.Query<Row>(Sql(ask, office), new { Office = office, AfterTime = ask.After?.Time, AfterId = ask.After?.Id, Limit = ask.Limit + 1 });

    // The page first, then what belongs to its rows; the state as a word, so that the partial index serves.
    internal static string Sql(Ask ask, string? office)
    {
        var of = office is null ? "" : " AND office = @Office";
        return ask.ReceiptMissing
            ? $"""
            SELECT a.id, a.profile, a.state, a.title, a.channel, a.office, d.receipt_due AS waiting_since, a.signing_serial, a.not_after, d.expires_at, d.tries_left, d.codes_made, d.handed_by, d.receipt_scan FROM (
                SELECT application, receipt_due, expires_at, tries_left, codes_made, handed_by, receipt_scan FROM ra_deliveries
                WHERE receipt_due IS NOT NULL{of}{ListPage.After(ask.After, "receipt_due", "application", ask.Newest)} ORDER BY {ListPage.Order("receipt_due", "application", ask.Newest)} LIMIT @Limit) AS d
            JOIN ra_applications AS a ON a.id = d.application ORDER BY {ListPage.Order("d.receipt_due", "d.application", ask.Newest)}
            """
            : $"""
            SELECT a.id, a.profile, a.state, a.title, a.channel, a.office, a.waiting_since, a.signing_serial, a.not_after, d.expires_at, d.tries_left, d.codes_made FROM (
                SELECT id, profile, state, title, channel, office, waiting_since, signing_serial, not_after FROM ra_applications
                WHERE state = 'Issued'{of}{ListPage.After(ask.After, "waiting_since", "id", ask.Newest)} ORDER BY {ListPage.Order("waiting_since", "id", ask.Newest)} LIMIT @Limit) AS a
            JOIN ra_deliveries AS d ON d.application = a.id ORDER BY {ListPage.Order("a.waiting_since", "a.id", ask.Newest)}
            """;
    }

    /// <summary>What is on record of one delivery.</summary>
    /// <exception cref="RefusedException">UnknownObject: nothing was issued.</exception>
    public static DeliveryRecord Of(Session session, IDataCipher cipher, ApplicationRow application)
    {
        var kept = session.QueryFirst<Kept>(
            """
            SELECT d.accepted_at, d.handed_at, d.handed_by, d.received_by, d.medium, d.medium_kind, d.pack, d.receipt_scan, d.confirmed_at, d.codes_made,
                (SELECT COUNT(*) FROM ra_evidence AS e WHERE e.application = d.application AND e.digest = d.receipt_scan) AS filed
            FROM ra_deliveries AS d WHERE d.application = @Id
            """,
            new { application.Id }) ?? throw new RefusedException(RefusalCode.UnknownObject, "Nothing was issued under this number.", "id");
        return new DeliveryRecord(
            application.Id, application.State, application.SigningSerial, kept.AcceptedAt.Moment(), kept.HandedAt.Moment(), kept.HandedBy,
            kept.ReceivedBy is null ? null : Encoding.UTF8.GetString(cipher.Open(kept.ReceivedBy, ReceiverLabel(application.Id))), kept.Medium,
            kept.MediumKind is null ? null : new MediumTravel(Enum.Parse<MediumKind>(kept.MediumKind), kept.Pack is null ? MediumWay.InSight : MediumWay.PackWhole, kept.Pack), kept.ReceiptScan, kept.Filed != 0, kept.ConfirmedAt.Moment(), kept.CodesMade);
    }

    /// <summary>The receipt has come, or its papers are destroyed and none is waited for.</summary>
    public static void ReceiptSettled(Session session, string application) => session.Execute("UPDATE ra_deliveries SET receipt_due = NULL WHERE application = @Id", new { Id = application });

    /// <summary>Keeps who handed what to whom, and how it had come (6.6.2.1-b); a receipt that is named is due from now on.</summary>
    public static void HandedOver(Session session, IDataCipher cipher, string application, HandOver handed, string person, long now) => session.Execute(
        """
        UPDATE ra_deliveries SET received_by = @Receiver, handed_by = @Person, handed_at = @Now, medium = @Medium, medium_kind = @Kind, pack = @Pack, receipt_scan = @Receipt,
            receipt_due = @Due, office = (SELECT office FROM ra_applications WHERE id = @Id) WHERE application = @Id
        """,
        new
        {
            Receiver = cipher.Seal(Encoding.UTF8.GetBytes($"{handed.ReceivedBy}; {handed.Identified}"), ReceiverLabel(application)), Person = person, Now = now, Due = handed.Receipt is null ? (long?)null : now, handed.Medium, Kind = handed.Travel?.Kind.ToString(), handed.Travel?.Pack,
            handed.Receipt, Id = application,
        });

    private static byte[] ReceiverLabel(string application) => Encoding.ASCII.GetBytes($"{application}/received-by");

    private sealed class Kept
    {
        public long? AcceptedAt { get; set; }

        public long? HandedAt { get; set; }

        public string? HandedBy { get; set; }

        public byte[]? ReceivedBy { get; set; }

        public string? Medium { get; set; }

        public string? MediumKind { get; set; }

        public string? Pack { get; set; }

        public string? ReceiptScan { get; set; }

        public long? ConfirmedAt { get; set; }

        public long CodesMade { get; set; }

        public long Filed { get; set; }
    }

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

        public string? HandedBy { get; set; }

        public string? ReceiptScan { get; set; }
    }
}
