using Hufu.Ca.Authorities;
using Hufu.Contracts;
using Hufu.Records;
using Microsoft.Extensions.Logging;

namespace Hufu.Ca;

/// <summary>Tells who answers about status, every few minutes, that the CA is at work and has said everything until now: without it the status service cannot know a quiet CA from one that is cut off.</summary>
internal sealed partial class AliveBeat(Database database, AuthorityRegister authorities, IFactOutlet facts, TimeProvider clock, ILogger log)
{
    /// <summary>From one word to the next. Well within the life of a status answer.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(5);

    /// <summary>Speaks until cancelled; once at once.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (authorities.Current is { } all)
                {
                    await database.WriteAsync(session => Tell(session, all), ct).ConfigureAwait(false);
                }
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogFault(log, fault);
            }

            await Task.Delay(Every, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Of every CA below a root, whatever its state: what it has issued is asked about until it ends. A root's list speaks for itself.
    private void Tell(Session session, AuthoritySet all)
    {
        var now = clock.GetUtcNow();
        foreach (var authority in all.All.Where(one => !one.Certificate.IsSelfIssued))
        {
            facts.Publish(session, new AuthorityAlive(authority.Name, now));
        }
    }

    [LoggerMessage(3001, LogLevel.Error, "The word to the status service could not be left")]
    private static partial void LogFault(ILogger log, Exception fault);
}
