using System.Text.Json;
using Hufu.Contracts;
using Hufu.Messaging;
using Xunit;

namespace Hufu.Modules.Tests.Messaging;

/// <summary>Orders that are asked for directly: authenticated, carried out once, answered with the same bytes for ever.</summary>
public sealed class OrderTests : MessagingTest
{
    private static readonly RevokePair Order = new("0a1b", RevocationReason.KeyCompromise, "holder, challenge phrase", new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero));
    private static readonly byte[] OrderBody = JsonSerializer.SerializeToUtf8Bytes(Order, ContractJson.Options);
    private int _runs;

    /// <summary>The usual handler of the tests: a deed and the answer in one transaction.</summary>
    private void HandleRevocation(TestRoom ca) => ca.Post.Handle<RevokePair, PairRevoked>(async (order, ct) =>
    {
        Interlocked.Increment(ref _runs);
        await ca.Database.WriteAsync(
            session =>
            {
                TestRoom.Deed(session, order.Body.Serial);
                order.Reply(session, new PairRevoked([order.Body.Serial], order.Body.RequestedAt));
            },
            ct);
    });

    private async Task<Refusal> RefusalIn(byte[] answer)
    {
        OpenedMessage opened = await OpenAnswerAsync(Ra, Ca, answer);
        Assert.StartsWith("refusal:", opened.Header.Type, StringComparison.Ordinal);
        return JsonSerializer.Deserialize<Refusal>(opened.Body.Span, ContractJson.Options)!;
    }

    [Fact]
    public async Task An_order_is_carried_out_and_answered()
    {
        HandleRevocation(Ca);
        Ca.Start();
        PairRevoked reply = await Ra.Post.AskAsync(Rooms.Ca, Order, ct: Ct);
        Assert.Equal(["0a1b"], reply.Serials);
        Assert.Equal(["0a1b"], await Ca.DeedsAsync());
        Assert.DoesNotContain("0a1b", System.Text.Encoding.Latin1.GetString(Network.Sent.Single().Message), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_order_twice_gives_identical_bytes_and_one_deed()
    {
        HandleRevocation(Ca);
        byte[] message = Seal(Ra, Ca, "RevokePair", "order-1", OrderBody);
        byte[] first = await Ca.Post.ReceiveAsync(message, Ct);
        Assert.Equal(first, await Ca.Post.ReceiveAsync(message, Ct));
        Clock.Shift += TimeSpan.FromSeconds(30);
        Assert.Equal(first, await Ca.Post.ReceiveAsync(Seal(Ra, Ca, "RevokePair", "order-1", OrderBody), Ct));
        Clock.Shift += TimeSpan.FromDays(1); // the receipt outlives the time window
        Assert.Equal(first, await Ca.Post.ReceiveAsync(message, Ct));
        Assert.Equal(1, _runs);
        Assert.Equal(["0a1b"], await Ca.DeedsAsync());
        Assert.Equal("order-1", (await OpenAnswerAsync(Ra, Ca, first)).Header.Id);
    }

    [Fact]
    public async Task The_same_order_many_times_at_once_is_carried_out_once()
    {
        HandleRevocation(Ca);
        byte[][] messages = [.. Enumerable.Range(0, 12).Select(_ => Seal(Ra, Ca, "RevokePair", "order-1", OrderBody))];
        byte[][] answers = await Task.WhenAll(messages.Select(m => Task.Run(() => Ca.Post.ReceiveAsync(m, Ct))));
        Assert.All(answers, a => Assert.Equal(answers[0], a));
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task One_id_for_two_different_orders_is_refused()
    {
        HandleRevocation(Ca);
        await Ca.Post.ReceiveAsync(Seal(Ra, Ca, "RevokePair", "order-1", OrderBody), Ct);
        byte[] other = JsonSerializer.SerializeToUtf8Bytes(Order with { Serial = "0c0d" }, ContractJson.Options);
        Refusal refusal = await RefusalIn(await Ca.Post.ReceiveAsync(Seal(Ra, Ca, "RevokePair", "order-1", other), Ct));
        Assert.Equal(RefusalCode.StatementReplayed, refusal.Code);
        Assert.Equal(["0a1b"], await Ca.DeedsAsync());
    }

    [Fact]
    public async Task An_answer_lost_on_the_way_and_a_restart_change_nothing()
    {
        HandleRevocation(Ca);
        Ca.Start();
        byte[] lost = [];
        Network.Interfere = async (_, _, deliver) =>
        {
            lost = await deliver();
            throw new TransportException("the line broke while the answer was on its way");
        };
        RefusedException e = await Assert.ThrowsAsync<RefusedException>(() => Ra.Post.AskAsync(Rooms.Ca, Order, "intent-7", Ct));
        Assert.Equal(RefusalCode.RoomUnreachable, e.Refusal.Code);
        HandleRevocation(await ReopenAsync(Ca));
        Ca.Start();
        byte[] again = [];
        Network.Interfere = async (_, _, deliver) => again = await deliver();
        PairRevoked reply = await Ra.Post.AskAsync(Rooms.Ca, Order, "intent-7", Ct);
        Assert.Equal(lost, again);
        Assert.Equal(["0a1b"], reply.Serials);
        Assert.Equal(1, _runs);
        Assert.Equal(["0a1b"], await Ca.DeedsAsync());
    }

    [Fact]
    public async Task A_handler_that_died_before_its_commit_runs_again_and_finds_its_intent()
    {
        TestRoom ca = Ca;
        bool crash = true;
        void Handle(TestRoom room) => room.Post.Handle<RevokePair, PairRevoked>(async (order, ct) =>
        {
            _runs++;
            bool known = (await room.DeedsAsync()).Contains("intent " + order.Id);
            if (!known)
            {
                await room.Database.WriteAsync(s => TestRoom.Deed(s, "intent " + order.Id), ct);
            }

            if (crash)
            {
                throw new InvalidOperationException("the process dies here");
            }

            Assert.True(known);
            await room.Database.WriteAsync(s => order.Reply(s, new PairRevoked(["done"], order.SentAt)), ct);
        });

        Handle(ca);
        ca.Start();
        RefusedException e = await Assert.ThrowsAsync<RefusedException>(() => Ra.Post.AskAsync(Rooms.Ca, Order, "intent-7", Ct));
        Assert.Equal(RefusalCode.Fault, e.Refusal.Code);
        Assert.Contains("the process dies here", Assert.Single(ca.Faults), StringComparison.Ordinal);
        Assert.DoesNotContain("dies", e.Refusal.Evidence, StringComparison.Ordinal);
        crash = false;
        Handle(await ReopenAsync(ca));
        Ca.Start();
        Assert.Equal(["done"], (await Ra.Post.AskAsync(Rooms.Ca, Order, "intent-7", Ct)).Serials);
        Assert.Equal(2, _runs);
        Assert.Equal(["intent intent-7"], await Ca.DeedsAsync());
    }

    [Fact]
    public async Task An_answer_whose_transaction_was_rolled_back_is_no_answer()
    {
        Ca.Post.Handle<RevokePair, PairRevoked>(async (order, ct) =>
        {
            try
            {
                await Ca.Database.WriteAsync(
                    s =>
                    {
                        TestRoom.Deed(s, "half");
                        order.Reply(s, new PairRevoked([], order.SentAt));
                        throw new InvalidOperationException("rolled back");
                    },
                    ct);
            }
            catch (InvalidOperationException)
            {
                // a handler that swallows what it should not
            }
        });
        Refusal refusal = await RefusalIn(await Ca.Post.ReceiveAsync(Seal(Ra, Ca, "RevokePair", "order-1", OrderBody), Ct));
        Assert.Equal(RefusalCode.Fault, refusal.Code);
        Assert.Empty(await Ca.DeedsAsync());
        Assert.Contains("without an answer", Assert.Single(Ca.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_travels_back_signed_and_a_final_one_is_kept()
    {
        Ca.Post.Handle<RevokePair, PairRevoked>((order, _) =>
        {
            _runs++;
            throw new RefusedException(RefusalCode.UnknownObject, "no such serial", "serial");
        });
        Ca.Start();
        RefusedException e = await Assert.ThrowsAsync<RefusedException>(() => Ra.Post.AskAsync(Rooms.Ca, Order, "ask-1", Ct));
        Assert.Equal(new Refusal(RefusalCode.UnknownObject, "no such serial", "serial"), e.Refusal);
        int sent = Network.Sent.Count;
        e = await Assert.ThrowsAsync<RefusedException>(() => Ra.Post.AskAsync(Rooms.Ca, Order, "ask-1", Ct));
        Assert.Equal(RefusalCode.UnknownObject, e.Refusal.Code);
        Assert.Equal(sent, Network.Sent.Count);
        byte[] message = Seal(Ra, Ca, "RevokePair", "order-1", OrderBody);
        Assert.Equal(await Ca.Post.ReceiveAsync(message, Ct), await Ca.Post.ReceiveAsync(message, Ct));
        Assert.Equal(2, _runs);
    }

    [Fact]
    public async Task A_refusal_can_be_kept_with_what_the_handler_records_about_it()
    {
        Ca.Post.Handle<RevokePair, PairRevoked>(async (order, ct) => await Ca.Database.WriteAsync(
            s =>
            {
                TestRoom.Deed(s, "refused");
                order.Refuse(s, new Refusal(RefusalCode.StateWrong, "already revoked"));
                Assert.Throws<ArgumentException>(() => order.Refuse(s, new Refusal(RefusalCode.Fault, "")));
            },
            ct));
        Refusal refusal = await RefusalIn(await Ca.Post.ReceiveAsync(Seal(Ra, Ca, "RevokePair", "order-1", OrderBody), Ct));
        Assert.Equal(RefusalCode.StateWrong, refusal.Code);
        Assert.Equal(["refused"], await Ca.DeedsAsync());
    }

    [Fact]
    public async Task A_passing_refusal_is_not_kept()
    {
        bool ready = false;
        Ca.Post.Handle<RevokePair, PairRevoked>(async (order, ct) =>
        {
            if (!ready)
            {
                throw new RefusedException(RefusalCode.RoomUnreachable, "the key centre is away");
            }

            await Ca.Database.WriteAsync(s => order.Reply(s, new PairRevoked(["x"], order.SentAt)), ct);
        });
        Ca.Start();
        RefusedException e = await Assert.ThrowsAsync<RefusedException>(() => Ra.Post.AskAsync(Rooms.Ca, Order, "ask-1", Ct));
        Assert.Equal(RefusalCode.RoomUnreachable, e.Refusal.Code);
        ready = true;
        Assert.Equal(["x"], (await Ra.Post.AskAsync(Rooms.Ca, Order, "ask-1", Ct)).Serials);
    }

    [Fact]
    public async Task Asking_again_sends_what_was_asked_first_and_an_answer_is_asked_for_once()
    {
        HandleRevocation(Ca);
        await Assert.ThrowsAsync<RefusedException>(() => Ra.Post.AskAsync(Rooms.Ca, Order, "intent-7", Ct)); // nobody there yet
        Ca.Start();
        PairRevoked reply = await Ra.Post.AskAsync(Rooms.Ca, Order with { Serial = "ffff" }, "intent-7", Ct);
        Assert.Equal(["0a1b"], reply.Serials);
        Network.Rooms.Detach(Rooms.Ca);
        await ReopenAsync(Ra);
        Assert.Equal(["0a1b"], (await Ra.Post.AskAsync(Rooms.Ca, Order, "intent-7", Ct)).Serials);
        RefusedException e = await Assert.ThrowsAsync<RefusedException>(() =>
            Ra.Post.AskAsync(Rooms.Ca, new IssueStaffCertificate("vetter", "n", [1], null), "intent-7", Ct));
        Assert.Equal(RefusalCode.StatementReplayed, e.Refusal.Code);
    }

    [Fact]
    public async Task A_message_replayed_to_another_room_is_not_authentic_there()
    {
        Kmc.Post.HandleDer(Gmt0014Exchange.MessageType, (_, _) => throw new InvalidOperationException("never reached"));
        byte[] forCa = Seal(Ra, Ca, "RevokePair", "order-1", OrderBody);
        RefusedException e = await Assert.ThrowsAsync<RefusedException>(() => Kmc.Post.ReceiveAsync(forCa, Ct));
        Assert.Equal(new Refusal(RefusalCode.MessageNotAuthentic, ""), e.Refusal);
        await Kmc.RegisterAsync(Ra, Authority);
        e = await Assert.ThrowsAsync<RefusedException>(() => Kmc.Post.ReceiveAsync(forCa, Ct));
        Assert.Equal(RefusalCode.MessageNotAuthentic, e.Refusal.Code);
    }

    [Fact]
    public async Task A_room_that_is_not_registered_gets_nothing_but_the_uniform_refusal()
    {
        HandleRevocation(Ca);
        RefusedException e = await Assert.ThrowsAsync<RefusedException>(() => Ca.Post.ReceiveAsync(Seal(Ra, Ca, "RevokePair", "o", OrderBody).AsMemory(3), Ct));
        Assert.Equal(new Refusal(RefusalCode.MessageNotAuthentic, ""), e.Refusal);
        TestRoom stranger = Kmc;
        byte[] forged = SealedMessage.Seal(
            new MessageHeader("o", "RevokePair", "ra", "ca", Clock.GetUtcNow()), OrderBody, stranger.Identity.Signer, stranger.Identity.SigningCertificate!, Ca.Identity.EncryptionCertificate!);
        e = await Assert.ThrowsAsync<RefusedException>(() => Ca.Post.ReceiveAsync(forged, Ct));
        Assert.Equal(new Refusal(RefusalCode.MessageNotAuthentic, ""), e.Refusal);
        Assert.Equal(0, _runs);
    }

    [Fact]
    public async Task What_access_csv_does_not_name_is_refused_on_both_sides()
    {
        HandleRevocation(Ca);
        byte[] answer = await Ca.Post.ReceiveAsync(Seal(Kmc, Ca, "RevokePair", "o", OrderBody), Ct);
        OpenedMessage opened = await OpenAnswerAsync(Kmc, Ca, answer);
        Assert.Equal(RefusalCode.MessageNotAllowed, JsonSerializer.Deserialize<Refusal>(opened.Body.Span, ContractJson.Options)!.Code);
        RefusedException e = await Assert.ThrowsAsync<RefusedException>(() => Kmc.Post.AskAsync(Rooms.Ca, Order, ct: Ct));
        Assert.Equal(RefusalCode.MessageNotAllowed, e.Refusal.Code);
        Assert.Equal(0, _runs);
        Refusal noHandler = await RefusalIn(await Ca.Post.ReceiveAsync(Seal(Ra, Ca, "IssuePair", "p", [1]), Ct));
        Assert.Equal(RefusalCode.NotInitialised, noHandler.Code);
    }

    [Theory]
    [InlineData(-301)]
    [InlineData(301)]
    public async Task A_message_outside_the_time_window_is_refused_and_may_be_sealed_anew(int seconds)
    {
        HandleRevocation(Ca);
        DateTimeOffset time = Clock.GetUtcNow().AddSeconds(seconds);
        Refusal refusal = await RefusalIn(await Ca.Post.ReceiveAsync(Seal(Ra, Ca, "RevokePair", "order-1", OrderBody, time), Ct));
        Assert.Equal((RefusalCode.StatementStale, 0), (refusal.Code, _runs));
        await Ca.Post.ReceiveAsync(Seal(Ra, Ca, "RevokePair", "order-1", OrderBody), Ct);
        Assert.Equal(1, _runs);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"serial\":\"1\",\"reason\":\"key-compromise\",\"requestedBy\":\"x\",\"requestedAt\":\"2026-07-01T00:00:00Z\",\"more\":1}")]
    public async Task A_body_that_is_not_the_order_is_malformed(string body)
    {
        HandleRevocation(Ca);
        Refusal refusal = await RefusalIn(await Ca.Post.ReceiveAsync(Seal(Ra, Ca, "RevokePair", "order-1", System.Text.Encoding.UTF8.GetBytes(body)), Ct));
        Assert.Equal((RefusalCode.Malformed, 0), (refusal.Code, _runs));
    }

    [Fact]
    public async Task Der_goes_through_untouched()
    {
        byte[] request = [0x30, 0x03, 0x02, 0x01, 0x07];
        Kmc.Post.HandleDer(Gmt0014Exchange.MessageType, async (order, ct) =>
        {
            byte[] reply = [.. order.Body.Span, 0xFF];
            order.Prepare(reply);
            await Kmc.Database.WriteAsync(s => order.Reply(s, reply), ct);
        });
        Kmc.Start();
        Assert.Equal([.. request, 0xFF], await Ca.Post.AskDerAsync(Rooms.Kmc, Gmt0014Exchange.MessageType, request, "intent-1", Ct));
        Assert.Equal([.. request, 0xFF], await Ca.Post.AskDerAsync(Rooms.Kmc, Gmt0014Exchange.MessageType, [1], "intent-1", Ct));
    }

    [Fact]
    public async Task An_answer_of_another_room_or_to_another_order_is_not_believed()
    {
        HandleRevocation(Ca);
        Ca.Start();
        byte[] toAnother = await Ca.Post.ReceiveAsync(Seal(Ra, Ca, "RevokePair", "another", OrderBody), Ct);
        Network.Interfere = (_, _, _) => Task.FromResult(toAnother);
        RefusedException e = await Assert.ThrowsAsync<RefusedException>(() => Ra.Post.AskAsync(Rooms.Ca, Order, "mine", Ct));
        Assert.Equal(RefusalCode.MessageNotAuthentic, e.Refusal.Code);
        byte[] forged = SealedMessage.Seal(
            new MessageHeader("mine", "reply:RevokePair", "ca", "ra", Clock.GetUtcNow()), "{}"u8, Kmc.Identity.Signer, Kmc.Identity.SigningCertificate!, Ra.Identity.EncryptionCertificate!);
        Network.Interfere = (_, _, _) => Task.FromResult(forged);
        e = await Assert.ThrowsAsync<RefusedException>(() => Ra.Post.AskAsync(Rooms.Ca, Order, "mine", Ct));
        Assert.Equal(RefusalCode.MessageNotAuthentic, e.Refusal.Code);
        Network.Interfere = (_, message, _) => Task.FromResult(message);
        await Assert.ThrowsAsync<RefusedException>(() => Ra.Post.AskAsync(Rooms.Ca, Order, "mine", Ct));
        Network.Interfere = null;
        Assert.Equal(["0a1b"], (await Ra.Post.AskAsync(Rooms.Ca, Order, "mine", Ct)).Serials);
    }

    [Fact]
    public async Task A_sender_who_stops_waiting_does_not_stop_the_work()
    {
        TaskCompletionSource go = new();
        Ca.Post.Handle<RevokePair, PairRevoked>(async (order, _) =>
        {
            _runs++;
            await go.Task;
            await Ca.Database.WriteAsync(s => order.Reply(s, new PairRevoked(["slow"], order.SentAt)), CancellationToken.None);
        });
        byte[] message = Seal(Ra, Ca, "RevokePair", "order-1", OrderBody);
        using CancellationTokenSource impatient = new(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Ca.Post.ReceiveAsync(message, impatient.Token));
        go.SetResult();
        OpenedMessage answer = await OpenAnswerAsync(Ra, Ca, await Ca.Post.ReceiveAsync(message, Ct));
        Assert.StartsWith("reply:", answer.Header.Type, StringComparison.Ordinal);
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task A_room_without_certificates_says_so_outside_the_seal()
    {
        string folder = Directory.CreateTempSubdirectory("hufu-bare-").FullName;
        try
        {
            await using TestRoom bare = await TestRoom.OpenAsync(Rooms.Tsa, folder, Network, Clock);
            RefusedException e = await Assert.ThrowsAsync<RefusedException>(() => bare.Post.ReceiveAsync(new byte[10], Ct));
            Assert.Equal(RefusalCode.NotInitialised, e.Refusal.Code);
            e = await Assert.ThrowsAsync<RefusedException>(() => bare.Post.ReceiveAsync(new byte[SealedMessage.MaxSize + 1], Ct));
            Assert.Equal(RefusalCode.TooLarge, e.Refusal.Code);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
