namespace Hufu.Contracts;

/// <summary>
/// The applicant pays through the gateway: <c>POST /api/ra/applications/{id}/fee/payment</c> with the access token opens the payment there, answered with <see cref="PaymentOpened"/>;
/// <c>POST …/fee/check</c> asks the gateway how it stands, answered with <see cref="Fee"/>. The room asks by itself too. Out of reach or not set: paid at a counter, recorded by a clerk.
/// </summary>
/// <param name="Order">The order's number at the gateway.</param>
/// <param name="Amount">In fen: the fee.</param>
/// <param name="PayAt">Where to pay; null where the gateway needs no page.</param>
/// <param name="Simulated">It was opened with the simulator: no money moves.</param>
/// <param name="What">In words.</param>
public sealed record PaymentOpened(string Order, long Amount, Uri? PayAt, bool Simulated, string What);

/// <summary>What the gateway is asked.</summary>
public enum PaymentAsk
{
    /// <summary>Open a payment; again under the same number changes nothing.</summary>
    Open,

    /// <summary>How it stands.</summary>
    Query,

    /// <summary>Give the money back; again under the same number gives it back once.</summary>
    Refund,
}

/// <summary>
/// What is posted to the gateway, as JSON in UTF-8. Header <c>Hufu-Signature</c>: base64 of the DER SM2Signature of the RA's signing key over the body. The answer is a <see cref="PaymentReply"/> with the same
/// header by the gateway's key.
/// </summary>
/// <param name="Nonce">128 random bits, hex; comes back.</param>
/// <param name="Ask">What.</param>
/// <param name="Order">The order's number, the application's with a letter before it.</param>
/// <param name="Amount">In fen.</param>
/// <param name="Time">When.</param>
public sealed record PaymentRequest(string Nonce, PaymentAsk Ask, string Order, long Amount, DateTimeOffset Time);

/// <summary>How a payment stands at the gateway.</summary>
public enum PaymentOutcome
{
    /// <summary>Opened, not paid.</summary>
    Open,

    /// <summary>Paid in full.</summary>
    Paid,

    /// <summary>Given back in full.</summary>
    Refunded,

    /// <summary>The gateway does not do it.</summary>
    Refused,

    /// <summary>It could not be asked, or its answer could not be trusted: nothing is taken from it.</summary>
    Unavailable,
}

/// <summary>The gateway's answer.</summary>
/// <param name="Nonce">The request's.</param>
/// <param name="Order">The request's.</param>
/// <param name="Outcome">How it stands.</param>
/// <param name="Amount">In fen, what was paid or given back.</param>
/// <param name="Reference">The bank's number, at most 100 characters.</param>
/// <param name="PayAt">Where to pay.</param>
/// <param name="Simulated">True from a simulator, always.</param>
/// <param name="What">In words; at most 500 characters.</param>
public sealed record PaymentReply(string Nonce, string Order, PaymentOutcome Outcome, long Amount, string? Reference, Uri? PayAt, bool Simulated, string What);
