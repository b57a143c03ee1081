namespace Hufu.Contracts;

/// <summary>What is kept of a holder: <c>GET /api/ra/applications/{id}/data</c> with the access token. The look is in the ledger.</summary>
/// <param name="Fields">All data by field name.</param>
/// <param name="Corrections">What was changed, oldest first.</param>
public sealed record HolderData(IReadOnlyDictionary<string, string> Fields, IReadOnlyList<DataChange> Corrections);

/// <summary>A change of a holder's data.</summary>
/// <param name="At">When.</param>
/// <param name="Field">Which field.</param>
/// <param name="Before">What stood there.</param>
/// <param name="After">What stands there since.</param>
public sealed record DataChange(DateTimeOffset At, string Field, string Before, string After);

/// <summary>
/// The holder corrects data during the certificate's life (6.4.2-d): <c>POST /api/ra/applications/{id}/data</c> with the access token; answered with <see cref="HolderData"/>. What stands in the certificate does
/// not change so: that is a new application.
/// </summary>
/// <param name="Fields">New values by field name.</param>
public sealed record DataCorrection(IReadOnlyDictionary<string, string> Fields);

/// <summary>The grounds on which private data is given to others (6.4.2-d), and no other.</summary>
public enum DisclosureGround
{
    /// <summary>A judicial process.</summary>
    Judicial,

    /// <summary>A clear legal mandate, such as a regulator's.</summary>
    LegalMandate,

    /// <summary>The owner's consent.</summary>
    OwnersConsent,

    /// <summary>An emergency, with the managing authority's consent.</summary>
    Emergency,
}

/// <summary>
/// Enters a demand for private data after officers and papers were looked at (6.4.2-c): <c>POST /api/ra/disclosures</c>, act <see cref="ActNames.RaDisclosureEnter"/>, object <c>disclosure/new</c>; answered with
/// <see cref="DisclosureEntered"/>. The business administrator releases: <c>POST /api/ra/disclosures/{id}/release</c>.
/// </summary>
/// <param name="Application">Whose data.</param>
/// <param name="Ground">On which ground.</param>
/// <param name="To">Officers and their unit; 1 to 200 characters.</param>
/// <param name="Papers">The papers: numbers and dates; consent of the managing authority in an emergency; 1 to 500 characters.</param>
/// <param name="Fields">Which fields and no others; 1 to 20.</param>
public sealed record NewDisclosure(string Application, DisclosureGround Ground, string To, string Papers, IReadOnlyList<string> Fields);

/// <summary>A demand is entered.</summary>
/// <param name="Id">Its number.</param>
public sealed record DisclosureEntered(string Id);

/// <summary>Releases: act <see cref="ActNames.RaDisclosureRelease"/>, object <c>disclosure/{id}</c>, state <c>entered</c>; answered with <see cref="DisclosedData"/>, once.</summary>
/// <param name="Remark">What was reviewed; 1 to 500 characters.</param>
public sealed record DisclosureRelease(string Remark);

/// <summary>What is given to the officers.</summary>
/// <param name="Id">The disclosure's number.</param>
/// <param name="Fields">The fields that were asked for, with their values.</param>
public sealed record DisclosedData(string Id, IReadOnlyDictionary<string, string> Fields);

/// <summary>Where a demand stands.</summary>
public enum DisclosureState
{
    /// <summary>待批准: entered, waits for the business administrator.</summary>
    Entered,

    /// <summary>已提供.</summary>
    Released,
}

/// <summary>
/// Reads demands for private data: <c>POST /api/ra/disclosures/reading</c>, act <see cref="ActNames.RaDisclosuresRead"/>, object <c>disclosures/{state}</c>; answered with <see cref="DisclosurePage"/>. No data of the
/// holder is shown, and the holder is not told of the look: an inquiry is not warned of.
/// </summary>
/// <param name="State">Only these.</param>
/// <param name="Limit">1 to 100.</param>
/// <param name="Purpose">Why: for the ledger; 1 to 200 characters.</param>
/// <param name="After">Goes on after the page before: its <see cref="DisclosurePage.Next"/>, in the same order.</param>
/// <param name="Newest">Entered last first; else what has waited longest.</param>
public sealed record DisclosureQuery(DisclosureState State, int Limit, string Purpose, string? After = null, bool Newest = false) : IListQuery;

/// <summary>A page of demands.</summary>
/// <param name="Rows">In the order asked for.</param>
/// <param name="Next">Asks for the next page, or null on the last.</param>
public sealed record DisclosurePage(IReadOnlyList<DisclosureRow> Rows, string? Next);

/// <summary>A demand for private data, without what it asks for.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Application">Whose data is asked for, by the application's number.</param>
/// <param name="Ground">On which ground.</param>
/// <param name="State">Where it stands; the release names the state <c>entered</c>.</param>
/// <param name="EnteredAt">When it was entered.</param>
/// <param name="EnteredBy">The person who entered it, by number; null for those of earlier versions.</param>
/// <param name="ReleasedAt">When the data was given out.</param>
public sealed record DisclosureRow(string Id, string Application, DisclosureGround Ground, DisclosureState State, DateTimeOffset EnteredAt, string? EnteredBy, DateTimeOffset? ReleasedAt);

/// <summary>
/// A demand as whoever decides on it sees it: <c>POST /api/ra/disclosures/{id}/reading</c>, act <see cref="ActNames.RaDisclosuresRead"/>, object <c>disclosure/{id}</c>, payload <see cref="ReadingPurpose"/>.
/// </summary>
/// <param name="Row">The demand.</param>
/// <param name="To">Officers and their unit.</param>
/// <param name="Papers">The papers that they showed.</param>
/// <param name="Fields">Names of the fields that they ask for; no values.</param>
public sealed record DisclosureFile(DisclosureRow Row, string To, string Papers, IReadOnlyList<string> Fields);
