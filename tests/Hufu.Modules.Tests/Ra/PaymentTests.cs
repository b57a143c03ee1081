using System.Net.Http.Json;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>Payments through a gateway over HTTP, signed both ways: taken in whole or not at all, given back after two people have approved, by the rules of 7.2.1.</summary>
public sealed class PaymentTests
{
    [Fact]
    [Clause("7.2.1-a")]
    [Clause("7.2.1-b")]
    public async Task A_fee_is_paid_and_given_back_through_the_gateway_and_only_what_it_signed_counts()
    {
        await using var gateway = await Gateway.StartAsync();
        await using var office = await RaOffice.OpenAsync(change: options => options with { Payments = gateway.Address });
        gateway.Asker = office.Context.Identity.Signer.PublicKey;
        using var administrator = await office.InRoleAsync(Roles.BusinessAdministrator, "吴业务");
        using Applicant applicant = new(), other = new();
        var filed = await office.SubmitAsync(applicant);
        var stranger = await office.SubmitAsync(other);
        Assert.Equal("access-token-wrong", await RaOffice.CodeOf(await office.SendAsync(HttpMethod.Post, $"/api/ra/applications/{filed.Id}/fee/payment", stranger.Token)));
        var opened = await PostAsync<PaymentOpened>(office, filed, "payment");
        Assert.Equal(("F" + filed.Id, false, "https://pay.example/" + opened.Order), (opened.Order, opened.Simulated, opened.PayAt!.ToString()));
        Assert.Equal(opened.Amount, (await FeeAsync(office, filed)).Amount);
        Assert.Equal(opened.Order, (await PostAsync<PaymentOpened>(office, filed, "payment")).Order);
        Assert.Equal(FeeState.Due, (await PostAsync<Fee>(office, filed, "check")).State);

        // Less than the fee, another's signature, an answer to another question: nothing is taken in.
        (gateway.Outcome, gateway.Short) = (PaymentOutcome.Paid, 1);
        Assert.Equal(FeeState.Due, (await PostAsync<Fee>(office, filed, "check")).State);
        (gateway.Short, gateway.Forged) = (0, true);
        Assert.Equal(FeeState.Due, (await PostAsync<Fee>(office, filed, "check")).State);
        (gateway.Forged, gateway.Other) = (false, true);
        Assert.Equal(FeeState.Due, (await PostAsync<Fee>(office, filed, "check")).State);
        gateway.Other = false;
        Assert.Equal((FeeState.Paid, false), ((await PostAsync<Fee>(office, filed, "check")).State, (await FeeAsync(office, filed)).Simulated));
        Assert.Equal("state-wrong", await RaOffice.CodeOf(await office.SendAsync(HttpMethod.Post, $"/api/ra/applications/{filed.Id}/fee/payment", filed.Token)));

        // Given back: two people, and the gateway's own word; out of reach it is tried again.
        Assert.Null(await ActAsync(office, filed, "refund", ActNames.RaRefundAsk, "paid", new Refund("撤回申请", false), office.Clerk));
        gateway.Outcome = PaymentOutcome.Refused;
        Assert.Null(await ActAsync(office, filed, "refund/approval", ActNames.RaRefundApprove, "refund-asked", new RefundApproval("同意"), administrator));
        Assert.Equal(FeeState.Refunding, (await FeeAsync(office, filed)).State);
        gateway.Outcome = PaymentOutcome.Refunded;
        await office.UntilAsync(async () => (await FeeAsync(office, filed)).State == FeeState.Refunded, "the refund", TimeSpan.FromMinutes(2));
        Assert.Equal([PaymentAsk.Open, PaymentAsk.Query, PaymentAsk.Refund], gateway.Asked.Select(asked => asked.Ask).Distinct());
        Assert.All(gateway.Asked, asked => Assert.Equal(opened.Amount, asked.Amount));
        Assert.Single(await office.LedgerAsync(), line => line.GetProperty("act").GetString() == "ra.payment.refund" && line.GetProperty("outcome").GetString() == "done");
    }

