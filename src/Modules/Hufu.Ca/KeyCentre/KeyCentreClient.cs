using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Pki.Gmt0014;
using Microsoft.Extensions.Logging;

namespace Hufu.Ca.KeyCentre;

/// <summary>Speaks GM/T 0014 with the key centre: asks for pairs, retires them, believes nothing that is not signed, echoed and fitting.</summary>
internal sealed partial class KeyCentreClient(IKeyCentreLine line, TimeProvider clock, CaOptions options, ILogger log)
{
    /// <summary>Most pairs that are asked for in one question; this platform's key centre answers a hundred at once.</summary>
    public const int MostTogether = 100;

    // Task numbers of intents count from 1, those of retirements from 2^48; those of companies lie around 2^61.
    private const long FirstTogether = 1L << 61;

    /// <summary>
    /// Step 4: an encryption pair. The same task number gets the same pair. What cannot be believed is treated like silence: the intent waits (R23) and the operator is told.
    /// </summary>
    /// <exception cref="RefusedException">RoomUnreachable: no answer, or none to believe. KeyCentreRefused: a final no.</exception>
    [Clause("6.1.3.2-a")]
    [Clause("6.2.8-a")]
    public async Task<EncryptionPair> GetPairAsync(PairTask task, CancellationToken ct)
    {
        var result = (await AskAsync([Question(task)], task.Number, ct).ConfigureAwait(false))[0];
        if (result is ErrorResult error)
        {
            LogRefused(log, task.Number, error.Number, error.Description ?? "");
            throw KeyCentreAnswers.IsFinal(error.Number)
                ? new RefusedException(RefusalCode.KeyCentreRefused, $"errNo {error.Number}: {error.Description}")
                : new RefusedException(RefusalCode.RoomUnreachable, $"The key centre answers errNo {error.Number}: {error.Description}");
        }

        try
        {
            return PairOf(result);
        }
        catch (PkiException exception)
        {
            throw Unbelievable(task.Number, exception);
        }
    }

    /// <summary>
    /// Step 4 of many: one question, one answer. The key centre knows a pair by its certificate's number too, so whoever asks again alone gets the same one; the task number of the company is a fresh one.
    /// </summary>
    /// <param name="tasks">At most <see cref="MostTogether"/>.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The pairs; null for each that is refused or does not fit: asked alone, it is told why.</returns>
    /// <exception cref="RefusedException">RoomUnreachable: no answer, or none to believe.</exception>
    [Clause("6.2.8-a")]
    public async Task<IReadOnlyList<EncryptionPair?>> GetPairsAsync(IReadOnlyList<PairTask> tasks, CancellationToken ct)
    {
        var number = FreshNumber();
        var results = await AskAsync([.. tasks.Select(Question)], number, ct).ConfigureAwait(false);
        var pairs = new EncryptionPair?[tasks.Count];
        for (var i = 0; i < pairs.Length; i++)
        {
            try
            {
                pairs[i] = results[i] is ApplyKeyResult ? PairOf(results[i]) : null;
            }
            catch (PkiException)
            {
                // Asked alone, it is logged and waits.
            }
        }

        return pairs;
    }

    /// <summary>
    /// Old encryption keys again, for the same signing key: one question with a task number of its own, so that the intent's own task stays the same question however often it is asked.
    /// </summary>
    /// <returns>Those that the key centre gave and that fit, in this order; what it refuses is logged and left out.</returns>
    /// <exception cref="RefusedException">RoomUnreachable: no answer, or none to believe.</exception>
    [Clause("6.2.8-a")]
    public async Task<IReadOnlyList<RecoveredKey>> GetOldKeysAsync(IReadOnlyList<SerialNumber> serials, SubjectPublicKeyInfo holderKey, CancellationToken ct)
    {
        var number = FreshNumber();
        var results = await AskAsync([.. serials.Select(serial => new RestoreKeyRequest(ReturnAlgorithms.Sm, serial, holderKey))], number, ct).ConfigureAwait(false);
        List<RecoveredKey> keys = [];
        for (var i = 0; i < serials.Count; i++)
        {
            switch (results[i])
            {
                case RestoreKeyResult restored:
                    keys.Add(new RecoveredKey(serials[i].ToString(), restored.Key.ToEnvelopedKey().Encode()));
                    break;
                case ErrorResult error:
                    LogNotRestored(log, serials[i].ToString(), error.Number, error.Description ?? "");
                    break;
            }
        }

        return keys;
    }

