using System.Collections.Concurrent;
using Hufu.Records;

namespace Hufu.Messaging;

/// <summary>
/// Sends what waits in the outbox: woken by commits, lane by lane (<see cref="Lane"/>), several lanes at once. A lane that fails is tried again after twice
/// as long each time, up to a cap; a room that is not reached is asked by one lane at a time until it is back.
/// </summary>
internal sealed class Dispatcher(PostOptions options, Outbox outbox, Courier courier, KeptBodies kept, IReadOnlyDictionary<string, IAnswerDoor> answers) : IAsyncDisposable
{
    private const int PerLane = 32;
    private const int AtOnce = 512;
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Task> _lanes = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _retries = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _unreached = new();
    private readonly ConcurrentQueue<string> _hastened = new();
    private readonly SemaphoreSlim _slots = new(options.Parallel);
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _wake = New();
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = Task.Run(() => LoopAsync(_stop.Token));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_lanes.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await outbox.ReleaseAsync(options.DispatcherName, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DatabaseException or ObjectDisposedException)
        {
            // The claim ends by itself.
        }

        _stop.Dispose();
        _slots.Dispose();
    }

    /// <summary>A room is back or newly registered: its facts go out at once, its orders no later than one retry.</summary>
    public void Hasten(string room)
    {
        _unreached.TryRemove(room, out _);
        _hastened.Enqueue(room);
        Wake();
    }

    private async Task LoopAsync(CancellationToken ct)
    {
        DateTimeOffset claimedUntil = DateTimeOffset.MinValue;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                DateTimeOffset now = options.Clock.GetUtcNow();
                if (claimedUntil - now < s_lease / 2)
                {
                    claimedUntil = await outbox.TryClaimAsync(options.DispatcherName, s_lease, ct).ConfigureAwait(false) ? now + s_lease : DateTimeOffset.MinValue;
                }

                while (_hastened.TryDequeue(out string? room))
                {
                    await outbox.HastenAsync(room, ct).ConfigureAwait(false);
                }

                if (claimedUntil > now)
                {
                    StartLanes(await outbox.PeekDueAsync(options.DispatcherName, PerLane, AtOnce, ct).ConfigureAwait(false), ct);
                }

                await WaitAsync(ct).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return; // the database is closed
            }
            catch (Exception e)
            {
                options.OnFault?.Invoke("", "the dispatcher's loop", e);
                await Task.Delay(s_longestWait, options.Clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void StartLanes(IReadOnlyList<OutboxEntry> due, CancellationToken ct)
    {
        foreach (IGrouping<string, OutboxEntry> lane in due.GroupBy(e => e.Destination))
        {
            if (!_lanes.ContainsKey(lane.Key))
            {
                TaskCompletionSource ended = New();
                _lanes[lane.Key] = ended.Task;
                OutboxEntry[] entries = [.. lane];
                _ = Task.Run(() => WorkAsync(entries, ended, ct), CancellationToken.None);
            }
        }
    }

    private async Task WorkAsync(OutboxEntry[] entries, TaskCompletionSource ended, CancellationToken ct)
    {
        string lane = entries[0].Destination;
        try
        {
            await _slots.WaitAsync(ct).ConfigureAwait(false);
            try
            {
                foreach (OutboxEntry entry in entries)
                {
                    if (!await TryOrWaitAsync(entry, lane, ct).ConfigureAwait(false))
                    {
                        break;
                    }

                    _retries.TryRemove(lane, out _);
                }
            }
            finally
            {
                _slots.Release();
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // What was not delivered waits in the outbox.
        }
        catch (Exception e)
        {
            options.OnFault?.Invoke("", $"delivering to {lane}", e);
        }
        finally
        {
            _lanes.TryRemove(lane, out _);
            ended.SetResult();
            Wake();
        }
    }

    // Whatever goes wrong with an entry, it waits its turn like one that was not delivered: nothing is tried again without a pause.
    private async Task<bool> TryOrWaitAsync(OutboxEntry entry, string lane, CancellationToken ct)
    {
        try
        {
            return await TryDeliverAsync(entry, Lane.RoomOf(lane), ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (OperationCanceledException or ObjectDisposedException))
        {
            options.OnFault?.Invoke("", $"delivering to {lane}", e);
            return await LaterAsync(entry, options.Clock.GetUtcNow() + Pause(entry.Tries), $"It cannot be sent: {e.Message}", ct).ConfigureAwait(false);
        }
    }

    /// <summary>False when the entry, and with it its lane, must wait.</summary>
    private async Task<bool> TryDeliverAsync(OutboxEntry entry, string room, CancellationToken ct)
    {
        DateTimeOffset now = options.Clock.GetUtcNow();
        if (_unreached.TryGetValue(room, out DateTimeOffset until) && until > now)
        {
            return await LaterAsync(entry, until, $"The room '{room}' is not reached; another message asks for it.", ct).ConfigureAwait(false);
        }

        bool order = entry.Kind.StartsWith(Post.OrderKind, StringComparison.Ordinal);
        if (order)
        {
            entry = entry with { Body = kept.Open(entry.Id, entry.Body) };
        }

        string type = entry.Kind[(order ? Post.OrderKind : Post.FactKind).Length..];
        DateTimeOffset next = now + Pause(entry.Tries);
        OpenedAnswer answer;
        try
        {
            answer = await courier.DeliverAsync(room, type, entry.Id, entry.Body, order ? Sealing.Enveloped : Sealing.Signed, ct).ConfigureAwait(false);
        }
        catch (TransportException e)
        {
            if (e.Refusal is null)
            {
                _unreached[room] = next;
            }

            return await LaterAsync(entry, next, e.Message, ct).ConfigureAwait(false);
        }

        _unreached.TryRemove(room, out _);
        if (answer.Refusal is { } refusal && (!order || Passing.IsPassing(refusal.Code)))
        {
            // A fact is never given up: a refusal of any kind keeps it, and those behind it, waiting where LagAsync shows it.
            return await LaterAsync(entry, next, $"{refusal.Code}: {refusal.Evidence}", ct).ConfigureAwait(false);
        }

        try
        {
            await options.Database.WriteAsync(session => Settle(session, entry, room, type, order, answer), CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is not ObjectDisposedException)
        {
            options.OnFault?.Invoke("", $"the answer of {room} to {type} {entry.Id}", e);
            return await LaterAsync(entry, next, $"The answer could not be taken in: {e.Message}", ct).ConfigureAwait(false);
        }
    }

    private void Settle(Session session, OutboxEntry entry, string room, string type, bool order, OpenedAnswer answer)
    {
        // Once: whoever removes the entry from the queue takes the answer in, in the same transaction.
        if (outbox.MarkDelivered(session, entry.Number) && order)
        {
            Answers.Add(session, room, entry.Id, type, answer, options.Clock.GetUtcNow());
            answers[type].Run(session, entry, room, answer);
        }
    }

    private async Task<bool> LaterAsync(OutboxEntry entry, DateTimeOffset next, string why, CancellationToken ct)
    {
        _retries[entry.Destination] = next;
        await outbox.MarkRetryAsync(entry.Number, next, why, ct).ConfigureAwait(false);
        return false;
    }

    private TimeSpan Pause(long tries)
    {
        double pause = options.RetryFirst.TotalMilliseconds * Math.Pow(2, Math.Min(tries, 30));
        return TimeSpan.FromMilliseconds(Math.Min(pause, options.RetryCap.TotalMilliseconds));
    }

    /// <summary>Until a commit left something, a lane ended, a retry is due, or a while has passed.</summary>
    private async Task WaitAsync(CancellationToken ct)
    {
        TimeSpan longest = s_longestWait;
        DateTimeOffset now = options.Clock.GetUtcNow();
        foreach ((string lane, DateTimeOffset at) in _retries)
        {
            if (at <= now)
            {
                _retries.TryRemove(KeyValuePair.Create(lane, at)); // due: the next look finds it
                longest = TimeSpan.Zero;
            }
            else if (at - now < longest)
            {
                longest = at - now;
            }
        }

        if (longest <= TimeSpan.Zero)
        {
            return;
        }

        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task woken = Volatile.Read(ref _wake).Task;
        Task signalled = outbox.WaitAsync(longest, either.Token);
        await Task.WhenAny(woken, signalled).ConfigureAwait(false);
        await either.CancelAsync().ConfigureAwait(false);
        await signalled.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (woken.IsCompleted)
        {
            Interlocked.CompareExchange(ref _wake, New(), _wake);
        }

        ct.ThrowIfCancellationRequested();
    }

    private void Wake() => Volatile.Read(ref _wake).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
