namespace Hufu.Contracts;

/// <summary>What somebody asks to be done with certificates in force.</summary>
public enum CertificateCaseKind
{
    /// <summary>撤销 (6.2.7).</summary>
    Revocation,

    /// <summary>挂起.</summary>
    Suspension,

    /// <summary>解挂.</summary>
    Resumption,

    /// <summary>加密密钥恢复 (6.2.8-b): reviewed here, carried out by the key centre's two people.</summary>
    Recovery,
}

/// <summary>Where a case stands.</summary>
public enum CertificateCaseState
{
    /// <summary>待审核.</summary>
    Entered,

    /// <summary>已通过: the CA has the order; a recovery waits for the key centre.</summary>
    Approved,

    /// <summary>已完成.</summary>
    Done,

    /// <summary>已拒绝.</summary>
    Refused,
}

/// <summary>
/// Enters a case (6.1.3.4-a, 6.2.7.2-a): <c>POST /api/ra/cases</c>, act <see cref="ActNames.RaCaseEnter"/>, object <c>case/new</c>; answered with <see cref="CertificateCase"/>. Another person decides:
/// <c>POST /api/ra/cases/{id}/decision</c>.
/// </summary>
/// <param name="Kind">What is asked.</param>
/// <param name="Serial">Serial (hex) of the signing certificate.</param>
/// <param name="Asker">Who asks; must be one that the type's form allows.</param>
/// <param name="AskedAt">When it was asked for, or when CA or RA became sure; not in the future. The clock of 24 or 8 hours runs from here.</param>
/// <param name="Reason">Why, in words; 1 to 500 characters.</param>
/// <param name="Proof">How origin and right were proven: documents, call back, letter (6.2.7.3-e); 1 to 500 characters. Null only when CA or RA asks (6.1.3.4-b).</param>
/// <param name="Ground">For a revocation: the ground (6.2.7.1-a).</param>
/// <param name="InvalidFrom">For a revocation: since when key or data is known or feared to be wrong.</param>
/// <param name="Recovery">For a recovery: to which new key; null when the key centre is asked by other means and the case closed by hand.</param>
public sealed record NewCertificateCase(
    CertificateCaseKind Kind, string Serial, RevocationAsker Asker, DateTimeOffset AskedAt, string Reason, string? Proof, RevocationGround? Ground = null, DateTimeOffset? InvalidFrom = null,
    RecoveryWish? Recovery = null);

/// <summary>What a recovery needs to go on to the key centre by itself once it is approved (6.2.8-b).</summary>
/// <param name="Ground">Damaged or lost.</param>
/// <param name="SigningRequest">PKCS#10 of the holder's (new) signing key, DER: proves that the holder has it. The keys are enveloped to it.</param>
/// <param name="Earlier">Whether the encryption keys of the certificates that this one renews are asked for too.</param>
public sealed record RecoveryWish(RecoveryGround Ground, byte[] SigningRequest, bool Earlier = true);

/// <summary>How far a recovery is, here and at the key centre, as one thing: <c>GET /api/ra/recoveries/{case}</c>, open to whoever has the case's number (128 random bits, told to the applicant). With the
/// one-time code the keys are fetched at <c>POST /api/ra/recoveries/{case}/download</c> (<see cref="RecoveryDownload"/>, answered with <see cref="RecoveredKeys"/>); the same code gets the same keys again.</summary>
/// <param name="Case">The RA's number.</param>
/// <param name="State">Here.</param>
/// <param name="KeyCentre">At the key centre; null before it has the case.</param>
/// <param name="CodeUntil">Until when the one-time code opens the download; null when none is out.</param>
public sealed record RecoveryProgress(string Case, CertificateCaseState State, CaseState? KeyCentre, DateTimeOffset? CodeUntil);

/// <summary>The reviewer's word: act <see cref="ActNames.RaCaseApprove"/> or <see cref="ActNames.RaCaseRefuse"/>, object <c>case/{id}</c>, state <c>entered</c>; answered with <see cref="CertificateCase"/>.</summary>
/// <param name="Approve">True approves; must agree with the act.</param>
/// <param name="Remark">What was compared, or why not; 1 to 500 characters.</param>
public sealed record CaseDecision(bool Approve, string Remark);

/// <summary>Notes that the key centre has recovered: <c>POST /api/ra/cases/{id}/closing</c>, act <see cref="ActNames.RaCaseClose"/>, object <c>case/{id}</c>, state <c>approved</c>.</summary>
/// <param name="KeyCentreCase">The key centre's number of it.</param>
public sealed record CaseClosing(string KeyCentreCase);

