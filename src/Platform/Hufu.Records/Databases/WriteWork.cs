namespace Hufu.Records;

/// <summary>A work that waits for the writer. Either its caller cancels it while it waits, or the writer starts it: never both.</summary>
internal abstract class WriteWork
{
    private int state; // 0 waits, 1 started, 2 cancelled

    internal Session? Session { get; set; }

    internal bool TryStart() => Interlocked.CompareExchange(ref state, 1, 0) == 0;

    protected bool TryCancelWaiting() => Interlocked.CompareExchange(ref state, 2, 0) == 0;

    internal abstract void Run(Session session);

    internal abstract void Complete();

    internal abstract void Fail(Exception exception);
}

/// <summary>A work with its result and the task that its caller waits for.</summary>
internal sealed class WriteWork<T>(Func<Session, T> work) : WriteWork
{
    private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? result;

    internal Task<T> Task => done.Task;

    internal void Cancel(CancellationToken token)
    {
        if (TryCancelWaiting())
        {
            done.TrySetCanceled(token);
        }
    }

    internal override void Run(Session session) => result = work(session);

    internal override void Complete() => done.TrySetResult(result!);

    internal override void Fail(Exception exception) => done.TrySetException(exception);
}
