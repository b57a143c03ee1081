namespace Hufu.Contracts;

/// <summary>In which order a queue is read; each is an index of its own, so that every page is quick.</summary>
public enum QueueOrder
{
    /// <summary>Due first.</summary>
    Due,

    /// <summary>Waiting longest first.</summary>
    Since,

    /// <summary>By type, due first within one.</summary>
    Type,

    /// <summary>By office, due first within one.</summary>
    Office,

    /// <summary>By the subject's name (for organisations and their people the unit's), as its characters are coded.</summary>
    Title,
}

/// <summary>Reads a queue: <c>POST /api/ra/queue</c>, act <see cref="ActNames.RaQueueRead"/>.</summary>
/// <param name="State">submitted (for the clerk), entered (for the vetter) or excepted (for a second vetter).</param>
/// <param name="Limit">At most this many, 1 to 100.</param>
/// <param name="After">Goes on after the last row of the page before: its <see cref="QueuePage.Next"/>.</param>
/// <param name="Profile">Only this type.</param>
/// <param name="Overdue">Only what is past its deadline; in the order of <see cref="QueueOrder.Due"/> only.</param>
/// <param name="Order">In which order; a page's <paramref name="After"/> belongs to the order that it was read in.</param>
public sealed record QueueQuery(ApplicationState State, int Limit, string? After = null, string? Profile = null, bool Overdue = false, QueueOrder Order = QueueOrder.Due);

/// <summary>A row of a queue, due first (R25).</summary>
/// <param name="Id">The application's number.</param>
/// <param name="Title">For whom: the subject's name.</param>
/// <param name="Profile">The profile's id.</param>
/// <param name="Since">Since when it waits.</param>
/// <param name="Due">When it must be answered.</param>
/// <param name="StateToSign">The state that an act on it has to name: <see cref="ApplicationData.StateText"/>.</param>
/// <param name="Overdue">Past its deadline.</param>
/// <param name="Channel">How it came.</param>
/// <param name="Renewal">Whether it renews a certificate.</param>
/// <param name="Office">The office that it belongs to.</param>
public sealed record QueueRow(
    string Id, string Title, string Profile, DateTimeOffset Since, DateTimeOffset Due, string StateToSign, bool Overdue, ApplicationChannel Channel, bool Renewal, string Office = "centre");

/// <summary>A page of a queue.</summary>
/// <param name="Rows">In the order asked for.</param>
/// <param name="Total">How many wait in all, counted up to 1,001: that many means "more than a thousand".</param>
/// <param name="Next">Asks for the next page, or null on the last.</param>
public sealed record QueuePage(IReadOnlyList<QueueRow> Rows, long Total, string? Next = null);

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
/// <param name="Checks">The checklist: what the vetter answers for this very application (6.1.3.2-b to -e).</param>
/// <param name="Sources">What third-party sources said.</param>
/// <param name="History">What has happened to it, oldest first: earlier refusals and their reasons are among it.</param>
/// <param name="SourcesToAsk">The third-party sources that this application has something for.</param>
public sealed record ApplicationFile(
    string Id, string Profile, IReadOnlyDictionary<string, string> Fields, IReadOnlyList<EvidenceStored> Evidence, string? RenewalOf, string StateToSign,
    IReadOnlyList<FormCheckText> Checks, IReadOnlyList<SourceAnswer> Sources, IReadOnlyList<ApplicationStep> History, IReadOnlyList<SourceToAsk>? SourcesToAsk = null);

/// <summary>The clerk's entry: <c>POST /api/ra/applications/{id}/entry</c>, act <see cref="ActNames.RaApplicationEnter"/>, state <see cref="ApplicationData.StateText"/> of submitted.</summary>
/// <param name="Remark">A note for the vetter.</param>
public sealed record EntryRecord(string Remark);

/// <summary>
/// The vetter's decision: <c>POST /api/ra/applications/{id}/decision</c>, act <see cref="ActNames.RaApplicationApprove"/> or <see cref="ActNames.RaApplicationRefuse"/>, state <see cref="ApplicationData.StateText"/> of entered.
/// </summary>
/// <param name="Approve">True approves; must agree with the act.</param>
/// <param name="Findings">One for every check of the profile; all must have passed to approve (7.2.6-c), or be excepted, which a second vetter confirms.</param>
/// <param name="Reason">Told to the applicant when refused.</param>
/// <param name="FurtherPapers">With a refusal: papers that the application must bring when it comes again; at most 10.</param>
public sealed record VettingDecision(bool Approve, IReadOnlyList<CheckFinding> Findings, string? Reason, IReadOnlyList<FurtherPaper>? FurtherPapers = null);
