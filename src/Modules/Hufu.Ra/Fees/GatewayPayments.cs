using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Ra.Applications;
using Hufu.Records;

namespace Hufu.Ra.Fees;

/// <summary>
/// Payments through the gateway (7.2.1): opened by the applicant, taken in when the gateway says in a signed answer that the whole fee was paid, given back only after two people have approved the refund. Every settlement
/// is in the ledger with the gateway's reference; one that does not fit is for people, health names it.
/// </summary>
internal sealed class GatewayPayments(RaDesk desk)
{
    private const string Actor = "payment-gateway";
    private const int MostAtOnce = 50;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    private bool IsSet => desk.Options.Payments is not null || desk.Options.SimulatePayments;

    /// <summary>Opens a payment for an application whose fee is due.</summary>
    /// <exception cref="RefusedException">UnknownObject (no gateway, no fee), StateWrong, RoomUnreachable, and what the token refuses.</exception>
    [Clause("7.2.1-a")]
    public async Task<PaymentOpened> OpenAsync(string id, string? authorization, CancellationToken ct)
    {
        var amount = await desk.Context.Database.ReadAsync(
            session =>
            {
                AccessToken.MustMatch(ApplicationStore.Get(session, id), authorization);
                DemandGateway();
                var fee = HandleFees.Get(session, id);
                return fee.State == FeeState.Due ? fee.Amount : throw new RefusedException(RefusalCode.StateWrong, $"The fee is {fee.State}.", "id");
            },
            ct);
        var order = "F" + id;
        var reply = await AskAsync(PaymentAsk.Open, order, amount, ct);
        if (reply.Outcome is not (PaymentOutcome.Open or PaymentOutcome.Paid))
        {
            throw new RefusedException(RefusalCode.RoomUnreachable, $"支付平台不可用，请到受理点缴费。 The payment gateway does not answer: pay at a counter. ({reply.What})", "payment");
        }

        await desk.Context.Database.WriteAsync(
            session =>
            {
                session.Execute(
                    """
                    INSERT INTO ra_payment_orders (order_no, application, amount, state, simulated, opened_at, looked_at) VALUES (@Order, @Id, @Amount, 'open', @Simulated, @Now, @Now) ON CONFLICT (order_no) DO NOTHING
                    """,
                    new { Order = order, Id = id, Amount = amount, reply.Simulated, desk.Now });
                desk.Record(session, "applicant", "ra.payment.open", id, LedgerOutcome.Done, new JsonObject { ["order"] = order, ["amount"] = amount, ["simulated"] = reply.Simulated });
            },
            ct);
        return new PaymentOpened(order, amount, reply.PayAt, reply.Simulated, reply.What);
    }

    /// <summary>Asks the gateway how an application's payment stands.</summary>
    public async Task<Fee> CheckAsync(string id, string? authorization, CancellationToken ct)
    {
        var order = await desk.Context.Database.ReadAsync(
            session =>
            {
                AccessToken.MustMatch(ApplicationStore.Get(session, id), authorization);
                DemandGateway();
                return Of(session, id);
            },
            ct);
        if (order is { State: "open" })
        {
            await SettleAsync(order, ct);
        }

        return await desk.Context.Database.ReadAsync(session => HandleFees.Get(session, id).ToFee(), ct);
    }

    /// <summary>Looks after what is open and what is to be given back.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        if (!IsSet)
        {
            return;
        }

