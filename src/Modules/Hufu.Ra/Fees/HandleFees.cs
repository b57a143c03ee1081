using System.Text;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Applications;
using Hufu.Ra.Lists;
using Hufu.Records;

namespace Hufu.Ra.Fees;

/// <summary>Prices, payments and refunds (7.2.1). A fee is due from submission; whether an unpaid application is approved is the vetter's to see, for the fee stands in no digest.</summary>
internal sealed class HandleFees(RaDesk desk, GatewayPayments payments)
{
    [Clause("7.2.1-a")]
    public IReadOnlyList<Price> Prices() => [.. desk.Context.Policy.Forms.Values.OrderBy(form => form.Profile, StringComparer.Ordinal).Select(form => new Price(form.Profile, form.FirstPrice, form.RenewalPrice))];

    public Task<Fee> ReadAsync(string id, string? authorization, CancellationToken ct) => desk.Context.Database.ReadAsync(
        session =>
        {
            AccessToken.MustMatch(ApplicationStore.Get(session, id), authorization);
            return Get(session, id).ToFee();
        },
        ct);

    /// <summary>The fee of an application that is submitted, once.</summary>
    public static void Open(Session session, RaDesk desk, ApplicationRow row)
    {
        var form = desk.Form(row.Profile);
        session.Execute(
            "INSERT INTO ra_fees (application, amount, state, moved_at, office) VALUES (@Id, @Amount, @Due, @Now, @Office) ON CONFLICT (application) DO NOTHING",
            new { row.Id, Amount = row.RenewalOf is null ? form.FirstPrice : form.RenewalPrice, FeeState.Due, desk.Now, row.Office });
    }

    public Task<Fee> PayAsync(string id, ActRequest request, CancellationToken ct)
    {
        return RunAsync<Payment>(id, request, ActNames.RaPaymentRecord, FeeState.Due, Check, (session, row, act, payment) =>
        {
            if (payment.Amount != row.Amount)
            {
                throw new RefusedException(RefusalCode.FieldInvalid, $"The fee is {row.Amount} fen.", "amount");
            }

            (act.Detail["amount"], act.Detail["reference"]) = (payment.Amount, payment.Reference);
            session.Execute(
                "UPDATE ra_fees SET state = @Paid, moved_at = @Now, paid_at = @Now, means = @Means, reference = @Reference WHERE application = @Id",
                new { FeeState.Paid, desk.Now, payment.Means, payment.Reference, Id = id });
        }, ct);
    }

    [Clause("7.2.1-b")]
    public Task<Fee> AskRefundAsync(string id, ActRequest request, CancellationToken ct)
    {
        return RunAsync<Refund>(id, request, ActNames.RaRefundAsk, FeeState.Paid, static refund => MustBeShort(refund.Reason, 500, "reason"), (session, row, act, refund) =>
        {
            if (ApplicationStore.Get(session, id).State is ApplicationState.Accepted or ApplicationState.Revoked && !refund.OperatorsFault)
            {
                throw new RefusedException(RefusalCode.StateWrong, "No refund after acceptance, unless the operator's fault left the contract unfulfilled or the certificate unusable (7.2.1-b).", "operatorsFault");
            }

            (act.Detail["amount"], act.Detail["operatorsFault"]) = (row.Amount, refund.OperatorsFault);
            session.Execute(
                "UPDATE ra_fees SET state = @RefundAsked, moved_at = @Now, refund_reason = @Reason, operators_fault = @Fault WHERE application = @Id",
                new { FeeState.RefundAsked, desk.Now, Reason = desk.Cipher.Seal(Encoding.UTF8.GetBytes(refund.Reason), FeeStore.RefundLabel(id)), Fault = refund.OperatorsFault ? 1 : 0, Id = id });
        }, ct);
    }

    [Clause("7.2.1-b")]
    public async Task<Fee> ApproveRefundAsync(string id, ActRequest request, CancellationToken ct)
    {
        await RunAsync<RefundApproval>(id, request, ActNames.RaRefundApprove, FeeState.RefundAsked, static approval => MustBeShort(approval.Remark, 500, "remark"), (session, row, act, _) =>
        {
            act.Detail["amount"] = row.Amount;
            if (GatewayPayments.Want(session, id))
            {
                session.Execute("UPDATE ra_fees SET state = @Refunding, moved_at = @Now WHERE application = @Id", new { FeeState.Refunding, desk.Now, Id = id });
            }
            else
            {
                session.Execute("UPDATE ra_fees SET state = @Refunded, moved_at = @Now, refunded_at = @Now WHERE application = @Id", new { FeeState.Refunded, desk.Now, Id = id });
            }
        }, ct);
        await payments.GiveBackAsync(id, ct);
        return await desk.Context.Database.ReadAsync(session => Get(session, id).ToFee(), ct);
    }

    private static void Check(Payment payment)
    {
        MustBeShort(payment.Means, 50, "means");
        MustBeShort(payment.Reference, 100, "reference");
    }

    private Task<Fee> RunAsync<TPayload>(
        string id, ActRequest request, string act, FeeState state, Action<TPayload> check, Action<Session, FeeRow, AuthorisedAct, TPayload> work, CancellationToken ct)
        where TPayload : class
    {
        ApplicationStore.DemandNumber(id);
        FeeRow row = null!;
        return desk.Context.Acts.RunAsync<TPayload, Fee>(
            request,
            act,
            payload =>
            {
                check(payload);
                return new ExpectedAct(act, $"fee/{id}", session => (row = Get(session, id)).State.Word());
            },
            (session, done, payload) =>
            {
                if (row.State != state)
                {
                    throw new RefusedException(RefusalCode.StateWrong, $"The fee is {row.State}.", "id");
                }

                work(session, row, done, payload);
                return Get(session, id).ToFee();
            },
            ct);
    }

    internal static FeeRow Get(Session session, string id)
    {
        var row = session.QueryFirst<FeeRow>("SELECT amount, state, paid_at FROM ra_fees WHERE application = @Id", new { Id = id }) ?? throw new RefusedException(RefusalCode.UnknownObject, "No fee is due before submission.", "id");
        row.Simulated = GatewayPayments.IsSimulated(session, id);
        return row;
    }

    private static void MustBeShort(string text, int most, string field)
    {
        if (text.Trim().Length == 0 || text.Length > most)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"1 to {most} characters.", field);
        }
    }

    internal sealed class FeeRow
    {
        public long Amount { get; set; }

        public FeeState State { get; set; }

        public long? PaidAt { get; set; }

        public bool Simulated { get; set; }

        public Fee ToFee() => new(Amount, State, PaidAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null, Simulated);
    }
}
