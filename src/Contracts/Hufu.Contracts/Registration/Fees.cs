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
