namespace Hufu.Contracts;

/// <summary>A row of the price list (7.2.1-a): <c>GET /api/ra/prices</c>. Queries, revocation and CRLs are free for everybody.</summary>
/// <param name="Profile">The profile's id.</param>
/// <param name="First">First issue, in fen (分).</param>
/// <param name="Renewal">Renewal or re-key, in fen.</param>
public sealed record Price(string Profile, long First, long Renewal);

/// <summary>Where a fee stands.</summary>
public enum FeeState
{
    /// <summary>待支付.</summary>
    Due,

    /// <summary>已支付.</summary>
    Paid,

    /// <summary>退费待批.</summary>
    RefundAsked,

    /// <summary>已退费.</summary>
    Refunded,

    /// <summary>退费处理中: approved, the gateway has not given it back yet.</summary>
    Refunding,
}

/// <summary>The fee of an application: <c>GET /api/ra/applications/{id}/fee</c> with the access token.</summary>
/// <param name="Amount">In fen.</param>
/// <param name="State">Where it stands.</param>
/// <param name="PaidAt">When it was paid.</param>
/// <param name="Simulated">It was paid through the simulator: no money has moved.</param>
public sealed record Fee(long Amount, FeeState State, DateTimeOffset? PaidAt, bool Simulated = false);

/// <summary>Records a payment: <c>POST /api/ra/applications/{id}/payment</c>, act <see cref="ActNames.RaPaymentRecord"/>, object <c>fee/{application}</c>, state <c>due</c>; answered with <see cref="Fee"/>.</summary>
/// <param name="Amount">In fen; the whole fee.</param>
/// <param name="Means">How; 1 to 50 characters.</param>
/// <param name="Reference">The bank's or cashier's number; 1 to 100 characters.</param>
public sealed record Payment(long Amount, string Means, string Reference);

/// <summary>
/// Asks for a refund: <c>POST /api/ra/applications/{id}/refund</c>, act <see cref="ActNames.RaRefundAsk"/>, object <c>fee/{application}</c>, state <c>paid</c>. After acceptance only for the operator's fault
/// (7.2.1-b). The business administrator approves: <c>POST /api/ra/applications/{id}/refund/approval</c>, act <see cref="ActNames.RaRefundApprove"/>, state <c>refund-asked</c>, payload <see cref="RefundApproval"/>.
/// </summary>
/// <param name="Reason">Why; 1 to 500 characters.</param>
/// <param name="OperatorsFault">The operator's fault left the contract unfulfilled or the certificate unusable; not force majeure.</param>
public sealed record Refund(string Reason, bool OperatorsFault);

/// <summary>Approves a refund.</summary>
/// <param name="Remark">1 to 500 characters.</param>
public sealed record RefundApproval(string Remark);

/// <summary>
/// Reads fees by where they stand: <c>POST /api/ra/fees/reading</c>, act <see cref="ActNames.RaFeesRead"/>, object <c>fees/{state}</c>; answered with <see cref="FeePage"/>. The reader sees what their offices cover;
/// names are whole for clerks and vetters and masked for others. Every row that shows is on record, so that its holder can be told who looked.
/// </summary>
/// <param name="State">Only these.</param>
/// <param name="Limit">1 to 100.</param>
/// <param name="Purpose">Why: for the ledger; 1 to 200 characters.</param>
/// <param name="After">Goes on after the page before: its <see cref="FeePage.Next"/>, in the same order.</param>
/// <param name="Newest">What came into the state last first; else what has stood there longest.</param>
public sealed record FeeQuery(FeeState State, int Limit, string Purpose, string? After = null, bool Newest = false) : IListQuery;

/// <summary>A page of fees.</summary>
/// <param name="Rows">In the order asked for.</param>
/// <param name="Next">Asks for the next page, or null on the last.</param>
public sealed record FeePage(IReadOnlyList<FeeRow> Rows, string? Next);

/// <summary>
/// A fee as staff see it. One alone: <c>POST /api/ra/applications/{id}/fee/reading</c>, act <see cref="ActNames.RaFeesRead"/>, object <c>fee/{application}</c>, payload <see cref="ReadingPurpose"/>.
/// </summary>
/// <param name="Application">The application's number.</param>
/// <param name="Title">The subject's name; masked for those who need not know.</param>
/// <param name="Profile">The profile's id.</param>
/// <param name="ApplicationState">Where the application stands: after acceptance a refund needs the operator's fault.</param>
/// <param name="Office">The office that it belongs to.</param>
/// <param name="Amount">In fen.</param>
/// <param name="State">Where the fee stands.</param>
/// <param name="StateToSign">The state that an act on it has to name.</param>
/// <param name="Since">Since when it stands there.</param>
/// <param name="PaidAt">When it was paid.</param>
/// <param name="Means">How it was paid; <c>gateway</c> through the payment gateway; null while it is due.</param>
/// <param name="Reference">The bank's, cashier's or gateway's number.</param>
/// <param name="RefundedAt">When it was given back.</param>
/// <param name="Simulated">It was paid through the simulator: no money has moved.</param>
/// <param name="OperatorsFault">A refund was asked for and for the operator's fault; null when none was asked for.</param>
/// <param name="RefundReason">Why it is to be given back; only where one fee is read alone.</param>
public sealed record FeeRow(
    string Application, string Title, string Profile, ApplicationState ApplicationState, string Office, long Amount, FeeState State, string StateToSign, DateTimeOffset Since, DateTimeOffset? PaidAt, string? Means,
    string? Reference, DateTimeOffset? RefundedAt, bool Simulated, bool? OperatorsFault, string? RefundReason = null);
