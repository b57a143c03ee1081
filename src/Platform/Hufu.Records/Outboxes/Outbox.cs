using System.Text;
using System.Threading.Channels;

namespace Hufu.Records;

/// <summary>Messages left in the owner's own transaction (table <c>outbox_item</c>), delivered at least once and in order per destination by one dispatcher at a time.</summary>
public sealed class Outbox
{
    /// <summary>The largest body of an item: 16 MiB.</summary>
    public const int MaxBody = 16 << 20;

    private readonly Database database;
    private readonly TimeProvider clock;
    private readonly Channel<bool> added = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>The outbox of a database.</summary>
    /// <param name="database">The owner's database.</param>
    /// <param name="clock">Dates the items and decides what is due.</param>
    public Outbox(Database database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Leaves an item in the caller's transaction.</summary>
    /// <param name="session">The writing session.</param>
    /// <param name="item">The message.</param>
    /// <exception cref="ArgumentException">A field is empty, too long, or the body too large.</exception>
    /// <exception cref="DatabaseException">UniqueViolation when the destination has this id already.</exception>
    public void Add(Session session, OutboxItem item)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(item);
        Check(item.Destination, nameof(item.Destination));
        Check(item.Id, nameof(item.Id));
        Check(item.Kind, nameof(item.Kind));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(item.Body.Length, MaxBody, nameof(item));
        session.Execute(
            """
            INSERT INTO outbox_item (destination, id, kind, body, state, tries, due, added)
            VALUES (@Destination, @Id, @Kind, @Body, 'waiting', 0, @Now, @Now)
            """,
            new { item.Destination, item.Id, item.Kind, item.Body, Now });
        session.OnCommitted(Signal);
    }

    /// <summary>Leaves many items in the caller's transaction, in their order.</summary>
    /// <param name="session">The writing session.</param>
    /// <param name="items">The messages.</param>
    /// <exception cref="ArgumentException">As for <see cref="Add"/>.</exception>
    /// <exception cref="DatabaseException">As for <see cref="Add"/>.</exception>
    public void AddMany(Session session, IReadOnlyList<OutboxItem> items)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(items);
        long now = Now;
        var rows = new List<NewItem>(items.Count);
        foreach (OutboxItem item in items)
        {
            Check(item.Destination, nameof(item.Destination));
            Check(item.Id, nameof(item.Id));
            Check(item.Kind, nameof(item.Kind));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(item.Body.Length, MaxBody, nameof(items));
            rows.Add(new NewItem(item.Destination, item.Id, item.Kind, item.Body, now));
        }

