using System.Collections.Concurrent;
using Hufu.Ca.Issuing;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>How orders that wait at the same time are gathered in companies; issuing itself is played by a gate.</summary>
public sealed class IssuingQueueTests
{
    private static readonly TimeSpan s_guard = TimeSpan.FromMinutes(2);
    private readonly ConcurrentQueue<int> sizes = new();

    [Fact]
    public async Task Sixteen_clients_fall_into_two_even_companies_and_stay_there()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stopped = false;
        var queue = Queue(2, TimeSpan.FromHours(1), async _ =>
        {
            await gate.Task;
            if (sizes.Count >= 40)
            {
                stopped = true;
                enough.TrySetResult();
            }

            if (stopped)
            {
                throw new OperationCanceledException("the test is over");
            }
        });
        Task[] clients = [.. Enumerable.Range(0, 16).Select(async _ =>
        {
            while (true)
            {
                await queue.PassAsync(Order());
            }
        })];
        gate.SetResult();
        await enough.Task.WaitAsync(s_guard, TestContext.Current.CancellationToken);

        // The first two began before all had come.
        Assert.All(sizes.Skip(2).Take(30), size => Assert.Equal(8, size));
        Assert.All(clients, client => Assert.False(client.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task A_lone_client_and_two_wait_for_nobody()
    {
        var queue = Queue(2, TimeSpan.FromHours(1), static _ => Task.Delay(1));
        for (var i = 0; i < 10; i++)
        {
            await queue.PassAsync(Order()).WaitAsync(s_guard, TestContext.Current.CancellationToken);
        }

        await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ => await queue.PassAsync(Order()))).WaitAsync(s_guard, TestContext.Current.CancellationToken);
        Assert.All(sizes.Take(10), size => Assert.Equal(1, size));
        Assert.Equal(12, sizes.Sum());
    }

    [Fact]
    public async Task Who_has_gone_is_not_waited_for_for_long()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var queue = Queue(1, TimeSpan.FromMilliseconds(200), _ => gate.Task);
        Task[] crowd = [.. Enumerable.Range(0, 9).Select(_ => queue.PassAsync(Order()))];
        gate.SetResult();
        await Task.WhenAll(crowd).WaitAsync(s_guard, TestContext.Current.CancellationToken);
        await queue.PassAsync(Order()).WaitAsync(s_guard, TestContext.Current.CancellationToken);
        Assert.Equal(10, sizes.Sum());
    }

    [Fact]
    public async Task Nobody_is_left_behind_whatever_comes_when_and_a_fault_reaches_each_of_its_company()
    {
        var queue = Queue(3, TimeSpan.FromTicks(1), async size =>
        {
            await Task.Yield();
            if (size % 3 == 2)
            {
                throw new InvalidOperationException("a fault");
            }
        });
        var faults = 0;
        await Task.WhenAll(Enumerable.Range(0, 40).Select(client => Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                try
                {
                    await queue.PassAsync(Order(client % 2 == 0 ? "ra" : "ra-2"));
                }
                catch (InvalidOperationException)
                {
                    Interlocked.Increment(ref faults);
                }
            }
        }))).WaitAsync(s_guard, TestContext.Current.CancellationToken);
        Assert.Equal(4_000, sizes.Sum());
        Assert.Equal(sizes.Where(size => size % 3 == 2).Sum(), faults);
        Assert.All(sizes, size => Assert.InRange(size, 1, 64));
    }

    private IssuingQueue Queue(int atOnce, TimeSpan patience, Func<int, Task> issue)
    {
        return new IssuingQueue(
            company =>
            {
                Assert.Single(company.Select(task => task.Requester).Distinct());
                return Carry(company.Count);
            },
            _ => Carry(1), atOnce, _ => patience);

        async Task Carry(int size)
        {
            await Task.Yield();
            sizes.Enqueue(size);
            await issue(size);
        }
    }

    private static IssuingTask Order(string requester = "ra") => new(null!, requester, "", NobodyWaits.Instance);
}
