using System.Diagnostics;

namespace Hufu.Ca.Issuing;

/// <summary>
/// Orders that wait at the same time go through the steps together. Those who were answered a moment ago are on their way back with their next order, so a company waits until all are there that will come, parted evenly
/// among the companies that can be under way; otherwise the first to come back would go alone, with three durable commits of its own, and all others behind it. For a part of the time that a company takes, at most;
/// a lone one waits for nobody.
/// </summary>
/// <param name="together">Carries a company of one room's orders.</param>
/// <param name="alone">Carries one.</param>
/// <param name="atOnce">How many companies may be under way.</param>
/// <param name="patience">How long those on their way back are waited for, after a company that took so long.</param>
internal sealed class IssuingQueue(Func<IReadOnlyList<IssuingTask>, Task> together, Func<IssuingTask, Task> alone, int atOnce, Func<TimeSpan, TimeSpan> patience)
{
    private const int Most = 64;
    private const int Least = 4;
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(20);
    private readonly Lock turn = new();
    private readonly Queue<IssuingTask> waiting = new();
    private TaskCompletionSource<List<IssuingTask>>? gathering;
    private int running;
    private int carried;

    // Answered and not seen again yet; when the last were, and how long theirs took.
    private int away;
    private long answered;
    private TimeSpan took;

    public IssuingQueue(Func<IReadOnlyList<IssuingTask>, Task> together, Func<IssuingTask, Task> alone)
        : this(together, alone, Math.Clamp(Environment.ProcessorCount, 2, 8), static took => took / 2 < s_longest ? took / 2 : s_longest)
    {
    }

    private TimeSpan Patience => patience(took);

    private int Share => Math.Clamp((carried + waiting.Count + away + atOnce - 1) / atOnce, Least, Most);

    private bool IsEnough => away == 0 || waiting.Count >= Share;

    /// <summary>Ends when the order has its reply, or its company is through with it.</summary>
    public async Task PassAsync(IssuingTask task)
    {
        lock (turn)
        {
            waiting.Enqueue(task);
            away = away > 0 && Stopwatch.GetElapsedTime(answered) < Patience ? away - 1 : 0;
            if (gathering is null)
            {
                BeginAnother();
            }
            else if (IsEnough)
            {
                var gatherer = gathering;
                gathering = null;
                gatherer.SetResult(Take());
            }
        }

        await task.Ended.ConfigureAwait(false);
    }

    // Under the lock.
    private void BeginAnother()
    {
        if (waiting.Count > 0 && running < atOnce)
        {
            running++;
            _ = Task.Run(DrainAsync);
        }
    }

    private async Task DrainAsync()
    {
        while (await NextAsync().ConfigureAwait(false) is { } company)
        {
            await CarryAsync(company).ConfigureAwait(false);
        }
    }

    // Null: nobody waits, or another gathers who wait; the caller ends.
    private async Task<List<IssuingTask>?> NextAsync()
    {
        TaskCompletionSource<List<IssuingTask>> mine;
        lock (turn)
        {
            if (waiting.Count == 0 || gathering is not null)
            {
                running--;
                return null;
            }

            if (IsEnough)
            {
                return Take();
            }

            gathering = mine = new TaskCompletionSource<List<IssuingTask>>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        await ((Task)mine.Task).WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (turn)
        {
            if (mine.Task.IsCompleted)
            {
                return mine.Task.Result;
            }

            // Who is not back by now has gone.
            (gathering, away) = (null, 0);
            return Take();
        }
    }

    // Under the lock.
    private List<IssuingTask> Take()
    {
        var share = Share;
        List<IssuingTask> company = [waiting.Dequeue()];
        while (company.Count < share && waiting.TryPeek(out var next) && next.Requester == company[0].Requester)
        {
            company.Add(waiting.Dequeue());
        }

        carried += company.Count;
        BeginAnother();
        return company;
    }

    private async Task CarryAsync(List<IssuingTask> company)
    {
        var began = Stopwatch.GetTimestamp();
        Exception? fault = null;
        try
        {
            await (company.Count == 1 ? alone(company[0]) : together(company)).ConfigureAwait(false);
        }
        catch (Exception thrown)
        {
            fault = thrown;
        }

        // Counted as away before the first of them can be back.
        lock (turn)
        {
            carried -= company.Count;
            away += company.Count;
            (answered, took) = (Stopwatch.GetTimestamp(), Stopwatch.GetElapsedTime(began));
        }

        if (fault is null)
        {
            company.ForEach(static task => task.End());
        }
        else
        {
            company.ForEach(task => task.Fail(fault));
        }
    }
}
