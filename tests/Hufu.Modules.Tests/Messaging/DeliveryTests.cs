using System.Collections.Concurrent;
using Hufu.Contracts;
using Hufu.Messaging;
using Hufu.Records;
using Xunit;

namespace Hufu.Modules.Tests.Messaging;

/// <summary>What is left in the outbox: goes out after the commit only, at least once on the way, once in effect, in order where it matters.</summary>
public sealed class DeliveryTests : MessagingTest
{
    private static RevokePair Order(string serial) => new(serial, RevocationReason.Superseded, "ra", new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero));

    private static CertificateRevoked Fact(int number) => new("operational", $"{number:x4}", new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero), RevocationReason.Superseded);

    private static void Handle(TestRoom ca, Func<string, RefusalCode?>? refuse = null) => ca.Post.Handle<RevokePair, PairRevoked>(async (order, ct) =>
    {
        if (refuse?.Invoke(order.Body.Serial) is { } code)
        {
            throw new RefusedException(code, order.Body.Serial);
        }

        await ca.Database.WriteAsync(
            s =>
            {
                TestRoom.Deed(s, order.Body.Serial);
                order.Reply(s, new PairRevoked([order.Body.Serial], order.SentAt));
            },
            ct);
    });

    private static void Answers(TestRoom ra) => ra.Post.OnAnswer<RevokePair, PairRevoked>((session, answer) =>
        TestRoom.Deed(session, $"{answer.Order.Serial}: {answer.Reply?.Serials[0] ?? answer.Refusal!.Code.ToString()}"));

    private static void Note(TestRoom room) => room.Post.Subscribe<CertificateRevoked>((session, fact) => TestRoom.Deed(session, fact.Body.Serial));

    private static Task DeedsBecomeAsync(TestRoom room, params string[] deeds) =>
        UntilAsync(async () => (await room.DeedsAsync()).SequenceEqual(deeds), $"{room.Name} has {string.Join(", ", deeds)}; faults: {string.Join("; ", room.Faults)}");

    private static Task<string> EnqueueAsync(TestRoom ra, string serial) => ra.Database.WriteAsync(s => ra.Post.Enqueue(s, Rooms.Ca, Order(serial)), CancellationToken.None);

    private static Task PublishAsync(TestRoom ca, params int[] numbers) => ca.Database.WriteAsync(
        s =>
        {
            foreach (int number in numbers)
            {
                ca.Post.Publish(s, Fact(number));
            }
        },
        CancellationToken.None);

    private static async Task<long> WaitingAsync(TestRoom room, string peer) =>
        (await room.Post.LagAsync(Ct)).Where(l => l.Destination == peer).Sum(l => l.Waiting);

    [Fact]
    public async Task An_order_left_in_a_transaction_is_answered_to_its_handler_once()
    {
        Handle(Ca);
        Answers(Ra);
        Ca.Start();
        Ra.Start();
        await EnqueueAsync(Ra, "01");
        await DeedsBecomeAsync(Ra, "01: 01");
        Assert.Equal(["01"], await Ca.DeedsAsync());
        Assert.Empty(await Ra.Post.LagAsync(Ct));
    }

    [Fact]
    public async Task What_was_rolled_back_never_goes_out()
    {
        Answers(Ra);
        Handle(Ca);
        Ca.Start();
        Ra.Start();
        await Assert.ThrowsAsync<InvalidOperationException>(() => Ra.Database.WriteAsync(
            s =>
            {
                Ra.Post.Enqueue(s, Rooms.Ca, Order("01"));
                throw new InvalidOperationException("no");
            },
            Ct));
        await EnqueueAsync(Ra, "02");
        await DeedsBecomeAsync(Ra, "02: 02");
        Assert.Equal(["02"], await Ca.DeedsAsync());
    }

    [Fact]
    public async Task A_crash_between_commit_and_delivery_loses_nothing()
    {
        Answers(Ra);
        await EnqueueAsync(Ra, "01"); // committed; the dispatcher never started
        Answers(await ReopenAsync(Ra));
        Handle(Ca);
        Ca.Start();
        Ra.Start();
        await DeedsBecomeAsync(Ra, "01: 01");
    }

    [Fact]
    public async Task A_crash_between_delivery_and_answer_does_the_deed_once()
    {
        Answers(Ra);
        Handle(Ca);
        Ca.Start();
        TaskCompletionSource delivered = new();
        Network.Interfere = async (_, _, deliver) =>
        {
            await deliver();
            delivered.TrySetResult();
            await Task.Delay(Timeout.Infinite, Ct);
            return [];
        };
        Ra.Start();
        await EnqueueAsync(Ra, "01");
        await delivered.Task.WaitAsync(Ct);
        Answers(await ReopenAsync(Ra));
        Network.Interfere = null;
        Ra.Start();
        await DeedsBecomeAsync(Ra, "01: 01");
        Assert.Equal(["01"], await Ca.DeedsAsync());
        Assert.Equal(2, Network.Sent.Count(m => m.To == Rooms.Ca));
    }

    [Fact]
    public async Task An_answer_whose_handler_fails_is_asked_for_again_and_stays_the_same()
    {
        int tries = 0;
        Ra.Post.OnAnswer<RevokePair, PairRevoked>((session, answer) =>
        {
            TestRoom.Deed(session, answer.Reply!.Serials[0]);
            if (++tries < 3)
            {
                throw new InvalidOperationException("not yet");
            }
        });
        Handle(Ca);
        Ca.Start();
        Ra.Start();
        await EnqueueAsync(Ra, "01");
        await DeedsBecomeAsync(Ra, "01");
        Assert.Equal(3, tries);
        Assert.Equal(["01"], await Ca.DeedsAsync());
    }

    [Fact]
    public async Task A_final_refusal_is_an_answer_and_a_passing_one_is_tried_again()
    {
        ConcurrentDictionary<string, int> tries = new();
        Handle(Ca, serial => tries.AddOrUpdate(serial, 1, (_, n) => n + 1) switch
        {
            _ when serial == "bad" => RefusalCode.StateWrong,
            < 4 => RefusalCode.RoomUnreachable,
            _ => null,
        });
        Answers(Ra);
        Ca.Start();
        Ra.Start();
        await EnqueueAsync(Ra, "bad");
        await DeedsBecomeAsync(Ra, "bad: StateWrong");
        await EnqueueAsync(Ra, "01");
        await DeedsBecomeAsync(Ra, "bad: StateWrong", "01: 01");
        Assert.Equal((1, 4), (tries["bad"], tries["01"]));
    }

    [Fact]
    public async Task An_order_that_must_wait_holds_up_no_other_and_no_fact()
    {
        bool ready = false;
        Handle(Ca, serial => serial == "stuck" && !ready ? RefusalCode.RoomUnreachable : null);
        Answers(Ra);
        Ca.Start();
        Ra.Start();
        await EnqueueAsync(Ra, "stuck");
        await UntilAsync(async () => (await Ra.Post.LagAsync(Ct)) is [{ Tries: > 0 }], "the stuck order was tried");
        await EnqueueAsync(Ra, "01");
        await DeedsBecomeAsync(Ra, "01: 01");
        ready = true;
        await DeedsBecomeAsync(Ra, "01: 01", "stuck: stuck");
    }

    [Fact]
    public async Task A_receiver_that_was_away_gets_everything_when_it_is_back()
    {
        Answers(Ra);
        Ra.Start();
        foreach (string serial in new[] { "01", "02", "03" })
        {
            await EnqueueAsync(Ra, serial);
        }

        await UntilAsync(async () => (await Ra.Post.LagAsync(Ct)) is [{ Destination: Rooms.Ca, Waiting: 3, Tries: > 1, Error: not null }], "the orders were tried in vain");
        Handle(Ca);
        Ca.Start();
        await UntilAsync(async () => (await Ra.DeedsAsync()).Count == 3, "all three were answered");
        Assert.Equal(["01", "02", "03"], (await Ca.DeedsAsync()).Order());
        Assert.Equal(0, await WaitingAsync(Ra, Rooms.Ca));
    }

    [Fact]
    public async Task Facts_arrive_in_order_and_once_over_a_line_that_loses_and_repeats()
    {
        Note(Ocsp);
        int n = 0;
        Network.Interfere = async (_, message, deliver) =>
        {
            switch (Interlocked.Increment(ref n) % 4)
            {
                case 0:
                    throw new TransportException("lost on the way");
                case 1:
                    await deliver();
                    throw new TransportException("the acknowledgement was lost");
                case 2:
                    await deliver();
                    return await deliver();
                default:
                    return await deliver();
            }
        };
        Ocsp.Start();
        Ca.Start();
        for (int i = 0; i < 20; i += 2)
        {
            await PublishAsync(Ca, i, i + 1);
        }

        await DeedsBecomeAsync(Ocsp, [.. Enumerable.Range(0, 20).Select(i => $"{i:x4}")]);
    }

    [Fact]
    public async Task Old_copies_that_turn_up_later_and_out_of_order_change_nothing()
    {
        Note(Ocsp);
        Ocsp.Start();
        Ca.Start();
        await PublishAsync(Ca, 1, 2, 3);
        await DeedsBecomeAsync(Ocsp, "0001", "0002", "0003");
        byte[][] copies = [.. Network.Sent.Where(m => m.To == Rooms.Ocsp).Select(m => m.Message)];
        foreach (byte[] copy in copies.Reverse())
        {
            await Ocsp.Post.ReceiveAsync(copy, Ct);
        }

        Assert.Equal(["0001", "0002", "0003"], await Ocsp.DeedsAsync());
    }

    [Fact]
    public async Task A_fact_goes_to_every_room_that_access_csv_names_and_waits_for_those_not_yet_registered()
    {
        Note(Ocsp);
        Note(Ra);
        Ocsp.Start();
        Ra.Start();
        Ca.Start();
        await PublishAsync(Ca, 7);
        await DeedsBecomeAsync(Ocsp, "0007");
        await DeedsBecomeAsync(Ra, "0007");
        await UntilAsync(async () => (await Ca.Post.LagAsync(Ct)) is [{ Destination: Rooms.Publishing, Waiting: 1 }], "only publishing waits");
    }

    [Fact]
    public async Task A_room_registered_later_gets_its_facts_then()
    {
        await Ca.Database.WriteAsync(s => s.Execute("DELETE FROM messaging_peer WHERE name = 'ocsp'"), Ct);
        await ReopenAsync(Ca);
        Note(Ocsp);
        Ocsp.Start();
        Ca.Start();
        await PublishAsync(Ca, 1, 2);
        await UntilAsync(async () => (await Ca.Post.LagAsync(Ct)).Any(l => l is { Destination: Rooms.Ocsp, Tries: > 0 }), "tried in vain");
        await Ca.RegisterAsync(Ocsp, Authority);
        await DeedsBecomeAsync(Ocsp, "0001", "0002");
    }

    [Fact]
    public async Task A_subscriber_that_fails_keeps_nothing_and_gets_the_fact_again_before_the_next_one()
    {
        int tries = 0;
        Ocsp.Post.Subscribe<CertificateRevoked>((session, fact) =>
        {
            TestRoom.Deed(session, fact.Body.Serial);
            if (fact.Body.Serial == "0001" && ++tries < 3)
            {
                throw new InvalidOperationException("disk is full");
            }
        });
        Ocsp.Start();
        Ca.Start();
        await PublishAsync(Ca, 1, 2);
        await DeedsBecomeAsync(Ocsp, "0001", "0002");
        Assert.Equal(3, tries);
    }

    [Fact]
    public async Task A_message_that_waited_for_days_is_sealed_with_the_time_of_its_delivery()
    {
        Answers(Ra);
        Handle(Ca);
        await EnqueueAsync(Ra, "01");
        Clock.Shift += TimeSpan.FromDays(3);
        Ca.Start();
        Ra.Start();
        await DeedsBecomeAsync(Ra, "01: 01");
    }

    [Fact]
    public async Task Stopping_while_a_receiver_hangs_is_quick_and_clean()
    {
        Answers(Ra);
        TaskCompletionSource entered = new();
        Network.Interfere = async (_, _, _) =>
        {
            entered.TrySetResult();
            await Task.Delay(Timeout.Infinite, Ct);
            return [];
        };
        Ra.Start();
        await EnqueueAsync(Ra, "01");
        await entered.Task.WaitAsync(Ct);
        await Ra.Post.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(3), Ct);
        Assert.Empty(Ra.Faults);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Ra.Post.ReceiveAsync(new byte[1], Ct));
    }

    [Fact]
    public async Task Misuse_is_told_at_once()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => EnqueueAsync(Ra, "01")); // nobody hears the answer
        Answers(Ra);
        await Assert.ThrowsAsync<RefusedException>(() => Ra.Database.WriteAsync(s => Ra.Post.Enqueue(s, Rooms.Kmc, Order("01")), Ct));
        await Ra.Database.WriteAsync(s => Ra.Post.Enqueue(s, Rooms.Ca, Order("01"), "id-1"), Ct);
        DatabaseException twice = await Assert.ThrowsAsync<DatabaseException>(() => Ra.Database.WriteAsync(s => Ra.Post.Enqueue(s, Rooms.Ca, Order("01"), "id-1"), Ct));
        Assert.Equal(DatabaseError.UniqueViolation, twice.Error);
        Ra.Start();
        Assert.Throws<InvalidOperationException>(() => Note(Ra));
    }

    [Fact]
    public async Task Two_hundred_orders_and_facts_crosswise_all_arrive()
    {
        Handle(Ca);
        Answers(Ra);
        Note(Ocsp);
        Ca.Start();
        Ra.Start();
        Ocsp.Start();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => EnqueueAsync(Ra, $"{i:x4}")).Concat(Enumerable.Range(0, 100).Select(i => PublishAsync(Ca, i))));
        await UntilAsync(async () => (await Ra.DeedsAsync()).Count == 100 && (await Ocsp.DeedsAsync()).Count == 100, "everything arrived");
        Assert.Equal(100, (await Ra.DeedsAsync()).Distinct().Count());
    }
}
