using System.Collections.Concurrent;
using Hufu.Contracts;

namespace Hufu.Ca.Issuing;

/// <summary>Orders that wait at the same time go through the steps together, in companies as large as the queue is long; a lone one waits for nobody, and while it is under way the others gather.</summary>
/// <param name="group">Carries companies.</param>
/// <param name="alone">Carries one.</param>
internal sealed class IssuingQueue(IssuingGroup group, Func<IssuingTask, Task<PairIssued>> alone)
{
    private const int Most = 64;
    private static readonly int s_atOnce = Math.Clamp(Environment.ProcessorCount, 2, 8);
    private readonly ConcurrentQueue<IssuingTask> waiting = new();
    private int running;

    /// <summary>Ends when the order has its reply, or its company is through with it.</summary>
    public async Task PassAsync(IssuingTask task)
    {
        waiting.Enqueue(task);
        Wake();
        await task.Ended.ConfigureAwait(false);
    }

    private void Wake()
    {
        while (!waiting.IsEmpty)
        {
            var now = Volatile.Read(ref running);
            if (now >= s_atOnce)
            {
                return;
            }

            if (Interlocked.CompareExchange(ref running, now + 1, now) == now)
            {
                _ = Task.Run(DrainAsync);
                return;
            }
        }
    }

    private async Task DrainAsync()
    {
        try
        {
            while (Take() is { Count: > 0 } company)
            {
                await CarryAsync(company).ConfigureAwait(false);
            }
        }
        finally
        {
            Interlocked.Decrement(ref running);
            Wake();
        }
    }

    private List<IssuingTask> Take()
    {
        List<IssuingTask> company = [];
        while (company.Count < Most && waiting.TryPeek(out var next) && (company.Count == 0 || next.Requester == company[0].Requester) && waiting.TryDequeue(out var task))
        {
            company.Add(task);
        }

        return company;
    }

    private async Task CarryAsync(List<IssuingTask> company)
    {
        try
        {
            if (company.Count == 1)
            {
                company[0].Reply = await alone(company[0]).ConfigureAwait(false);
            }
            else
            {
                await group.CarryAsync(company[0].Requester, company, CancellationToken.None).ConfigureAwait(false);
            }

            company.ForEach(task => task.End());
        }
        catch (Exception fault)
        {
            company.ForEach(task => task.Fail(fault));
        }
    }
}
