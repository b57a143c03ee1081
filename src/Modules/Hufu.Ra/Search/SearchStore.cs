using Hufu.Contracts;
using Hufu.Ra.Applications;
using Hufu.Records;

namespace Hufu.Ra.Search;

/// <summary>Pages of search results, each read by one index (R26): after the last row of the page before.</summary>
internal static class SearchStore
{
    // Names begin at the prefix and end before the prefix and the last character of Unicode's planes.
    private const string End = "\U0010FFFF";

    /// <summary>What is looked for: exactly one of number, serial, title prefix, keyed holder.</summary>
    internal sealed record Ask(string? Id, string? Serial, string? Title, string? Holder, string? Profile, ApplicationState? State, IReadOnlyList<string>? Offices, (string Title, string Id)? After, int Limit);

    public static IReadOnlyList<ApplicationRow> Page(Session session, Ask ask) => session.Query<ApplicationRow>(
        $"SELECT {ApplicationStore.Columns} FROM ra_applications WHERE {Where(ask)} ORDER BY {(ask.Title is null ? "id" : "title, id")} LIMIT @Limit",
        new
        {
            ask.Id,
            ask.Serial,
            ask.Title,
            TitleEnd = ask.Title + End,
            ask.Holder,
            ask.Profile,
            // As a word: beside a list, arguments go another way on SQLite, where an enumeration would be a number.
            State = ask.State?.ToString(),
            AfterTitle = ask.After?.Title,
            AfterId = ask.After?.Id,
            ask.Limit,
            Offices = ask.Offices ?? [],
        });

    private static string Where(Ask ask) =>
        (ask.Id is not null ? "id = @Id" : ask.Serial is not null ? "signing_serial = @Serial" : ask.Holder is not null ? "holder = @Holder" : "title >= @Title AND title < @TitleEnd")
        + (ask.Profile is null ? "" : " AND profile = @Profile")
        + (ask.State is null ? "" : " AND state = @State")
        + (ask.Offices is null ? "" : " AND office IN @Offices")
        + (ask.After is null ? "" : ask.Title is null ? " AND id > @AfterId" : " AND (title, id) > (@AfterTitle, @AfterId)");
}
