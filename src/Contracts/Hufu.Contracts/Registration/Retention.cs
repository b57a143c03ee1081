namespace Hufu.Contracts;

/// <summary>
/// Proposes to destroy papers and letters of applications whose retention has ended (6.6.1.5-b, <c>records-kept-after-end</c>) and that are in a sealed package of the archive: <c>POST /api/ra/destructions</c>, act
/// <see cref="ActNames.RaPapersPropose"/>, object <c>papers/new</c>; answered with <see cref="PaperDestruction"/>. The room chooses: whose retention ended first.
/// </summary>
/// <param name="Most">At most so many applications, 1 to 1,000.</param>
/// <param name="Reason">Why; 1 to 500 characters.</param>
public sealed record NewPaperDestruction(int Most, string Reason);

/// <summary>
/// Approves (<c>POST /api/ra/destructions/{id}/approval</c>, act <see cref="ActNames.RaPapersApprove"/>, state <c>proposed/{digest}</c>), or witnesses and carries out (<c>…/destruction</c>, act
/// <see cref="ActNames.RaPapersDestroy"/>, state <c>approved/{digest}</c>); three different people.
/// </summary>
/// <param name="Remark">What was looked at; 1 to 500 characters.</param>
public sealed record PaperDestructionStep(string Remark);

/// <summary>A proposal.</summary>
/// <param name="Id">Its number.</param>
/// <param name="State"><c>proposed</c>, <c>approved</c> or <c>destroyed</c>.</param>
/// <param name="StateToSign">The state that the next act names.</param>
/// <param name="Applications">Whose papers, by number: SM3 over the numbers, one a line, is the digest that everybody signs.</param>
/// <param name="Papers">How many papers and letters; after the destruction: how many were destroyed.</param>
public sealed record PaperDestruction(string Id, string State, string StateToSign, IReadOnlyList<string> Applications, long Papers);

/// <summary>Where a proposal to destroy papers stands.</summary>
public enum PaperDestructionState
{
    /// <summary>待批准.</summary>
    Proposed,

    /// <summary>已批准: waits for the auditor who witnesses and carries it out.</summary>
    Approved,

    /// <summary>已销毁.</summary>
    Destroyed,
}

/// <summary>
/// Reads proposals: <c>POST /api/ra/destructions/reading</c>, act <see cref="ActNames.RaPapersRead"/>, object <c>destructions/{state}</c>; answered with <see cref="PaperDestructionPage"/>.
/// </summary>
/// <param name="State">Only these.</param>
/// <param name="Limit">1 to 100.</param>
/// <param name="Purpose">Why: for the ledger; 1 to 200 characters.</param>
/// <param name="After">Goes on after the page before: its <see cref="PaperDestructionPage.Next"/>, in the same order.</param>
/// <param name="Newest">Proposed last first; else what has waited longest.</param>
public sealed record PaperDestructionQuery(PaperDestructionState State, int Limit, string Purpose, string? After = null, bool Newest = false) : IListQuery;

/// <summary>A page of proposals.</summary>
/// <param name="Rows">In the order asked for.</param>
/// <param name="Next">Asks for the next page, or null on the last.</param>
public sealed record PaperDestructionPage(IReadOnlyList<PaperDestructionRow> Rows, string? Next);

/// <summary>A proposal without its list.</summary>
/// <param name="Id">Its number.</param>
/// <param name="State">Where it stands.</param>
/// <param name="StateToSign">The state that the next act names: it carries the digest of the list.</param>
/// <param name="Applications">Of how many applications.</param>
/// <param name="Reason">Why it was proposed.</param>
/// <param name="ProposedAt">When.</param>
/// <param name="DoneAt">When the papers were destroyed.</param>
public sealed record PaperDestructionRow(string Id, PaperDestructionState State, string StateToSign, long Applications, string Reason, DateTimeOffset ProposedAt, DateTimeOffset? DoneAt);

/// <summary>
/// A proposal with the list that everybody signs, as the room keeps it: <c>POST /api/ra/destructions/{id}/reading</c>, act <see cref="ActNames.RaPapersRead"/>, object <c>papers/{id}</c>, payload
/// <see cref="ReadingPurpose"/>.
/// </summary>
/// <param name="Row">The proposal.</param>
/// <param name="Items">The list, by number: SM3 over the numbers, one a line, is the digest in <see cref="PaperDestructionRow.StateToSign"/>.</param>
/// <param name="Hands">Who has had a hand in it, by number: the next act is another's.</param>
public sealed record PaperDestructionFile(PaperDestructionRow Row, IReadOnlyList<PaperDestructionItem> Items, IReadOnlyList<string> Hands);

/// <summary>An application whose papers are on the list.</summary>
/// <param name="Application">Its number.</param>
/// <param name="Profile">The profile's id.</param>
/// <param name="State">Where it stands.</param>
/// <param name="EndedAt">From when its records' retention counts.</param>
/// <param name="Papers">How many papers and letters it has; none once they are destroyed.</param>
/// <param name="Due">Whether they may still be destroyed: no case, demand or longer period has come up since; one that is not due stops the whole.</param>
public sealed record PaperDestructionItem(string Application, string Profile, ApplicationState State, DateTimeOffset? EndedAt, long Papers, bool Due);
