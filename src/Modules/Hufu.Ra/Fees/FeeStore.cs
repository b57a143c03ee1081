using System.Text;
using Hufu.Contracts;
using Hufu.Ra.Lists;
using Hufu.Records;

namespace Hufu.Ra.Fees;

/// <summary>Pages of fees by where they stand, each read by one index (R26).</summary>
internal static class FeeStore
{
    // The page first, then what belongs to its rows: no planner can turn it round.
    private const string Shown = """
        SELECT f.application, f.amount, f.state, f.moved_at, f.office, f.paid_at, f.means, f.reference, f.refunded_at, f.operators_fault, f.refund_reason, a.title, a.profile, a.state AS application_state,
            (SELECT COUNT(*) FROM ra_payment_orders AS o WHERE o.application = f.application AND o.simulated = 1 AND o.state <> 'open') AS simulated
        """;

    private const string Columns = "application, amount, state, moved_at, office, paid_at, means, reference, refunded_at, operators_fault, refund_reason";

    /// <summary>What a reader asks for.</summary>
    /// <param name="State">Where the fees stand.</param>
    /// <param name="Offices">The offices that bound the reader; null for no bound.</param>
    /// <param name="After">Goes on after this row, or null.</param>
    /// <param name="Newest">Backwards.</param>
    /// <param name="Limit">At most so many.</param>
    internal sealed record Ask(FeeState State, IReadOnlyList<string>? Offices, ListPlace? After, bool Newest, int Limit);

    public static (IReadOnlyList<Row> Rows, string? Next) Page(Session session, Ask ask) => ListPage.Of(
        ask.Offices is null ? [Page(session, ask, null)] : ask.Offices.Select(office => Page(session, ask, office)), static row => new ListPlace(row.MovedAt, row.Application), ask.Newest, ask.Limit);

    /// <summary>The fee of one application, or null.</summary>
    public static Row? Of(Session session, string application) => session.QueryFirst<Row>(
        $"{Shown} FROM ra_fees AS f JOIN ra_applications AS a ON a.id = f.application WHERE f.application = @Application", new { Application = application });

    /// <summary>What a refund's reason is sealed under.</summary>
    public static byte[] RefundLabel(string application) => Encoding.ASCII.GetBytes($"{application}/refund");

    private static IReadOnlyList<Row> Page(Session session, Ask ask, string? office) =>
        session.Query<Row>(Sql(ask, office), new { State = ask.State.ToString(), Office = office, AfterTime = ask.After?.Time, AfterId = ask.After?.Id, Limit = ask.Limit + 1 });

    internal static string Sql(Ask ask, string? office) =>
        $"""
        {Shown} FROM (
            SELECT {Columns} FROM ra_fees WHERE state = @State{(office is null ? "" : " AND office = @Office")}{ListPage.After(ask.After, "moved_at", "application", ask.Newest)}
            ORDER BY {ListPage.Order("moved_at", "application", ask.Newest)} LIMIT @Limit) AS f
        JOIN ra_applications AS a ON a.id = f.application ORDER BY {ListPage.Order("f.moved_at", "f.application", ask.Newest)}
        """;

    internal sealed class Row
    {
        public string Application { get; set; } = "";

        public long Amount { get; set; }

        public FeeState State { get; set; }

        public long MovedAt { get; set; }

        public string Office { get; set; } = "";

        public long? PaidAt { get; set; }

        public string? Means { get; set; }

        public string? Reference { get; set; }

        public long? RefundedAt { get; set; }

        public long? OperatorsFault { get; set; }

        public byte[]? RefundReason { get; set; }

        public string Title { get; set; } = "";

        public string Profile { get; set; } = "";

        public ApplicationState ApplicationState { get; set; }

        public long Simulated { get; set; }
    }
}
