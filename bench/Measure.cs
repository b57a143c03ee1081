/// <summary>Rates by the CPU time of this process, ours and the peer's in turn, medians of five.</summary>
internal static class Measure
{
    private const int Samples = 5;
    private static readonly TimeSpan SampleTime = TimeSpan.FromMilliseconds(200);

    /// <summary>A row.</summary>
    /// <param name="row">Its name.</param>
    /// <param name="ours">One call of ours.</param>
    /// <param name="oursItems">Operations in one call of ours.</param>
    /// <param name="peer">One call of the peer, or null.</param>
    /// <param name="peerItems">Operations in one call of the peer.</param>
    internal static BenchRow Pair(string row, Action ours, int oursItems, Action? peer, int peerItems)
    {
        int oursCalls = Calls(ours), peerCalls = peer is null ? 0 : Calls(peer);
        double[] a = new double[Samples], b = new double[Samples];
        for (int i = 0; i < Samples; i++)
        {
            a[i] = Rate(ours, oursCalls) * oursItems;
            b[i] = peer is null ? 0 : Rate(peer, peerCalls) * peerItems;
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        ours();
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Array.Sort(a);
        Array.Sort(b);
        double mine = a[Samples / 2], theirs = b[Samples / 2];
        return new BenchRow(row, mine, peer is null ? null : theirs, peer is null ? null : mine / theirs, bytes);
    }

    // So many calls that a sample lasts; finding out warms up.
    private static int Calls(Action action)
    {
        for (int warm = 0; warm < 3; warm++)
        {
            Rate(action, 50);
            Thread.Sleep(60); // the compiler's second tier works in the background
        }

        for (int calls = 1; ; calls *= 2)
        {
            TimeSpan start = Environment.CpuUsage.TotalTime;
            for (int i = 0; i < calls; i++)
            {
                action();
            }

            TimeSpan taken = Environment.CpuUsage.TotalTime - start;
            if (taken >= SampleTime / 2)
            {
                return Math.Max(1, (int)(calls * (SampleTime / taken)));
            }
        }
    }

    private static double Rate(Action action, int calls)
    {
        TimeSpan start = Environment.CpuUsage.TotalTime;
        for (int i = 0; i < calls; i++)
        {
            action();
        }

        return calls / (Environment.CpuUsage.TotalTime - start).TotalSeconds;
    }
}
