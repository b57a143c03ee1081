using System.Text;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Applications;
using Hufu.Records;

namespace Hufu.Ra.Search;

/// <summary>Finds applications by number, serial, name or holder. Each look is a signed act with its purpose; whoever does not work on applications sees names masked (6.4.2-a, 6.4.2-d).</summary>
internal sealed class SearchApplications(RaDesk desk)
{
    [Clause("6.4.2-d")]
    public Task<SearchPage> RunAsync(ActRequest request, CancellationToken ct) => desk.Context.Acts.RunAsync<SearchQuery, SearchPage>(request, ActNames.RaApplicationSearch, Expected, Find, ct);

    private ExpectedAct Expected(SearchQuery query)
    {
        var given = new[] { query.Id, query.Serial, query.Title }.Count(one => one is not null) + (query.Holder is null ? 0 : 1);
        if (query.Limit is < 1 or > 100 || query.Purpose.Trim().Length is 0 or > 200 || given != 1 || query.Title?.EnumerateRunes().Count() is < 2 or > 64 || query.Id?.Length > 64 || query.Serial?.Length > 64)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "Exactly one of number, serial, title (2 to 64 characters) and holder; 1 to 100 rows; a purpose of 1 to 200 characters.", "query");
        }

        var profile = query.Profile is null ? null : desk.HolderProfile(query.Profile);
        if (query.Holder is not null && (profile is null || profile.IdentifiedBy.Any(name => !query.Holder.ContainsKey(name))))
        {
            throw new RefusedException(RefusalCode.FieldMissing, $"A type, and: {string.Join(", ", profile?.IdentifiedBy ?? [])}.", "holder");
        }

        if (query.After is not null)
        {
            ParseAfter(query.After);
        }

        return new ExpectedAct(ActNames.RaApplicationSearch, "search/applications");
    }

    private SearchPage Find(Session session, AuthorisedAct act, SearchQuery query)
    {
        var profile = query.Profile is null ? null : desk.HolderProfile(query.Profile);
        var rows = SearchStore.Page(session, new SearchStore.Ask(
            query.Id, query.Serial?.ToLowerInvariant(), query.Title, query.Holder is null ? null : desk.HolderKey.Of(profile!, query.Holder), query.Profile, query.State,
            RaDesk.OfficesOf(session, act.Person.PersonId), ParseAfter(query.After), query.Limit + 1));
        desk.RecordShown(session, act, ActNames.RaApplicationSearch, query.Purpose, [.. rows.Take(query.Limit).Select(static row => row.Id)]);
        return new SearchPage([.. rows.Take(query.Limit).Select(row => ToRow(row, act.Person))], rows.Count > query.Limit ? After(rows[query.Limit - 1]) : null);
    }

    /// <summary>The first character and asterisks: 林＊＊.</summary>
    public static string Masked(string title)
    {
        var runes = title.EnumerateRunes().ToList();
        return runes.Count == 0 ? "" : runes[0] + new string('*', Math.Min(runes.Count - 1, 8));
    }

    private static SearchRow ToRow(ApplicationRow row, StaffMember person) => new(
        row.Id, RaDesk.TitleFor(person, row.Title), row.Profile, row.State, row.Channel, row.Office, DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt), row.SigningSerial,
        row.NotAfter is { } end ? DateTimeOffset.FromUnixTimeMilliseconds(end) : null);

    private static string After(ApplicationRow row) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{row.Id}{row.Title}"));

    private static (string Title, string Id)? ParseAfter(string? after)
    {
        if (after is null)
        {
            return null;
        }

        var bytes = new byte[600];
        return after.Length <= 800 && Convert.TryFromBase64String(after, bytes, out var length) && length >= 17
            ? (Encoding.UTF8.GetString(bytes, 17, length - 17), Encoding.UTF8.GetString(bytes, 0, 17))
            : throw new RefusedException(RefusalCode.FieldInvalid, "It is the 'next' of the page before.", "after");
    }
}