/// <summary>Reads cases, due first: <c>POST /api/ra/cases/reading</c>, act <see cref="ActNames.RaCasesRead"/>, object <c>cases/{state}</c>; answered with a list of <see cref="CertificateCase"/>.</summary>
/// <param name="State">Only these.</param>
/// <param name="Limit">1 to 100.</param>
public sealed record CertificateCaseQuery(CertificateCaseState State, int Limit);

/// <summary>A case as clerk, vetter and auditor see it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Kind">What is asked.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Application">The application whose certificates they are.</param>
/// <param name="Serial">Serial (hex) of the signing certificate.</param>
/// <param name="Asker">Who asks.</param>
/// <param name="Ground">The ground of a revocation.</param>
/// <param name="AskedAt">When it was asked for.</param>
/// <param name="Due">When it must be carried out: 24 hours, or 8 when CA or RA is sure (6.2.7.3-a, -b).</param>
/// <param name="Overdue">Past that, and not done.</param>
/// <param name="Reason">Why.</param>
/// <param name="Proof">How origin and right were proven.</param>
/// <param name="EnteredBy">The person who entered it.</param>
/// <param name="Outcome">What CA or key centre said, or the reviewer's refusal.</param>
public sealed record CertificateCase(
    string Id, CertificateCaseKind Kind, CertificateCaseState State, string Application, string Serial, RevocationAsker Asker, RevocationGround? Ground, DateTimeOffset AskedAt, DateTimeOffset Due, bool Overdue,
    string Reason, string? Proof, string EnteredBy, string? Outcome);

/// <summary>In which order cases are read; each is an index of its own.</summary>
public enum CertificateCaseOrder
{
    /// <summary>Due first.</summary>
    Due,

    /// <summary>Asked for first.</summary>
    Asked,
}

/// <summary>
/// Reads cases page by page: <c>POST /api/ra/cases/page</c>, act <see cref="ActNames.RaCasesRead"/>, object <c>cases/{state}</c>; answered with <see cref="CertificateCasePage"/>. Bounded by the reader's offices.
/// </summary>
/// <param name="State">Only these.</param>
/// <param name="Limit">1 to 100.</param>
/// <param name="Purpose">Why: for the ledger; 1 to 200 characters.</param>
/// <param name="After">Goes on after the page before: its <see cref="CertificateCasePage.Next"/>, in the same order.</param>
/// <param name="Order">In which order.</param>
/// <param name="Newest">The order turned round: what is due, or was asked for, last first.</param>
/// <param name="Kind">Only this kind.</param>
/// <param name="Overdue">Only what is past its deadline; of entered and approved cases, in the order of <see cref="CertificateCaseOrder.Due"/> only.</param>
/// <param name="Serial">Only those of the certificate with this serial (hex).</param>
public sealed record CertificateCasePageQuery(
    CertificateCaseState State, int Limit, string Purpose, string? After = null, CertificateCaseOrder Order = CertificateCaseOrder.Due, bool Newest = false, CertificateCaseKind? Kind = null, bool Overdue = false,
    string? Serial = null) : IListQuery;

/// <summary>A page of cases.</summary>
/// <param name="Rows">In the order asked for.</param>
/// <param name="Next">Asks for the next page, or null on the last.</param>
public sealed record CertificateCasePage(IReadOnlyList<CertificateCaseRow> Rows, string? Next);

/// <summary>
/// A case in a list. Reason and proof are read with one alone: <c>POST /api/ra/cases/{id}/reading</c>, act <see cref="ActNames.RaCasesRead"/>, object <c>case/{id}</c>, payload <see cref="ReadingPurpose"/>, answered with
/// <see cref="CertificateCase"/>; its holder is told of that look.
/// </summary>
/// <param name="Id">Its number.</param>
/// <param name="Kind">What is asked.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Application">The application whose certificates they are.</param>
/// <param name="Serial">Serial (hex) of the signing certificate.</param>
/// <param name="Asker">Who asks.</param>
/// <param name="Ground">The ground of a revocation.</param>
/// <param name="AskedAt">When it was asked for.</param>
/// <param name="Due">When it must be carried out.</param>
/// <param name="Overdue">Past that, and not done.</param>
/// <param name="EnteredBy">The person who entered it, by number: another one decides.</param>
/// <param name="Office">The office that the application belongs to.</param>
/// <param name="DoneAt">When it was done or refused by CA or key centre.</param>
public sealed record CertificateCaseRow(
    string Id, CertificateCaseKind Kind, CertificateCaseState State, string Application, string Serial, RevocationAsker Asker, RevocationGround? Ground, DateTimeOffset AskedAt, DateTimeOffset Due, bool Overdue,
    string EnteredBy, string Office, DateTimeOffset? DoneAt);