    [Fact]
    [Clause("7.2.1-a")]
    public async Task The_room_asks_by_itself_and_what_was_paid_twice_is_for_people()
    {
        await using var gateway = await Gateway.StartAsync();
        await using var office = await RaOffice.OpenAsync(change: options => options with { Payments = gateway.Address });
        gateway.Asker = office.Context.Identity.Signer.PublicKey;
        using Applicant one = new(), two = new();
        Filed first = await office.SubmitAsync(one), second = await office.SubmitAsync(two);
        var price = (await PostAsync<PaymentOpened>(office, first, "payment")).Amount;
        await PostAsync<PaymentOpened>(office, second, "payment");
        Assert.Null(await ActAsync(office, second, "payment", ActNames.RaPaymentRecord, "due", new Payment(price, "现金", "X1"), office.Clerk));
        gateway.Outcome = PaymentOutcome.Paid;
        await office.UntilAsync(async () => (await FeeAsync(office, first)).State == FeeState.Paid, "the payment taken in", TimeSpan.FromMinutes(2));
        await office.UntilAsync(async () => await office.CountAsync("ra_payment_orders", "state = 'twice'") == 1, "the second payment seen", TimeSpan.FromMinutes(2));
        Assert.False((await office.HealthAsync()).Single(check => check.Name == "payments").Healthy);

        // The gateway away: said in words, and the counter takes the fee as ever.
        using var three = new Applicant();
        var third = await office.SubmitAsync(three);
        await gateway.DisposeAsync();
        Assert.Equal("room-unreachable", await RaOffice.CodeOf(await office.SendAsync(HttpMethod.Post, $"/api/ra/applications/{third.Id}/fee/payment", third.Token)));
        Assert.Null(await ActAsync(office, third, "payment", ActNames.RaPaymentRecord, "due", new Payment(price, "现金", "X2"), office.Clerk));
    }

    [Fact]
    [Clause("7.2.1-b")]
    public async Task After_acceptance_nothing_goes_back_but_for_the_operators_fault_and_the_simulator_says_what_it_is()
    {
        await using var office = await RaOffice.OpenAsync(change: options => options with { SimulatePayments = true });
        using var administrator = await office.InRoleAsync(Roles.BusinessAdministrator, "吴业务");
        using var applicant = new Applicant();
        var (filed, _) = await office.AcceptedAsync(applicant);
        var opened = await PostAsync<PaymentOpened>(office, filed, "payment");
        Assert.True(opened.Simulated);
        Assert.Contains("模拟", opened.What, StringComparison.Ordinal);
        var paid = await PostAsync<Fee>(office, filed, "check");
        Assert.Equal((FeeState.Paid, true), (paid.State, paid.Simulated));
        Assert.Equal("state-wrong", await ActAsync(office, filed, "refund", ActNames.RaRefundAsk, "paid", new Refund("后悔", false), office.Clerk));
        Assert.Null(await ActAsync(office, filed, "refund", ActNames.RaRefundAsk, "paid", new Refund("证书无法使用", true), office.Clerk));
        Assert.Null(await ActAsync(office, filed, "refund/approval", ActNames.RaRefundApprove, "refund-asked", new RefundApproval("同意"), administrator));
        Assert.Equal(FeeState.Refunded, (await FeeAsync(office, filed)).State);
        Assert.All((await office.LedgerAsync()).Where(line => line.GetProperty("act").GetString() is "ra.payment.settle" or "ra.payment.refund"), line => Assert.True(line.GetProperty("detail").GetProperty("simulated").GetBoolean()));

        // Nothing is set: the counter.
        await using var plain = await RaOffice.OpenAsync();
        using var other = new Applicant();
        var there = await plain.SubmitAsync(other);
        Assert.Equal("unknown-object", await RaOffice.CodeOf(await plain.SendAsync(HttpMethod.Post, $"/api/ra/applications/{there.Id}/fee/payment", there.Token)));
    }

