namespace Hufu.Records;

/// <summary>
/// A few connections that only read, each reading session one snapshot. Each has a thread of its own: what waits for a database must not hold a thread of the pool, of which there are as many as processors; when two
/// waited on two processors, nobody was left to go on with what they waited for, and everything stood for up to a second.
/// </summary>
internal sealed class ReaderPool : IAsyncDisposable
{
    private readonly DatabaseOptions options;
    private readonly object gate = new();
    private readonly Queue<ReadWork> waiting = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int threads;
    private int free;
    private bool disposed;

    internal ReaderPool(DatabaseOptions options) => this.options = options;

    internal async Task<T> ReadAsync<T>(Func<Session, T> work, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var read = new ReadWork<T>(work, ct);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, typeof(Database));
            waiting.Enqueue(read);
            if (waiting.Count > free && threads < options.Readers)
            {
                threads++;
                new Thread(Loop) { IsBackground = true, Name = "reader " + Path.GetFileName(options.Name) }.Start();
            }
            else
            {
                Monitor.Pulse(gate);
            }
        }

        using (ct.UnsafeRegister(static (state, token) => ((ReadWork<T>)state!).Cancel(token), read))
        {
            return await read.Task.ConfigureAwait(false);
        }
    }

    private void Loop()
    {
        DatabaseLink? link = null;
        try
        {
            while (Next() is { } work)
            {
                Carry(work, ref link);
            }
        }
        finally
        {
            link?.Dispose();
            lock (gate)
            {
                if (--threads == 0 && disposed)
                {
                    ended.TrySetResult();
                }
            }
        }
    }

    private void Carry(ReadWork work, ref DatabaseLink? link)
    {
        if (!work.TryStart())
        {
            return;
        }

        try
        {
            link ??= DatabaseLink.Open(options, LinkUse.Read);
            if (!work.Run(link))
            {
                DatabaseLink broken = link;
                link = null;
                broken.Dispose();
            }

            work.Complete();
        }
        catch (Exception e)
        {
            // Nothing ends a reader but the pool's end.
            work.Fail(e);
        }
    }

    private ReadWork? Next()
    {
        lock (gate)
        {
            while (waiting.Count == 0)
            {
                if (disposed)
                {
                    return null;
                }

                free++;
                Monitor.Wait(gate);
                free--;
            }

            return waiting.Dequeue();
        }
    }

    /// <summary>Waits for the readers that are at work and closes all; whoever waited for one is told that the database is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        List<ReadWork> left;
        lock (gate)
        {
            left = [.. waiting];
            waiting.Clear();
            disposed = true;
            Monitor.PulseAll(gate);
            if (threads == 0)
            {
                ended.TrySetResult();
            }
        }

        foreach (ReadWork work in left.Where(work => work.TryStart()))
        {
            work.Fail(new ObjectDisposedException(nameof(Database)));
        }

        await ended.Task.ConfigureAwait(false);
    }
}
