namespace Hufu.Contracts;

/// <summary>What several people of the key centre do one after the other.</summary>
public enum CaseKind
{
    /// <summary>A holder's key is recovered (6.2.8-b).</summary>
    Recovery,

    /// <summary>Keys leave for justice (6.2.8-c).</summary>
    Justice,

    /// <summary>Pairs whose retention has ended are destroyed.</summary>
    Destruction,
}

/// <summary>How far a case is.</summary>
public enum CaseState
{
    /// <summary>Entered, to be reviewed by a business administrator.</summary>
    Entered,

    /// <summary>Approved.</summary>
    Approved,

    /// <summary>Refused; the end.</summary>
    Refused,

    /// <summary>Witnessed by an auditor.</summary>
    Witnessed,

    /// <summary>The one-time code is out (recovery).</summary>
    Released,

    /// <summary>Carried out; the end.</summary>
    Done,

    /// <summary>Too many wrong codes; the end.</summary>
    Shut,

    /// <summary>Asked for by a holder on the user page, to be entered by an operator who has identified the holder (recovery).</summary>
    Requested,
}

/// <summary>Reads the cases of a kind: <c>POST /api/kmc/cases/read</c>, act <see cref="ActNames.KmcCasesRead"/>; in a session <c>GET /api/kmc/cases/{kind}?state=…&amp;before=…</c>, without a signature.</summary>
/// <param name="Kind">Which.</param>
/// <param name="State">Only those in this state; null for all.</param>
/// <param name="Before">Only those opened before this moment (the next page); null for the newest.</param>
public sealed record CaseQuery(CaseKind Kind, CaseState? State = null, DateTimeOffset? Before = null);

/// <summary>Cases, newest first; at most 100.</summary>
/// <param name="Cases">The cases.</param>
public sealed record CaseList(IReadOnlyList<CaseRow> Cases);

/// <summary>A case as those see it who may act on it.</summary>
/// <param name="Id">32 hex digits.</param>
/// <param name="Kind">Which kind.</param>
/// <param name="State">How far it is.</param>
/// <param name="StateToSign">What the next act signs as the object's state: state and SM3 of the content.</param>
/// <param name="Opened">When it was entered.</param>
/// <param name="Content">The JSON of <see cref="RecoveryRequest"/>, <see cref="JusticeOrder"/> or <see cref="DestructionProposal"/> as it was entered.</param>
/// <param name="Hands">Who did what, oldest first: the first is who entered it. A holder's own request, and what was done before this was kept, have nobody.</param>
/// <param name="Next">The acts that lead on from this state: whether the reader may do each, and why not, who else may; empty at the end.</param>
public sealed record CaseRow(
    string Id, CaseKind Kind, CaseState State, string StateToSign, DateTimeOffset Opened, string Content, IReadOnlyList<CaseHand> Hands, IReadOnlyList<ActRight> Next);

/// <summary>A person's hand in a case.</summary>
/// <param name="Act">One of <see cref="ActNames"/>.</param>
/// <param name="What">What it is, in Chinese (policy/acts.csv).</param>
/// <param name="Person">Name and number in the key centre.</param>
/// <param name="At">When.</param>
public sealed record CaseHand(string Act, string What, string Person, DateTimeOffset At);

/// <summary>A case after an act.</summary>
/// <param name="Id">32 hex digits.</param>
/// <param name="State">How far it is.</param>
/// <param name="StateToSign">What the next act signs as the object's state.</param>
public sealed record CaseStep(string Id, CaseState State, string StateToSign);

/// <summary>What somebody says to an act on a case.</summary>
/// <param name="Remark">1 to 500 characters.</param>
public sealed record CaseRemark(string Remark);
