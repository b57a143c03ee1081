using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Ra.Lists;
using Hufu.Records;

namespace Hufu.Ra.Privacy;

/// <summary>Demands for private data (ra_disclosures); to whom, on which papers and for which fields lies sealed.</summary>
internal static class DisclosureStore
{
    private const string Columns = "id, application, ground, demand, state, entered_at, released_at, office, entered_by";

    /// <summary>What a reader asks for.</summary>
    /// <param name="State">Where the demands stand.</param>
    /// <param name="Offices">The offices that bound the reader; null for no bound.</param>
    /// <param name="After">Goes on after this row, or null.</param>
    /// <param name="Newest">Backwards.</param>
    /// <param name="Limit">At most so many.</param>
    internal sealed record Ask(DisclosureState State, IReadOnlyList<string>? Offices, ListPlace? After, bool Newest, int Limit);

    public static void Insert(Session session, IDataCipher cipher, string id, NewDisclosure asked, string office, string person, long now) => session.Execute(
        """
        INSERT INTO ra_disclosures (id, application, ground, demand, state, entered_at, office, entered_by) VALUES (@Id, @Application, @Ground, @Demand, 'entered', @Now, @Office, @Person)
        """,
        new { Id = id, asked.Application, asked.Ground, Demand = cipher.Seal(JsonSerializer.SerializeToUtf8Bytes(asked, ContractJson.Options), Encoding.ASCII.GetBytes(id)), Now = now, Office = office, Person = person });

    /// <exception cref="RefusedException">UnknownObject.</exception>
    public static Row Get(Session session, string id) =>
        session.QueryFirst<Row>($"SELECT {Columns} FROM ra_disclosures WHERE id = @Id", new { Id = id[..Math.Min(id.Length, 64)] }) ?? throw new RefusedException(RefusalCode.UnknownObject, "There is no such disclosure.", "id");

    public static (IReadOnlyList<Row> Rows, string? Next) Page(Session session, Ask ask) => ListPage.Of(
        ask.Offices is null ? [Page(session, ask, null)] : ask.Offices.Select(office => Page(session, ask, office)), static row => new ListPlace(row.EnteredAt, row.Id), ask.Newest, ask.Limit);

    private static IReadOnlyList<Row> Page(Session session, Ask ask, string? office) => session.Query<Row>(
        Sql(ask, office), new { State = ask.State == DisclosureState.Entered ? "entered" : "released", Office = office, AfterTime = ask.After?.Time, AfterId = ask.After?.Id, Limit = ask.Limit + 1 });

    internal static string Sql(Ask ask, string? office) =>
        $"""
        SELECT {Columns} FROM ra_disclosures WHERE state = @State{(office is null ? "" : " AND office = @Office")}{ListPage.After(ask.After, "entered_at", "id", ask.Newest)}
        ORDER BY {ListPage.Order("entered_at", "id", ask.Newest)} LIMIT @Limit
        """;

    internal sealed class Row
    {
        public string Id { get; set; } = "";

        public string Application { get; set; } = "";

        public DisclosureGround Ground { get; set; }

        public byte[] Demand { get; set; } = [];

        public string State { get; set; } = "";

        public long EnteredAt { get; set; }

        public long? ReleasedAt { get; set; }

        public string Office { get; set; } = "";

        public string? EnteredBy { get; set; }

        public NewDisclosure Open(IDataCipher cipher) => JsonSerializer.Deserialize<NewDisclosure>(cipher.Open(Demand, Encoding.ASCII.GetBytes(Id)), ContractJson.Options)!;

        public DisclosureRow ToRow() => new(
            Id, Application, Ground, State == "entered" ? DisclosureState.Entered : DisclosureState.Released, DateTimeOffset.FromUnixTimeMilliseconds(EnteredAt), EnteredBy,
            ReleasedAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null);
    }
}
