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

/// <summary>Reads the cases of a kind: <c>POST /api/kmc/cases/read</c>, act <see cref="ActNames.KmcCasesRead"/>.</summary>
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
public sealed record CaseRow(string Id, CaseKind Kind, CaseState State, string StateToSign, DateTimeOffset Opened, string Content);

/// <summary>A case after an act.</summary>
/// <param name="Id">32 hex digits.</param>
/// <param name="State">How far it is.</param>
/// <param name="StateToSign">What the next act signs as the object's state.</param>
public sealed record CaseStep(string Id, CaseState State, string StateToSign);

/// <summary>What somebody says to an act on a case.</summary>
/// <param name="Remark">1 to 500 characters.</param>
public sealed record CaseRemark(string Remark);
