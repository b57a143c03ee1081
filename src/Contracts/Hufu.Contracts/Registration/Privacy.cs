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