    private static Task<string?> ActAsync<T>(RaOffice office, Filed what, string path, string act, string state, T payload, TestPerson by) =>
        office.Site.RefusedAsync($"/api/ra/applications/{what.Id}/{path}", by.Act(Rooms.Ra, act, $"fee/{what.Id}", payload, office.Clock.GetUtcNow(), state));

    private static async Task<T> PostAsync<T>(RaOffice office, Filed filed, string what)
    {
        using var answer = await office.SendAsync(HttpMethod.Post, $"/api/ra/applications/{filed.Id}/fee/{what}", filed.Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(RaOffice.Ct));
        return (await answer.Content.ReadFromJsonAsync<T>(ContractJson.Options, RaOffice.Ct))!;
    }

    private static async Task<Fee> FeeAsync(RaOffice office, Filed filed)
    {
        using var answer = await office.SendAsync(HttpMethod.Get, $"/api/ra/applications/{filed.Id}/fee", filed.Token);
        return (await answer.Content.ReadFromJsonAsync<Fee>(ContractJson.Options, RaOffice.Ct))!;
    }

    /// <summary>A gateway on loopback that signs, forges, pays short and answers something else.</summary>
    private sealed class Gateway : IAsyncDisposable
    {
        private readonly Sm2KeyPair _key = Sm2KeyPair.Generate();
        private readonly Sm2KeyPair _forger = Sm2KeyPair.Generate();
        private readonly Lock _lock = new();
        private readonly List<PaymentRequest> _asked = [];
        private TestSite? _site;

        public SubjectPublicKeyInfo? Asker { get; set; }

        public PaymentOutcome Outcome { get; set; } = PaymentOutcome.Open;

        public long Short { get; set; }

        public bool Forged { get; set; }

        public bool Other { get; set; }

        public SourceAddress Address { get; private set; } = null!;

        public IReadOnlyList<PaymentRequest> Asked
        {
            get
            {
                lock (_lock)
                {
                    return [.. _asked];
                }
            }
        }

        public static async Task<Gateway> StartAsync()
        {
            var gateway = new Gateway();
            gateway._site = await TestSite.StartAsync(routes => routes.MapPost("/pay", async (HttpRequest request) =>
            {
                using var body = new MemoryStream();
                await request.Body.CopyToAsync(body);
                Assert.True(gateway.Asker!.Verify(AlgorithmIdentifier.Sm2WithSm3, body.ToArray(), Convert.FromBase64String(request.Headers["Hufu-Signature"]!)));
                var asked = JsonSerializer.Deserialize<PaymentRequest>(body.ToArray(), ContractJson.Options)!;
                lock (gateway._lock)
                {
                    gateway._asked.Add(asked);
                }

                var outcome = asked.Ask == PaymentAsk.Open ? PaymentOutcome.Open : gateway.Outcome;
                var reply = JsonSerializer.SerializeToUtf8Bytes(
                    new PaymentReply(asked.Nonce, gateway.Other ? "F0" : asked.Order, outcome, asked.Amount - gateway.Short, "BANK-1", new Uri("https://pay.example/" + asked.Order), false, "支付平台"), ContractJson.Options);
                request.HttpContext.Response.Headers["Hufu-Signature"] = Convert.ToBase64String((gateway.Forged ? gateway._forger : gateway._key).Sign(reply));
                return Results.Bytes(reply, "application/json");
            }));
            gateway.Address = new SourceAddress(new Uri(gateway._site.Client.BaseAddress!, "/pay"), Convert.ToBase64String(gateway._key.PublicKey.Encode()));
            return gateway;
        }

        public async ValueTask DisposeAsync()
        {
            if (_site is { } site)
            {
                _site = null;
                await site.DisposeAsync();
                _key.Dispose();
                _forger.Dispose();
            }
        }
    }
}
