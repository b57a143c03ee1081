namespace Hufu.Contracts;

/// <summary>
/// Searches applications: <c>POST /api/ra/search</c>, act <see cref="ActNames.RaApplicationSearch"/>, object <c>search/applications</c>; answered with <see cref="SearchPage"/>. Exactly one of number, serial, title
/// and holder is given; each is read by its index. Clerks and vetters see titles whole, others masked; everybody what their offices cover.
/// </summary>
/// <param name="Limit">1 to 100.</param>
/// <param name="Id">The application's number.</param>
/// <param name="Serial">Serial (hex) of the signing certificate.</param>
/// <param name="Title">The beginning of the subject's name; at least 2 characters.</param>
/// <param name="Holder">What identifies the holder, by field name (an identity number, a credit code); needs <paramref name="Profile"/>.</param>
/// <param name="Profile">Only this type.</param>
/// <param name="State">Only in this state.</param>
/// <param name="After">Goes on after the page before: its <see cref="SearchPage.Next"/>.</param>
/// <param name="Purpose">Why: for the ledger; 1 to 200 characters.</param>
public sealed record SearchQuery(
    int Limit, string Purpose, string? Id = null, string? Serial = null, string? Title = null, IReadOnlyDictionary<string, string>? Holder = null, string? Profile = null, ApplicationState? State = null,
    string? After = null);

/// <summary>A page of what was found, by title and number.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Next">Asks for the next page, or null on the last.</param>
public sealed record SearchPage(IReadOnlyList<SearchRow> Rows, string? Next);

/// <summary>An application that was found.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Title">The subject's name; masked for those who need not know.</param>
/// <param name="Profile">The profile's id.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Channel">How it came.</param>
/// <param name="Office">Where it belongs.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="SigningSerial">Serial (hex) of the signing certificate once issued.</param>
/// <param name="NotAfter">Its end.</param>
public sealed record SearchRow(
    string Id, string Title, string Profile, ApplicationState State, ApplicationChannel Channel, string Office, DateTimeOffset CreatedAt, string? SigningSerial, DateTimeOffset? NotAfter);
