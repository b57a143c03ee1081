using Hufu.Ca.KeyCentre;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;
using Microsoft.Extensions.Logging;

namespace Hufu.Ca.Issuing;

/// <summary>How a settling ended.</summary>
/// <param name="Listed">Intents that had no result.</param>
/// <param name="Settled">Of them, those that have one now.</param>
/// <param name="Failed">Of them, those that ended without a certificate.</param>
/// <param name="Waiting">Of them, those that still wait.</param>
internal sealed record Settlement(int Listed, int Settled, int Failed, int Waiting);

/// <summary>Lists intents without results and settles each once (R10): at start, then at intervals; and tells the key centre of pairs out of use.</summary>
internal sealed partial class SettleJob(Database database, IssuingLine line, KeyCentreClient keyCentre, TimeProvider clock, ILogger log)
{
    private const int MostSilent = 3;
    private const int Most = 1000;

    /// <summary>One round, oldest first.</summary>
    public async Task<Settlement> SettleAsync(CancellationToken ct)
    {
        var numbers = await database.ReadAsync(session => IntentStore.Unsettled(session, Most), ct).ConfigureAwait(false);
        if (numbers.Count > 0)
        {
            LogListed(log, numbers.Count, numbers[0]);
        }

        var (settled, failed, silent) = (0, 0, 0);
        foreach (var number in numbers)
        {
            try
            {
                await line.SettleAsync(number, ct).ConfigureAwait(false);
                settled++;
                silent = 0;
            }
            catch (RefusedException refused) when (Hufu.Messaging.Passing.IsPassing(refused.Refusal.Code))
            {
                // One that the key centre cannot answer must not hold up the others; several in a row mean that it is away, or that nothing can be signed now.
                LogWaits(log, number, refused.Refusal.Evidence);
                if (++silent >= MostSilent)
                {
                    break;
                }
            }
            catch (RefusedException refused)
            {
                failed++;
                LogFailed(log, number, refused.Refusal.ToString());
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogFault(log, fault, number);
            }
        }

        await RetireAsync(ct).ConfigureAwait(false);
        return new Settlement(numbers.Count, settled, failed, numbers.Count - settled - failed);
    }

    private async Task RetireAsync(CancellationToken ct)
    {
        var waiting = await database.ReadAsync(session => RetirementStore.Waiting(session, Most), ct).ConfigureAwait(false);
        foreach (var retirement in waiting)
        {
            try
            {
                if (SerialNumber.TryParse(retirement.Serial, out var serial) && await keyCentre.RetireAsync(retirement.Task, serial, ct).ConfigureAwait(false))
                {
                    await database.WriteAsync(session => RetirementStore.Done(session, retirement.Serial, clock.GetUtcNow().ToUnixTimeMilliseconds()), ct).ConfigureAwait(false);
                }
            }
            catch (RefusedException refused)
            {
                LogNotRetired(log, retirement.Serial, refused.Refusal.ToString());
                break;
            }
        }
    }

    [LoggerMessage(3010, LogLevel.Information, "{Count} intents have no result, the oldest is {Number}; settling")]
    private static partial void LogListed(ILogger log, int count, long number);

    [LoggerMessage(3011, LogLevel.Warning, "Intent {Number} still waits: {Reason}")]
    private static partial void LogWaits(ILogger log, long number, string reason);

    [LoggerMessage(3012, LogLevel.Warning, "Intent {Number} ended without a certificate: {Reason}")]
    private static partial void LogFailed(ILogger log, long number, string reason);

    [LoggerMessage(3013, LogLevel.Error, "Intent {Number} could not be settled")]
    private static partial void LogFault(ILogger log, Exception fault, long number);

    [LoggerMessage(3014, LogLevel.Warning, "The key centre was not told that the pair of {Serial} is out of use: {Reason}")]
    private static partial void LogNotRetired(ILogger log, string serial, string reason);
}