        session.SendMany("INSERT INTO outbox_item (destination, id, kind, body, state, tries, due, added) VALUES (@Destination, @Id, @Kind, @Body, 'waiting', 0, @Now, @Now)", rows);
        session.OnCommitted(Signal);
    }

    private sealed record NewItem(string Destination, string Id, string Kind, byte[] Body, long Now);

    /// <summary>Makes a dispatcher the only one, or renews that, for a time.</summary>
    /// <param name="holder">The dispatcher's own name, different in every process.</param>
    /// <param name="lease">How long; renewed well before it ends.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>False when another dispatcher holds the outbox.</returns>
    public Task<bool> TryClaimAsync(string holder, TimeSpan lease, CancellationToken ct) => database.WriteAsync(
        session => session.Execute(
            """
            INSERT INTO outbox_claim (name, holder, until) VALUES ('dispatcher', @holder, @until)
            ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
            WHERE outbox_claim.holder = excluded.holder OR outbox_claim.until <= @Now
            """,
            new { holder, until = Now + (long)lease.TotalMilliseconds, Now }) == 1,
        ct);

    /// <summary>Gives the outbox up, so that another dispatcher need not wait for the lease to end.</summary>
    /// <param name="holder">The dispatcher's name.</param>
    /// <param name="ct">Cancels.</param>
    public Task ReleaseAsync(string holder, CancellationToken ct) =>
        database.WriteAsync(session => session.Execute("DELETE FROM outbox_claim WHERE holder = @holder", new { holder }), ct);

    /// <summary>The items that may go out now: of each destination whose oldest waiting item is due, the oldest few in order.</summary>
    /// <param name="holder">The dispatcher that holds the claim; another gets nothing.</param>
    /// <param name="perDestination">Most items of one destination, 1 to 1,000.</param>
    /// <param name="limit">Most items in all, 1 to 10,000.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Items by destination and number. After one that fails, the later ones of its destination are not to be sent.</returns>
    public Task<IReadOnlyList<OutboxEntry>> PeekDueAsync(string holder, int perDestination, int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(perDestination is >= 1 and <= 1_000, true, nameof(perDestination));
        ArgumentOutOfRangeException.ThrowIfNotEqual(limit is >= 1 and <= 10_000, true, nameof(limit));
        return database.ReadAsync<IReadOnlyList<OutboxEntry>>(
            session =>
            {
                long now = Now;
                var due = new List<OutboxEntry>();
                if (session.Scalar<long>("SELECT count(*) FROM outbox_claim WHERE holder = @holder AND until > @now", new { holder, now }) == 0)
                {
                    return due;
                }

                // From one destination to the next by the index: a long backlog of one costs the others nothing.
                string? destination = "";
                int room;
                while ((room = Math.Min(perDestination, limit - due.Count)) > 0
                    && (destination = session.QueryFirst<string>(
                        "SELECT destination FROM outbox_item WHERE state = 'waiting' AND destination > @destination ORDER BY destination LIMIT 1",
                        new { destination })) is not null)
                {
                    long head = session.Scalar<long>("SELECT due FROM outbox_item WHERE state = 'waiting' AND destination = @destination ORDER BY number LIMIT 1", new { destination });
                    if (head <= now)
                    {
                        due.AddRange(session.Query<OutboxEntry>(
                            """
                            SELECT number, destination, id, kind, body, tries, added FROM outbox_item
                            WHERE state = 'waiting' AND destination = @destination ORDER BY number LIMIT @room
                            """,
                            new { destination, room }));
                    }
                }

                return due;
            },
            ct);
    }

    /// <summary>Marks an item as delivered, in the caller's transaction.</summary>
    /// <param name="session">The writing session.</param>
    /// <param name="number">The item's number.</param>
    /// <returns>False when it does not wait (any more).</returns>
    public bool MarkDelivered(Session session, long number)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.Execute(
            "UPDATE outbox_item SET state = 'delivered', due = @Now, error = NULL WHERE number = @number AND state = 'waiting'",
            new { number, Now }) == 1;
    }

    /// <summary>Marks an item as delivered.</summary>
    /// <param name="number">The item's number.</param>
    /// <param name="ct">Cancels.</param>
    public Task<bool> MarkDeliveredAsync(long number, CancellationToken ct) => database.WriteAsync(session => MarkDelivered(session, number), ct);

    /// <summary>Notes a failed try; the item and the later ones of its destination wait until the given time.</summary>
    /// <param name="number">The item's number.</param>
    /// <param name="next">When to try again.</param>
    /// <param name="error">Why it failed, for the person who looks; cut at 1,000 characters.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>False when it does not wait (any more).</returns>
    public Task<bool> MarkRetryAsync(long number, DateTimeOffset next, string error, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(error);
        return database.WriteAsync(
            session => session.Execute(
                "UPDATE outbox_item SET tries = tries + 1, due = @due, error = @error WHERE number = @number AND state = 'waiting'",
                new { number, due = next.ToUnixTimeMilliseconds(), error = error.Length > 1_000 ? error[..1_000] : error }) == 1,
            ct);
    }

    /// <summary>Takes an item that can never be delivered out of the queue, so that its destination goes on; it stays in the table.</summary>
    /// <param name="session">The writing session (the act of a person is recorded in the same one).</param>
    /// <param name="number">The item's number.</param>
    /// <param name="reason">Why; cut at 1,000 characters.</param>
    /// <returns>False when it does not wait (any more).</returns>
    public bool Park(Session session, long number, string reason)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(reason);
        return session.Execute(
            "UPDATE outbox_item SET state = 'parked', due = @Now, error = @error WHERE number = @number AND state = 'waiting'",
            new { number, Now, error = reason.Length > 1_000 ? reason[..1_000] : reason }) == 1;
    }

    /// <summary>Makes the items of a destination due at once: its peer is back.</summary>
    /// <param name="destination">The peer's name.</param>
    /// <param name="ct">Cancels.</param>
    public async Task HastenAsync(string destination, CancellationToken ct)
    {
        await database.WriteAsync(
            session => session.Execute(
                "UPDATE outbox_item SET due = @Now WHERE destination = @destination AND state = 'waiting' AND due > @Now",
                new { destination, Now }),
            ct).ConfigureAwait(false);
        Signal();
    }

    /// <summary>Removes delivered items that are older than a time, at most 10,000 at once.</summary>
    /// <param name="before">Delivered before this.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>How many were removed.</returns>
    public Task<int> PurgeDeliveredAsync(DateTimeOffset before, CancellationToken ct) => database.WriteAsync(
        session => session.Execute(
            "DELETE FROM outbox_item WHERE number IN (SELECT number FROM outbox_item WHERE state = 'delivered' AND due < @before ORDER BY number LIMIT 10000)",
            new { before = before.ToUnixTimeMilliseconds() }),
        ct);

    /// <summary>What waits for each destination, for health and alarms.</summary>
    /// <param name="ct">Cancels.</param>
    public Task<IReadOnlyList<OutboxLag>> LagAsync(CancellationToken ct) => database.ReadAsync(
        session => session.Query<OutboxLag>(
            """
            SELECT w.destination, w.waiting, i.added AS oldest, i.tries, i.error
            FROM (SELECT destination, count(*) AS waiting, min(number) AS head FROM outbox_item WHERE state = 'waiting' GROUP BY destination) w
            JOIN outbox_item i ON i.number = w.head ORDER BY w.destination
            """),
        ct);

    /// <summary>Waits until something was added (or hastened) since the last wait, or the time is over.</summary>
    /// <param name="longest">When to come back anyway: the next retry.</param>
    /// <param name="ct">Cancels.</param>
    public async Task WaitAsync(TimeSpan longest, CancellationToken ct)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task delay = Task.Delay(longest, clock, both.Token);
        Task signal = added.Reader.ReadAsync(both.Token).AsTask();
        await Task.WhenAny(delay, signal).ConfigureAwait(false);
        await both.CancelAsync().ConfigureAwait(false);
        ct.ThrowIfCancellationRequested();
    }

    private void Signal() => added.Writer.TryWrite(true);

    private static void Check(string value, string name)
    {
        if (string.IsNullOrEmpty(value) || value.Length > 128 || Encoding.UTF8.GetByteCount(value) > 512)
        {
            throw new ArgumentException("1 to 128 characters.", name);
        }
    }
}
