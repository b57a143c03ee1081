using Hufu.Contracts;
using Hufu.Ra.Lists;
using Hufu.Records;

namespace Hufu.Ra.Retention;

/// <summary>Shows the proposals to destroy papers and the list that each of the three people signs, as the room keeps it (6.6.1.5-b); numbers of applications, no names.</summary>
internal sealed class ReadDestructions(RaDesk desk)
{
    private const int MostItems = 1_000;
    private const string Columns = "id, state, digest, reason, proposed_at, done_at, applications";

    private readonly SignedLook looks = new(desk, ActNames.RaPapersRead);

    [Clause("6.6.1.5-b")]
    public Task<PaperDestructionPage> ListAsync(ActRequest request, CancellationToken ct) => looks.PageAsync<PaperDestructionQuery, PaperDestructionPage>(
        request, static query => $"destructions/{query.State.Word()}",
        static (look, query) =>
        {
            var (rows, next) = Page(look.Session, query.State, ListPlace.Parse(query.After), query.Newest, query.Limit);
            return new PaperDestructionPage([.. rows.Select(static row => row.ToRow())], next);
        },
        ct);

    [Clause("6.6.1.5-b")]
    public Task<PaperDestructionFile> OneAsync(string id, ActRequest request, CancellationToken ct) => looks.OneAsync(
        request, $"papers/{id[..Math.Min(id.Length, 64)]}",
        look =>
        {
            var row = look.Session.QueryFirst<Row>($"SELECT {Columns} FROM ra_destructions WHERE id = @Id", new { Id = id[..Math.Min(id.Length, 64)] })
                ?? throw new RefusedException(RefusalCode.UnknownObject, "There is no such proposal.", "id");
            return new PaperDestructionFile(
                row.ToRow(), Items(look.Session, row.Id), look.Session.Query<string>("SELECT person FROM ra_destruction_hands WHERE destruction = @Id ORDER BY person", new { row.Id }));
        },
        ct);

    /// <summary>One page by its index.</summary>
    internal static (IReadOnlyList<Row> Rows, string? Next) Page(Session session, PaperDestructionState state, ListPlace? after, bool newest, int limit) => ListPage.Of(
        [
            session.Query<Row>(Sql(after, newest), new { State = state.Word(), AfterTime = after?.Time, AfterId = after?.Id, Limit = limit + 1 }),
        ],
        static row => new ListPlace(row.ProposedAt, row.Id), newest, limit);

    internal static string Sql(ListPlace? after, bool newest) =>
        $"SELECT {Columns} FROM ra_destructions WHERE state = @State{ListPage.After(after, "proposed_at", "id", newest)} ORDER BY {ListPage.Order("proposed_at", "id", newest)} LIMIT @Limit";

    private IReadOnlyList<PaperDestructionItem> Items(Session session, string destruction)
    {
        var papers = new DestroyPapers(desk, new PaperEraser(desk));
        return
        [
            .. session.Query<Item>(
                $"""
                SELECT a.id, a.profile, a.state, a.ended_at FROM ra_destruction_items AS i JOIN ra_applications AS a ON a.id = i.application WHERE i.destruction = @Destruction ORDER BY i.application LIMIT {MostItems}
                """,
                new { Destruction = destruction }).Select(item => new PaperDestructionItem(
                    item.Id, item.Profile, item.State, item.EndedAt.Moment(), DestroyPapers.Papers(session, item.Id).Count, papers.IsDue(session, item.Id))),
        ];
    }

    internal sealed class Row
    {
        public string Id { get; set; } = "";

        public string State { get; set; } = "";

        public string Digest { get; set; } = "";

        public string Reason { get; set; } = "";

        public long ProposedAt { get; set; }

        public long? DoneAt { get; set; }

        public long Applications { get; set; }

        public PaperDestructionRow ToRow() => new(
            Id, Enum.Parse<PaperDestructionState>(State, ignoreCase: true), $"{State}/{Digest}", Applications, Reason, ProposedAt.Moment(), DoneAt.Moment());
    }

    private sealed class Item
    {
        public string Id { get; set; } = "";

        public string Profile { get; set; } = "";

        public ApplicationState State { get; set; }

        public long? EndedAt { get; set; }
    }
}
