using System.Collections.Concurrent;

namespace Hufu.Records;

/// <summary>A few connections that only read, each reading session one snapshot.</summary>
internal sealed class ReaderPool : IAsyncDisposable
{
    private readonly DatabaseOptions options;
    private readonly SemaphoreSlim free;
    private readonly ConcurrentBag<DatabaseLink> idle = [];
    private bool disposed;

    internal ReaderPool(DatabaseOptions options)
    {
        this.options = options;
        free = new SemaphoreSlim(options.Readers, options.Readers);
    }

    internal async Task<T> ReadAsync<T>(Func<Session, T> work, CancellationToken ct)
    {
        await free.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed), typeof(Database));
            return await Task.Run(() => Read(work, ct), ct).ConfigureAwait(false);
        }
        finally
        {
            free.Release();
        }
    }

    private T Read<T>(Func<Session, T> work, CancellationToken ct)
    {
        if (!idle.TryTake(out DatabaseLink? link))
        {
            link = DatabaseLink.Open(options, LinkUse.Read);
        }

        bool sound = false;
        var session = new Session(link, writes: false);
        try
        {
            link.BeginReading();
            T result;
            using (new ReadInterruption(link, ct))
            {
                result = work(session);
            }

            link.EndReading();
            sound = true;
            return result;
        }
        catch (DatabaseException) when (ct.IsCancellationRequested)
        {
            throw new OperationCanceledException(ct);
        }
        finally
        {
            session.Close();
            if (!sound)
            {
                sound = TryEnd(link);
            }

            if (sound)
            {
                idle.Add(link);
            }
            else
            {
                link.Dispose();
            }
        }
    }

    private static bool TryEnd(DatabaseLink link)
    {
        try
        {
            if (link.InTransaction)
            {
                link.Rollback();
            }

            return link.IsOpen;
        }
        catch (DatabaseException)
        {
            return false;
        }
    }

    /// <summary>Waits for the readers that are at work and closes all.</summary>
    public async ValueTask DisposeAsync()
    {
        Volatile.Write(ref disposed, true);
        for (int i = 0; i < options.Readers; i++)
        {
            await free.WaitAsync().ConfigureAwait(false);
        }

        while (idle.TryTake(out DatabaseLink? link))
        {
            link.Dispose();
        }

        // Callers that still wait see `disposed`.
        free.Release(options.Readers);
    }
}
