using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Hufu.Records;

/// <summary>The one writer of a database: a thread that carries waiting works in groups, one durable commit a group.</summary>
/// <remarks>
/// A work that throws is rolled back alone (savepoint); the others commit together. A work's task ends only after the commit. When the engine gives the whole transaction up
/// (disk full, failed write), every work of the group fails and nothing of it is kept.
/// </remarks>
internal sealed class GroupWriter : IAsyncDisposable
{
    private const int FewAnswers = 16;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(4);

    private readonly DatabaseLink link;
    private readonly DatabaseOptions options;
    private readonly Channel<WriteWork> waiting;
    private readonly List<WriteWork> group = [];
    private TimeSpan lastCommit;
    private int lastGroup;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal GroupWriter(DatabaseLink link, DatabaseOptions options)
    {
        this.link = link;
        this.options = options;
        waiting = Channel.CreateBounded<WriteWork>(new BoundedChannelOptions(options.MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        new Thread(Loop) { IsBackground = true, Name = "writer " + Path.GetFileName(options.Name) }.Start();
    }

    /// <summary>Takes a work when there is room for it.</summary>
    internal bool TryEnqueue(WriteWork work) => waiting.Writer.TryWrite(work);

    internal async ValueTask EnqueueAsync(WriteWork work, CancellationToken ct)
    {
        try
        {
            await waiting.Writer.WriteAsync(work, ct).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(Database));
        }
    }

    /// <summary>Takes no more works, carries out those that wait, and ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await ended.Task.ConfigureAwait(false);
        link.Dispose();
    }

    private void Loop()
    {
        try
        {
            while (waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (waiting.Reader.TryRead(out WriteWork? first))
                {
                    CarryGroup(first);
                }
            }
        }
        finally
        {
            ended.TrySetResult();
        }
    }

    private void CarryGroup(WriteWork first)
    {
        WriteWork? next = first;
        long began = options.Clock.GetTimestamp();
        bool open = false;
        try
        {
            while (true)
            {
                if (next.TryStart() && (open || TryBegin(next)))
                {
                    open = Carry(next);
                }

                if (group.Count >= options.MaxGroup || options.Clock.GetElapsedTime(began) >= options.MaxGroupTime || (!waiting.Reader.TryRead(out next) && !AwaitMore(out next)))
                {
                    break;
                }
            }

            if (open)
            {
                var last = new Session(link, writes: true);
                foreach (WriteWork work in group)
                {
                    work.Session!.Committing(last);
                }

                long committing = Stopwatch.GetTimestamp();
                link.Commit();
                lastCommit = Stopwatch.GetElapsedTime(committing);
                open = false;
            }
        }
        catch (Exception e)
        {
            GiveUp(e);
            return;
        }

        lastGroup = group.Count;
        foreach (WriteWork work in group)
        {
            work.Session!.Committed(options.OnFault);
        }

        Answer();
    }

    // The callers of a large group are told beside the writer, which begins the next group meanwhile.
    private void Answer()
    {
        if (group.Count > FewAnswers)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static works => AnswerAll(works), group.ToArray(), preferLocal: false);
        }
        else
        {
            AnswerAll(group);
        }

        group.Clear();
    }

    private static void AnswerAll(IReadOnlyList<WriteWork> works)
    {
        foreach (WriteWork work in works)
        {
            work.Complete();
        }
    }

    // Callers that were answered a moment ago are on their way back: as many as last time are waited for, for less time than a commit of their own would take. A lone caller never waits.
    private bool AwaitMore([NotNullWhen(true)] out WriteWork? next)
    {
        next = null;
        if (group.Count == 0 || group.Count >= lastGroup)
        {
            return false;
        }

        TimeSpan longest = lastCommit < LongestWait ? lastCommit / 2 : LongestWait / 2;
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < longest)
        {
            if (waiting.Reader.TryRead(out next))
            {
                return true;
            }

            Thread.Yield();
        }

        return false;
    }

    private bool TryBegin(WriteWork work)
    {
        try
        {
            link.BeginWriting();
            return true;
        }
        catch (DatabaseException e)
        {
            work.Fail(e);
            return false;
        }
    }

    /// <summary>Runs one work inside the open transaction; says whether the transaction is still open.</summary>
    private bool Carry(WriteWork work)
    {
        // The first work needs no savepoint: to roll it back is to roll the transaction back.
        bool alone = group.Count == 0;
        var session = new Session(link, writes: true);
        work.Session = session;
        try
        {
            if (!alone)
            {
                link.Mark();
            }

            work.Run(session);
            session.Close();
            session.ThrowIfDoomed();
            link.Settle();
            if (!link.IsUsable)
            {
                throw new DatabaseException(DatabaseError.TransactionLost, "Database: the transaction was ended or spoilt inside a work; nothing of it is kept.");
            }

            if (!alone)
            {
                link.Unmark();
            }

            group.Add(work);
            return true;
        }
        catch (Exception e)
        {
            session.Close();
            session.RolledBack();
            if (!link.InTransaction)
            {
                work.Fail(e);
                FailGroup(new DatabaseException(DatabaseError.TransactionLost, "Database: another work made the engine give the whole transaction up; nothing of it is kept.", e));
                return false;
            }

            try
            {
                if (alone)
                {
                    link.Rollback();
                }
                else
                {
                    link.ReturnToMark();
                }
            }
            catch (DatabaseException second)
            {
                work.Fail(e);
                GiveUp(second);
                return false;
            }

            work.Fail(e);
            return !alone;
        }
    }

    private void GiveUp(Exception e)
    {
        if (link.InTransaction)
        {
            try
            {
                link.Rollback();
            }
            catch (DatabaseException)
            {
                // The connection holds an unusable transaction: BEGIN refuses every later work with the engine's own words.
            }
        }

        FailGroup(e);
    }

    private void FailGroup(Exception e)
    {
        for (int i = group.Count - 1; i >= 0; i--)
        {
            group[i].Session!.RolledBack();
        }

        foreach (WriteWork work in group)
        {
            work.Fail(e);
        }

        group.Clear();
    }
}
