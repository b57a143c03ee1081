using System.DirectoryServices.Protocols;
using Hufu.Hosting;
using Hufu.Publishing.Crls;
using Microsoft.Extensions.Logging;

namespace Hufu.Publishing.Ldap;

/// <summary>Works off one directory's queue: in order, again and again until the directory takes it; what it refuses for good is put aside.</summary>
internal sealed partial class DirectoryWorker : IAsyncDisposable
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);

    private readonly RoomContext _context;
    private readonly DirectoryTarget _target;
    private readonly DirectoryTree _tree;
    private readonly CrlFiles _files;
    private readonly DirectoryEntries _entries;
    private readonly SemaphoreSlim _work = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private string? _fault;

    public DirectoryWorker(RoomContext context, DirectoryTarget target, DirectoryTree tree, CrlFiles files)
    {
        (_context, _target, _tree, _files) = (context, target, tree, files);
        _entries = new DirectoryEntries(tree, target.Base);
    }

    /// <summary>The directory.</summary>
    public DirectoryTarget Target => _target;

    /// <summary>Begins.</summary>
    public void Start() => _running = Task.Run(() => RunAsync(_stop.Token), CancellationToken.None);

    /// <summary>Something was queued.</summary>
    public void Wake()
    {
        try
        {
            _work.Release();
        }
        catch (SemaphoreFullException)
        {
            // Awake already.
        }
    }

    /// <summary>A connection for comparing.</summary>
    public DirectoryLink Connect() => new(_target, _context.DataDirectory, _entries);

    /// <summary>Its entries.</summary>
    public DirectoryEntries Entries => _entries;

    /// <summary>What is wrong with it; lag, refusals.</summary>
    public async Task<RoomCheck> CheckAsync(CancellationToken ct)
    {
        var state = await _context.Database.ReadAsync(session => DirectoryQueue.State(session, _target.Name), ct);
        var age = state.Oldest is >= 0 and var oldest ? _context.Clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(oldest) : TimeSpan.Zero;
        var late = age > TimeSpan.FromMinutes(_tree.LagAlarmMinutes);
        var fault = Volatile.Read(ref _fault);
        return new RoomCheck(
            $"directory-{_target.Name}", !late && state.Refused == 0,
            $"{state.Waiting} waiting{(state.Oldest < 0 ? "" : $", the oldest for {age.TotalMinutes:0} minutes")}, {state.Refused} refused{(fault is null ? "" : $"; {fault}")}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        _work.Dispose();
    }

    private async Task RunAsync(CancellationToken ct)
    {
        var pause = s_firstPause;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await DrainAsync(ct);
                Volatile.Write(ref _fault, null);
                pause = s_firstPause;
                await _work.WaitAsync(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever a directory does, its queue waits and is tried again; the others go on.
            catch (Exception fault)
            {
                if (Interlocked.Exchange(ref _fault, fault.Message) is null)
                {
                    LogAway(_context.Log, fault, _target.Name);
                }

                // By the room's clock: a day's outage can be tried in a test. Something new that is queued does not shorten it.
                await Task.Delay(pause, _context.Clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 > s_longestPause ? s_longestPause : pause * 2;
            }
#pragma warning restore CA1031
        }
    }

    private async Task DrainAsync(CancellationToken ct)
    {
        DirectoryLink? link = null;
        try
        {
            while (await _context.Database.ReadAsync(session => DirectoryQueue.Next(session, _target.Name), ct) is { } item)
            {
                try
                {
                    link ??= Connect();
                    await TellAsync(link, item, ct);
                    await _context.Database.WriteAsync(session => DirectoryQueue.Done(session, item.Number), ct);
                }
                catch (DirectoryOperationException refused) when (IsForGood(refused))
                {
                    LogRefused(_context.Log, refused, _target.Name, item.Kind, item.Object);
                    await _context.Database.WriteAsync(session => DirectoryQueue.Refuse(session, _target.Name, item, refused.Message, _context.Clock.GetUtcNow()), ct);
                }
                catch (Exception fault) when (fault is not OperationCanceledException)
                {
                    await _context.Database.WriteAsync(session => DirectoryQueue.Failed(session, item.Number, fault.Message), ct);
                    throw;
                }
            }
        }
        finally
        {
            link?.Dispose();
        }
    }

    private async Task TellAsync(DirectoryLink link, DirectoryQueue.QueuedItem item, CancellationToken ct)
    {
        var duty = await _context.Database.ReadAsync(session => DirectoryShelf.Read(session, _entries, _tree, _files, _context.Clock.GetUtcNow(), item.Kind, item.Object), ct);
        if (duty is { Entry: { } entry })
        {
            link.Put(entry);
        }
        else if (duty is not null)
        {
            link.Remove(duty.Dn);
        }
    }

    // What another try cannot mend: the directory's schema and rules.
    private static bool IsForGood(DirectoryOperationException refused) => refused.Response?.ResultCode is ResultCode.ObjectClassViolation or ResultCode.InvalidAttributeSyntax or ResultCode.InvalidDNSyntax
        or ResultCode.NamingViolation or ResultCode.UndefinedAttributeType or ResultCode.ConstraintViolation or ResultCode.ObjectClassModificationsProhibited;

    [LoggerMessage(20, LogLevel.Error, "The directory {Target} cannot be told; its queue waits")]
    private static partial void LogAway(ILogger log, Exception fault, string target);

    [LoggerMessage(21, LogLevel.Error, "The directory {Target} refuses the {Kind} {What}; it was put aside")]
    private static partial void LogRefused(ILogger log, Exception fault, string target, string kind, string what);
}