        foreach (var order in await desk.Context.Database.ReadAsync(
            session => session.Query<OrderRow>(
                $"SELECT {Columns} FROM ra_payment_orders WHERE state IN ('open', 'refund-wanted') AND looked_at <= @Before ORDER BY looked_at LIMIT @Most",
                new { Before = desk.Now - (long)LookAgain.TotalMilliseconds, Most = MostAtOnce }),
            ct))
        {
            await (order.State == "open" ? SettleAsync(order, ct) : GiveBackAsync(order, ct));
        }
    }

    /// <summary>An approved refund: true when it goes back through the gateway by which it was paid, and the fee is not given back before the gateway says so.</summary>
    public static bool Want(Session session, string application) =>
        session.Execute("UPDATE ra_payment_orders SET state = 'refund-wanted', looked_at = 0 WHERE application = @Application AND state = 'paid'", new { Application = application }) == 1;

    /// <summary>Asks the gateway to give an approved refund back now; the next look tries again.</summary>
    public async Task GiveBackAsync(string application, CancellationToken ct)
    {
        if (IsSet && await desk.Context.Database.ReadAsync(session => Of(session, application), ct) is { State: "refund-wanted" } order)
        {
            await GiveBackAsync(order, ct);
        }
    }

    /// <summary>What people have to settle: paid twice, or given back by nobody for a day.</summary>
    public static long Unsettled(Session session, long now) => session.Scalar<long>(
        "SELECT COUNT(*) FROM ra_payment_orders WHERE state = 'twice' OR (state = 'refund-wanted' AND opened_at < @Before)", new { Before = now - 86_400_000 });

    /// <summary>Whether an application was paid for through the simulator.</summary>
    public static bool IsSimulated(Session session, string application) =>
        session.Scalar<long>("SELECT COUNT(*) FROM ra_payment_orders WHERE application = @Application AND simulated = 1 AND state <> 'open'", new { Application = application }) != 0;

    private async Task SettleAsync(OrderRow order, CancellationToken ct)
    {
        var reply = await AskAsync(PaymentAsk.Query, order.OrderNo, order.Amount, ct);
        await desk.Context.Database.WriteAsync(
            session =>
            {
                session.Execute("UPDATE ra_payment_orders SET looked_at = @Now WHERE order_no = @OrderNo", new { desk.Now, order.OrderNo });
                if (reply.Outcome != PaymentOutcome.Paid || Of(session, order.Application) is not { State: "open" })
                {
                    return;
                }

                if (reply.Amount != order.Amount || reply.Simulated != order.IsSimulated || string.IsNullOrWhiteSpace(reply.Reference))
                {
                    desk.Record(session, Actor, "ra.payment.settle", order.Application, LedgerOutcome.Refused, new JsonObject { ["order"] = order.OrderNo, ["amount"] = reply.Amount, ["due"] = order.Amount });
                    return;
                }

                var taken = session.Execute(
                    "UPDATE ra_fees SET state = @Paid, moved_at = @Now, paid_at = @Now, means = 'gateway', reference = @Reference WHERE application = @Application AND state = @Due",
                    new { FeeState.Paid, desk.Now, reply.Reference, order.Application, FeeState.Due }) == 1;
                session.Execute(
                    "UPDATE ra_payment_orders SET state = @State, reference = @Reference, settled_at = @Now WHERE order_no = @OrderNo",
                    new { State = taken ? "paid" : "twice", reply.Reference, desk.Now, order.OrderNo });
                desk.Record(
                    session, Actor, "ra.payment.settle", order.Application, taken ? LedgerOutcome.Done : LedgerOutcome.Failed,
                    new JsonObject { ["order"] = order.OrderNo, ["amount"] = reply.Amount, ["reference"] = reply.Reference, ["simulated"] = reply.Simulated });
            },
            ct);
    }

    [Clause("7.2.1-b")]
    private async Task GiveBackAsync(OrderRow order, CancellationToken ct)
    {
        var reply = await AskAsync(PaymentAsk.Refund, order.OrderNo, order.Amount, ct);
        await desk.Context.Database.WriteAsync(
            session =>
            {
                session.Execute("UPDATE ra_payment_orders SET looked_at = @Now WHERE order_no = @OrderNo", new { desk.Now, order.OrderNo });
                if (reply.Outcome != PaymentOutcome.Refunded || reply.Amount != order.Amount || Of(session, order.Application) is not { State: "refund-wanted" })
                {
                    return;
                }

                session.Execute("UPDATE ra_payment_orders SET state = 'refunded', settled_at = @Now WHERE order_no = @OrderNo", new { desk.Now, order.OrderNo });
                session.Execute("UPDATE ra_fees SET state = @Refunded, moved_at = @Now, refunded_at = @Now WHERE application = @Application AND state = @Refunding", new { FeeState.Refunded, desk.Now, order.Application, FeeState.Refunding });
                desk.Record(
                    session, Actor, "ra.payment.refund", order.Application, LedgerOutcome.Done,
                    new JsonObject { ["order"] = order.OrderNo, ["amount"] = reply.Amount, ["reference"] = reply.Reference, ["simulated"] = reply.Simulated });
            },
            ct);
    }

    private void DemandGateway()
    {
        if (!IsSet)
        {
            throw new RefusedException(RefusalCode.UnknownObject, "没有设置支付平台，请到受理点缴费。 No payment gateway is set: pay at a counter.", "payment");
        }
    }

    private Task<PaymentReply> AskAsync(PaymentAsk ask, string order, long amount, CancellationToken ct)
    {
        var asked = new PaymentRequest(SecureRandom.NewId(), ask, order, amount, desk.Context.Clock.GetUtcNow());
        return desk.Options.Payments is { } gateway ? new PaymentClient(desk.Context.Identity.Signer, gateway).AskAsync(asked, ct) : Task.FromResult(PaymentSimulator.Answer(asked));
    }

    private const string Columns = "order_no, application, amount, state, simulated";

    private static OrderRow? Of(Session session, string application) => session.QueryFirst<OrderRow>($"SELECT {Columns} FROM ra_payment_orders WHERE application = @Application", new { Application = application });

    private sealed class OrderRow
    {
        public string OrderNo { get; set; } = "";

        public string Application { get; set; } = "";

        public long Amount { get; set; }

        public string State { get; set; } = "";

        public long Simulated { get; set; }

        public bool IsSimulated => Simulated != 0;
    }
}
