namespace Hufu.Contracts;

/// <summary>Reads a queue: <c>POST /api/ra/queue</c>, act <see cref="ActNames.RaQueueRead"/>.</summary>
/// <param name="State">submitted (for the clerk) or entered (for the vetter).</param>
/// <param name="Limit">At most this many, 1 to 100.</param>
public sealed record QueueQuery(ApplicationState State, int Limit);

/// <summary>A row of a queue, due first (R25).</summary>
/// <param name="Id">The application's number.</param>
/// <param name="Title">For whom: the subject's name.</param>
/// <param name="Profile">The profile's id.</param>
/// <param name="Since">Since when it waits.</param>
/// <param name="Due">When it must be answered.</param>
/// <param name="StateToSign">The state that an act on it has to name: <see cref="ApplicationData.StateText"/>.</param>
public sealed record QueueRow(string Id, string Title, string Profile, DateTimeOffset Since, DateTimeOffset Due, string StateToSign);

/// <summary>A queue's first page.</summary>
/// <param name="Rows">Due first.</param>
/// <param name="Total">How many wait in all.</param>
public sealed record QueuePage(IReadOnlyList<QueueRow> Rows, long Total);

/// <summary>
/// Reads what a clerk or vetter decides on: <c>POST /api/ra/applications/{id}/reading</c> (an <see cref="ApplicationFile"/>), and
/// <c>POST /api/ra/applications/{id}/evidence/{kind}/reading</c> (the paper itself); act <see cref="ActNames.RaApplicationRead"/>, state <see cref="ApplicationData.StateText"/>. Every look is in the ledger.
/// </summary>
/// <param name="Purpose">Why: for the ledger.</param>
public sealed record ReadingPurpose(string Purpose);

/// <summary>An application as clerk and vetter see it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Profile">The profile's id.</param>
/// <param name="Fields">The applicant's data by field name.</param>
/// <param name="Evidence">The papers.</param>
/// <param name="RenewalOf">Serial (hex) of the certificate that it renews, or null.</param>
/// <param name="StateToSign">The state that an act on it has to name.</param>
/// <param name="History">What has happened to it, oldest first: earlier refusals and their reasons are among it.</param>
public sealed record ApplicationFile(
    string Id, string Profile, IReadOnlyDictionary<string, string> Fields, IReadOnlyList<EvidenceStored> Evidence, string? RenewalOf, string StateToSign, IReadOnlyList<ApplicationStep> History);

/// <summary>The clerk's entry: <c>POST /api/ra/applications/{id}/entry</c>, act <see cref="ActNames.RaApplicationEnter"/>, state <see cref="ApplicationData.StateText"/> of submitted.</summary>
/// <param name="Remark">A note for the vetter.</param>
public sealed record EntryRecord(string Remark);

/// <summary>How one check came out.</summary>
/// <param name="Check">The check's id from the profile.</param>
/// <param name="Passed">Whether it passed.</param>
/// <param name="How">How it was done: document seen, call-back and the number's origin, source asked.</param>
public sealed record CheckFinding(string Check, bool Passed, string How);

/// <summary>
/// The vetter's decision: <c>POST /api/ra/applications/{id}/decision</c>, act <see cref="ActNames.RaApplicationApprove"/> or <see cref="ActNames.RaApplicationRefuse"/>, state <see cref="ApplicationData.StateText"/> of entered.
/// </summary>
/// <param name="Approve">True approves; must agree with the act.</param>
/// <param name="Findings">One for every check of the profile; all must have passed to approve (7.2.6-c).</param>
/// <param name="Reason">Told to the applicant when refused.</param>
public sealed record VettingDecision(bool Approve, IReadOnlyList<CheckFinding> Findings, string? Reason);
