namespace Hufu.Records;

/// <summary>Interrupts the statement that a reader runs once its caller has cancelled, and asks again until the reader ends: a request that comes before the statement has begun finds nothing to interrupt.</summary>
internal sealed class ReadInterruption : IDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);

    private readonly DatabaseLink link;
    private readonly Lock gate = new();
    private readonly Timer timer;
    private readonly CancellationTokenRegistration registration;
    private bool ended;

    internal ReadInterruption(DatabaseLink link, CancellationToken ct)
    {
        this.link = link;
        timer = new Timer(static state => ((ReadInterruption)state!).Ask(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        registration = ct.UnsafeRegister(static state => ((ReadInterruption)state!).timer.Change(TimeSpan.Zero, Again), this);
    }

    private void Ask()
    {
        lock (gate)
        {
            if (!ended)
            {
                try
                {
                    link.Interrupt();
                }
                catch (Exception)
                {
                    // Asked again in a moment; a connection that is gone ends the statement by itself.
                }
            }
        }
    }

    /// <summary>After it the connection is never interrupted on this caller's behalf.</summary>
    public void Dispose()
    {
        registration.Dispose();
        timer.Dispose();
        lock (gate)
        {
            ended = true;
        }
    }
}
