namespace Hufu.Modules.Tests.Records;

/// <summary>A clock that stands until it is moved; timers fire when it passes them.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly Lock guard = new();
    private readonly List<ManualTimer> timers = [];
    private DateTimeOffset now = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow()
    {
        lock (guard)
        {
            return now;
        }
    }

    internal void Set(DateTimeOffset time)
    {
        lock (guard)
        {
            now = time;
        }

        Fire();
    }

    internal void Advance(TimeSpan by) => Set(GetUtcNow() + by);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void Fire()
    {
        while (true)
        {
            ManualTimer? due;
            lock (guard)
            {
                due = timers.FirstOrDefault(t => t.Due <= now);
                if (due is null)
                {
                    return;
                }

                timers.Remove(due);
            }

            due.Run();
        }
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        internal DateTimeOffset Due { get; private set; }

        internal void Run() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.guard)
            {
                clock.timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = clock.now + dueTime;
                    clock.timers.Add(this);
                }
            }

            clock.Fire();
            return true;
        }

        public void Dispose()
        {
            lock (clock.guard)
            {
                clock.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
