using Hufu.Records;
using Xunit;

namespace Hufu.Modules.Tests.Records;

public class OutboxTests : IDisposable
{
    private readonly RecordsPlace place;

    public OutboxTests()
        : this(Engine.Sqlite)
    {
    }

    protected OutboxTests(Engine engine) => place = new RecordsPlace(engine);

    private static CancellationToken Ct => RecordsPlace.Ct;

    public void Dispose()
    {
        place.Dispose();
        GC.SuppressFinalize(this);
    }

    private static OutboxItem Item(string destination, int i) => new() { Destination = destination, Id = $"{i}", Kind = "Test", Body = [(byte)i] };

    [Fact]
    public async Task Items_go_out_in_order_per_destination_and_a_failed_one_holds_back_its_own_only()
    {
        await using Database database = await place.OpenDatabaseAsync();
        var outbox = new Outbox(database, place.Clock);
        await database.WriteAsync(
            s =>
            {
                for (int i = 0; i < 5; i++)
                {
                    outbox.Add(s, Item("ca", i));
                    outbox.Add(s, Item("kmc", i));
                }
            },
            Ct);
        Assert.True(await outbox.TryClaimAsync("me", TimeSpan.FromMinutes(1), Ct));
        IReadOnlyList<OutboxEntry> due = await outbox.PeekDueAsync("me", 3, 100, Ct);
        Assert.Equal(["ca0", "ca1", "ca2", "kmc0", "kmc1", "kmc2"], due.Select(e => e.Destination + e.Id));
        Assert.Equal([2], due[2].Body);
        Assert.True(await outbox.MarkDeliveredAsync(due[0].Number, Ct));
        Assert.False(await outbox.MarkDeliveredAsync(due[0].Number, Ct));
        Assert.True(await outbox.MarkRetryAsync(due[1].Number, place.Clock.GetUtcNow().AddSeconds(30), "refused", Ct));
        due = await outbox.PeekDueAsync("me", 100, 100, Ct);
        Assert.Equal(["kmc0", "kmc1", "kmc2", "kmc3", "kmc4"], due.Select(e => e.Destination + e.Id));
        OutboxLag lag = (await outbox.LagAsync(Ct)).First(l => l.Destination == "ca");
        Assert.Equal((4L, 1L, "refused"), (lag.Waiting, lag.Tries, lag.Error));
        place.Clock.Advance(TimeSpan.FromSeconds(30));
        due = await outbox.PeekDueAsync("me", 100, 3, Ct);
        Assert.Equal(["ca1", "ca2", "ca3"], due.Select(e => e.Destination + e.Id));
        Assert.Equal(1, due[0].Tries);
    }

    [Fact]
    public async Task An_item_of_a_work_that_is_rolled_back_never_goes_out_and_an_id_is_taken_once()
    {
        await using Database database = await place.OpenDatabaseAsync();
        var outbox = new Outbox(database, place.Clock);
        await outbox.TryClaimAsync("me", TimeSpan.FromMinutes(1), Ct);
        await Assert.ThrowsAsync<FormatException>(() => database.WriteAsync<int>(
            s =>
            {
                outbox.Add(s, Item("ca", 1));
                throw new FormatException();
            },
            Ct));
        Assert.Empty(await outbox.PeekDueAsync("me", 10, 10, Ct));
        await database.WriteAsync(s => outbox.Add(s, Item("ca", 1)), Ct);
        Assert.Equal(DatabaseError.UniqueViolation, (await Assert.ThrowsAsync<DatabaseException>(() => database.WriteAsync(s => outbox.Add(s, Item("ca", 1)), Ct))).Error);
    }

    [Fact]
    public async Task One_dispatcher_at_a_time_holds_the_outbox()
    {
        await using Database database = await place.OpenDatabaseAsync();
        var outbox = new Outbox(database, place.Clock);
        await database.WriteAsync(s => outbox.Add(s, Item("ca", 1)), Ct);
        Assert.True(await outbox.TryClaimAsync("a", TimeSpan.FromSeconds(10), Ct));
        Assert.False(await outbox.TryClaimAsync("b", TimeSpan.FromSeconds(10), Ct));
        Assert.Single(await outbox.PeekDueAsync("a", 10, 10, Ct));
        Assert.Empty(await outbox.PeekDueAsync("b", 10, 10, Ct));
        Assert.True(await outbox.TryClaimAsync("a", TimeSpan.FromSeconds(10), Ct));
        place.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.True(await outbox.TryClaimAsync("b", TimeSpan.FromSeconds(10), Ct));
        Assert.Empty(await outbox.PeekDueAsync("a", 10, 10, Ct));
        await outbox.ReleaseAsync("b", Ct);
        Assert.True(await outbox.TryClaimAsync("a", TimeSpan.FromSeconds(10), Ct));
    }

    [Fact]
    public async Task A_waiting_dispatcher_is_woken_by_a_committed_item_and_by_its_time()
    {
        await using Database database = await place.OpenDatabaseAsync();
        var outbox = new Outbox(database, place.Clock);
        Task wait = outbox.WaitAsync(TimeSpan.FromHours(1), Ct);
        Assert.False(wait.IsCompleted);
        await database.WriteAsync(s => outbox.Add(s, Item("ca", 1)), Ct);
        await wait.WaitAsync(TimeSpan.FromSeconds(10), Ct);
        wait = outbox.WaitAsync(TimeSpan.FromHours(1), Ct);
        Assert.False(wait.IsCompleted);
        place.Clock.Advance(TimeSpan.FromHours(1));
        await wait.WaitAsync(TimeSpan.FromSeconds(10), Ct);
    }

    [Fact]
    public async Task Parked_items_let_the_others_pass_and_delivered_ones_can_be_cleared_away()
    {
        await using Database database = await place.OpenDatabaseAsync();
        var outbox = new Outbox(database, place.Clock);
        await outbox.TryClaimAsync("me", TimeSpan.FromHours(1), Ct);
        await database.WriteAsync(s => { outbox.Add(s, Item("ca", 1)); outbox.Add(s, Item("ca", 2)); }, Ct);
        OutboxEntry first = (await outbox.PeekDueAsync("me", 10, 10, Ct))[0];
        await outbox.MarkRetryAsync(first.Number, place.Clock.GetUtcNow().AddDays(1), "no", Ct);
        await outbox.HastenAsync("ca", Ct);
        Assert.Equal(2, (await outbox.PeekDueAsync("me", 10, 10, Ct)).Count);
        Assert.True(await database.WriteAsync(s => outbox.Park(s, first.Number, "never"), Ct));
        OutboxEntry second = Assert.Single(await outbox.PeekDueAsync("me", 10, 10, Ct));
        await outbox.MarkDeliveredAsync(second.Number, Ct);
        Assert.Equal(0, await outbox.PurgeDeliveredAsync(place.Clock.GetUtcNow(), Ct));
        Assert.Equal(1, await outbox.PurgeDeliveredAsync(place.Clock.GetUtcNow().AddSeconds(1), Ct));
        Assert.Empty(await outbox.LagAsync(Ct));
        Assert.Throws<ArgumentException>(() => database.WriteAsync(s => outbox.Add(s, Item("", 3)), Ct).GetAwaiter().GetResult());
    }
}
