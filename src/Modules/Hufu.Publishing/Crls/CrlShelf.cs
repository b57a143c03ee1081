using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Publishing.Crls;

/// <summary>CRLs as the CA signed and checked them, by the names of their addresses (<see cref="CrlIssued.Name"/>). The highest number is served; a late older one never replaces it.</summary>
internal static class CrlShelf
{
    /// <summary>A CRL: in the row, or as a file that was joined from pieces (<see cref="CrlFiles"/>).</summary>
    public static void Issued(Session session, CrlIssued fact) => session.Execute(
        "INSERT INTO publishing_crls (ca, number, this_update, next_update, der, file) VALUES (@Name, @Number, @ThisUpdate, @NextUpdate, @Der, @File) ON CONFLICT (ca, number) DO NOTHING",
        new { fact.Name, fact.Number, ThisUpdate = fact.ThisUpdate.ToUnixTimeMilliseconds(), NextUpdate = fact.NextUpdate.ToUnixTimeMilliseconds(), fact.Der, File = fact.File?.Digest });

    /// <summary>The CRL in force of a name.</summary>
    public static CrlRow? Current(Session session, string name) => session.QueryFirst<CrlRow>(
        "SELECT number, this_update, next_update, der, file FROM publishing_crls WHERE ca = @Name ORDER BY number DESC LIMIT 1", new { Name = name });

    /// <summary>A CRL by number, as long as it is kept.</summary>
    public static CrlRow? Numbered(Session session, string name, long number) => session.QueryFirst<CrlRow>(
        "SELECT number, this_update, next_update, der, file FROM publishing_crls WHERE ca = @Name AND number = @Number", new { Name = name, Number = number });

    /// <summary>The last CRL of a name made at a moment or before, as long as it is kept.</summary>
    public static CrlRow? LastBefore(Session session, string name, DateTimeOffset moment) => session.QueryFirst<CrlRow>(
        "SELECT number, this_update, next_update, der, file FROM publishing_crls WHERE ca = @Name AND this_update <= @Moment ORDER BY number DESC LIMIT 1",
        new { Name = name, Moment = moment.ToUnixTimeMilliseconds() });

    /// <summary>The lists in force, as <c>name/number</c>.</summary>
    public static IReadOnlyList<string> InForce(Session session) =>
        [.. session.Query<NamedRow>("SELECT ca AS name, MAX(number) AS number FROM publishing_crls GROUP BY ca ORDER BY ca LIMIT 10000").Select(row => $"{row.Name}/{row.Number}")];

    /// <summary>Drops CRLs that ended before a moment; the one in force of each name stays whatever its age. Their files are the caller's to delete afterwards.</summary>
    public static void Drop(Session session, DateTimeOffset before) => session.Execute(
        """
        DELETE FROM publishing_crls WHERE next_update < @Before AND number < (SELECT MAX(newer.number) FROM publishing_crls newer WHERE newer.ca = publishing_crls.ca)
        """,
        new { Before = before.ToUnixTimeMilliseconds() });

    /// <summary>The files that rows name.</summary>
    public static IReadOnlyList<string> Files(Session session) => session.Query<string>("SELECT file FROM publishing_crls WHERE file IS NOT NULL LIMIT 1000000");

    internal sealed record NamedRow(string Name, long Number);
}

/// <summary>A CRL as it is kept.</summary>
internal sealed class CrlRow
{
    public long Number { get; set; }

    public long ThisUpdate { get; set; }

    public long NextUpdate { get; set; }

    public byte[] Der { get; set; } = [];

    /// <summary>The digest under which it lies as a file, when it is too large for a row.</summary>
    public string? File { get; set; }
}
