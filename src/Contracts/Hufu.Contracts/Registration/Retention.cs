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
