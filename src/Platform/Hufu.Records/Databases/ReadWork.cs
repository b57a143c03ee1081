namespace Hufu.Records;

/// <summary>A work that waits for a reader. Either its caller cancels it while it waits, or a reader starts it: never both.</summary>
internal abstract class ReadWork
{
    private int state; // 0 waits, 1 started, 2 cancelled

    internal bool TryStart() => Interlocked.CompareExchange(ref state, 1, 0) == 0;

    protected bool TryCancelWaiting() => Interlocked.CompareExchange(ref state, 2, 0) == 0;

    /// <summary>Reads, and keeps what comes of it; throws nothing that the work threw.</summary>
    /// <returns>Whether the connection is sound.</returns>
    internal abstract bool Run(DatabaseLink link);

    /// <summary>Ends the caller's task, last of all.</summary>
    internal abstract void Complete();

    internal abstract void Fail(Exception exception);
}

/// <summary>A work with its result and the task that its caller waits for.</summary>
internal sealed class ReadWork<T>(Func<Session, T> work, CancellationToken ct) : ReadWork
{
    private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? result;
    private Exception? fault;

    internal Task<T> Task => done.Task;

    internal void Cancel(CancellationToken token)
    {
        if (TryCancelWaiting())
        {
            done.TrySetCanceled(token);
        }
    }

    internal override bool Run(DatabaseLink link)
    {
        var session = new Session(link, writes: false);
        try
        {
            link.BeginReading();
            using (new ReadInterruption(link, ct))
            {
                result = work(session);
            }

            link.EndReading();
            return true;
        }
        catch (Exception e)
        {
            fault = e is DatabaseException && ct.IsCancellationRequested ? new OperationCanceledException(ct) : e;
            return TryEnd(link);
        }
        finally
        {
            session.Close();
        }
    }

    internal override void Complete()
    {
        switch (fault)
        {
            case null:
                done.TrySetResult(result!);
                break;
            case OperationCanceledException cancelled when ct.IsCancellationRequested:
                done.TrySetCanceled(cancelled.CancellationToken);
                break;
            default:
                done.TrySetException(fault);
                break;
        }
    }

    internal override void Fail(Exception exception) => done.TrySetException(exception);

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
}
