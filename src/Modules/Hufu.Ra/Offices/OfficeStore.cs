using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Ra.Offices;

/// <summary>The tree of offices (ra_offices) and who works where (ra_office_staff).</summary>
internal static class OfficeStore
{
    /// <summary>The root's id.</summary>
    public const string Centre = "centre";

    private const int Most = 1000;
    private const string Columns = "id, parent, kind, name, address, path, profiles";

    public static IReadOnlyList<Office> All(Session session) =>
        [.. session.Query<OfficeRow>($"SELECT {Columns} FROM ra_offices WHERE closed_at IS NULL ORDER BY path LIMIT {Most}").Select(row => row.ToOffice())];

    /// <summary>An open office.</summary>
    /// <exception cref="RefusedException">UnknownObject.</exception>
    public static OfficeRow Get(Session session, string id, string field) =>
        session.QueryFirst<OfficeRow>($"SELECT {Columns} FROM ra_offices WHERE id = @Id AND closed_at IS NULL", new { Id = id[..Math.Min(id.Length, 64)] })
        ?? throw new RefusedException(RefusalCode.UnknownObject, "There is no such office.", field);

    /// <summary>The office that a person works in.</summary>
    public static string Of(Session session, string person) => session.QueryFirst<string>("SELECT office FROM ra_office_staff WHERE person = @Person", new { Person = person }) ?? Centre;

    /// <summary>The offices whose applications a person sees: their own and all below; null at the centre, where all are seen.</summary>
    [Clause("3.9-a")]
    public static IReadOnlyList<string>? Reach(Session session, string person)
    {
        var office = Of(session, person);
        return office == Centre
            ? null
            : session.Query<string>(
                $"SELECT below.id FROM ra_offices AS below JOIN ra_offices AS own ON own.id = @Office WHERE below.path >= own.path AND below.path < own.path || '~' ORDER BY below.id LIMIT {Most}", new { Office = office });
    }

    /// <summary>Who was placed where, by person; at most as many as a room has people.</summary>
    public static IReadOnlyDictionary<string, Placement> Placements(Session session) =>
        session.Query<Placement>($"SELECT person, office, since FROM ra_office_staff ORDER BY person LIMIT {Most}").ToDictionary(static row => row.Person, StringComparer.Ordinal);

    internal sealed record Placement(string Person, string Office, long Since);

    internal sealed class OfficeRow
    {
        public string Id { get; set; } = "";

        public string? Parent { get; set; }

        public OfficeKind Kind { get; set; }

        public string Name { get; set; } = "";

        public string Address { get; set; } = "";

        public string Path { get; set; } = "";

        public string Profiles { get; set; } = "";

        public Office ToOffice() => new(Id, Parent, Kind, Name, Address, Profiles.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