    private static long FreshNumber() => FirstTogether + (BitConverter.ToInt64(SecureRandom.GetBytes(8)) & (FirstTogether - 1));

    private static ApplyKeyRequest Question(PairTask task) => ApplyKeyRequest.ForSm2(new AppUserInfo(task.UserCertNo, task.HolderKey, task.NotBefore, task.NotAfter, task.UserName, null, null));

    private static EncryptionPair PairOf(KmResult result)
    {
        var key = ((ApplyKeyResult)result).Key;
        return new EncryptionPair(SubjectPublicKeyInfo.FromSm2(key.PublicKey.RequireSm2()), key.ToEnvelopedKey().Encode());
    }

    /// <summary>Tells the key centre that a pair is out of use; it moves to the history store.</summary>
    /// <returns>Whether that is so now; false when it is to be told again later.</returns>
    public async Task<bool> RetireAsync(long task, SerialNumber userCertNo, CancellationToken ct)
    {
        var result = (await AskAsync([new RevokeKeyRequest(userCertNo)], task, ct).ConfigureAwait(false))[0];
        return result is RevokeKeyResult || (result is ErrorResult error && KeyCentreAnswers.IsRetired(error.Number));
    }

    private async Task<IReadOnlyList<KmResult>> AskAsync(IReadOnlyList<KeyRequest> requests, long task, CancellationToken ct)
    {
        if (await line.FindKeyCentreAsync(ct).ConfigureAwait(false) is not { } keyCentre || line.Self is not { } self)
        {
            throw new RefusedException(RefusalCode.RoomUnreachable, "No key centre is registered.");
        }

        // Every pair is verified under this key.
        keyCentre.PublicKey.Sm2?.Precompute();
        var format = options.KeyCentreExchange;
        var asked = CaRequest.Sign(self.Certificate, self.Signer, requests, clock.GetUtcNow(), SerialNumber.FromInt64(task), format);
        byte[] answer;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(options.KeyCentreTimeout);
        try
        {
            answer = await line.ExchangeAsync(asked.Encode(), patience.Token).WaitAsync(options.KeyCentreTimeout, ct).ConfigureAwait(false);
        }
        catch (Exception silence) when (silence is TimeoutException || (silence is OperationCanceledException && !ct.IsCancellationRequested))
        {
            LogSilent(log, task);
            throw new RefusedException(RefusalCode.RoomUnreachable, "The key centre does not answer.");
        }

        try
        {
            var respond = KmRespond.Decode(answer);
            respond.Check(keyCentre, asked, format);
            return respond.Results;
        }
        catch (PkiException exception)
        {
            throw Unbelievable(task, exception);
        }
    }

    private RefusedException Unbelievable(long task, PkiException exception)
    {
        LogUnbelievable(log, task, exception.Message);
        return new RefusedException(RefusalCode.RoomUnreachable, $"The key centre's answer does not fit: {exception.Message}");
    }

    [LoggerMessage(3001, LogLevel.Warning, "The key centre refuses task {Task}: errNo {Number} {Description}")]
    private static partial void LogRefused(ILogger log, long task, int number, string description);

    [LoggerMessage(3004, LogLevel.Warning, "The key centre does not give the old key of {Serial} for a renewal: errNo {Number} {Description}; the renewal goes on without it")]
    private static partial void LogNotRestored(ILogger log, string serial, int number, string description);

    [LoggerMessage(3002, LogLevel.Warning, "The key centre does not answer task {Task}; the intent stays open")]
    private static partial void LogSilent(ILogger log, long task);

    [LoggerMessage(3003, LogLevel.Error, "The key centre's answer to task {Task} is not believed: {Reason}")]
    private static partial void LogUnbelievable(ILogger log, long task, string reason);
}
