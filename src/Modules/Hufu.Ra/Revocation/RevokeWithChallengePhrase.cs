using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Ra.Applications;
using Hufu.Ra.Delivery;
using Hufu.Records;

namespace Hufu.Ra.Revocation;

/// <summary>
/// The holder revokes without a counter (6.2.7.3-d): challenge phrase, then a sealed order to the CA, answered when the CA has revoked. When the CA is not reached in time the order is on
/// record and goes out by itself; asking again, then or later, tells the outcome.
/// </summary>
internal sealed class RevokeWithChallengePhrase(RaDesk desk, Revocations revocations)
{
    private const string ActName = "ra.revocation.self";

    [Clause("6.2.7.3-d")]
    [Clause("6.2.7.3-e")]
    [Clause("7.2.9-c")]
    public async Task<PairRevoked> RunAsync(SelfRevocation revocation, CancellationToken ct)
    {
        var asked = desk.Context.Clock.GetUtcNow();
        var serial = revocation.Serial[..Math.Min(revocation.Serial.Length, 64)].ToLowerInvariant();
        var row = await desk.Context.Database.ReadAsync(session => ApplicationStore.BySerial(session, serial), ct)
            ?? throw new RefusedException(RefusalCode.UnknownObject, "No certificate of ours has this serial.", "serial");
        ApplicationStore.MustBe(row, ApplicationState.Issued, ApplicationState.Accepted, ApplicationState.Revoked);
        await DemandPhraseAsync(row, revocation.ChallengePhrase, ct);
        return await RevokeAsync(row, revocation.Reason, "challenge phrase", asked, ct);
    }

    /// <summary>The same on the holder's signature with the key of the certificate.</summary>
    [Clause("6.2.7.3-e")]
    public async Task<PairRevoked> RunAsync(SignedRevocation revocation, CancellationToken ct)
    {
        var asked = desk.Context.Clock.GetUtcNow();
        var serial = revocation.Serial[..Math.Min(revocation.Serial.Length, 64)].ToLowerInvariant();
        var (row, key) = await desk.Context.Database.ReadAsync(
            session => ApplicationStore.BySerial(session, serial) is { } found ? (found, Certificate.Decode(DeliveryRow.Get(session, found.Id).ToPair(desk.Cipher, found.Id).SigningCertificate).PublicKey) : (null, null), ct);
        if (row is null || key is null)
        {
            throw new RefusedException(RefusalCode.UnknownObject, "No certificate of ours has this serial.", "serial");
        }

        if ((asked - revocation.At).Duration() > desk.Context.Policy.Values.ActTimeWindow)
        {
            throw new RefusedException(RefusalCode.StatementStale, "", "at");
        }

        HolderSignature.Demand(key, SignedRevocation.TextToSign(serial, revocation.Reason, revocation.At), revocation.Signature, "The key of the certificate has not signed this.", "signature");
        ApplicationStore.MustBe(row, ApplicationState.Issued, ApplicationState.Accepted, ApplicationState.Revoked);
        return await RevokeAsync(row, revocation.Reason, "signature", asked, ct);
    }

    private async Task<PairRevoked> RevokeAsync(ApplicationRow row, Hufu.Contracts.RevocationReason reason, string by, DateTimeOffset asked, CancellationToken ct)
    {
        var outcome = revocations.Outcome(row.Id);
        var done = await desk.Context.Database.WriteAsync(
            session =>
            {
                ChallengePhrase.Restore(session, row.Id, desk.Context.Policy.Values.ChallengePhraseTries);
                if (Revocations.DoneAt(session, row.Id) is { } before)
                {
                    session.OnCommitted(() => revocations.Tell(row.Id, null));
                    return before;
                }

                revocations.Order(session, row, reason, $"holder, {by}", asked);
                desk.Record(session, "holder", ActName, row.Id, LedgerOutcome.Done, new JsonObject { ["serial"] = row.SigningSerial, ["by"] = by, ["reason"] = reason.ToString(), ["askedAt"] = asked.ToString("O") });
                return (long?)null;
            },
            ct);
        return Answer(row, done ?? await WaitAsync(row, outcome, ct));
    }

    // The try is taken durably before the phrase is looked at: a crash never gives one back.
    private async Task DemandPhraseAsync(ApplicationRow row, string phrase, CancellationToken ct)
    {
        var stored = await desk.Context.Database.WriteAsync(session => ChallengePhrase.TakeTry(session, row.Id, new ChallengePhrase.TryPolicy(desk.Context.Policy.Values.ChallengePhraseTries, desk.Options.ChallengeTriesBackAfter, desk.Now)), ct);
        if (!ChallengePhrase.Matches(stored, phrase))
        {
            var refusal = new Refusal(RefusalCode.ChallengeWrong, $"Tries left: {stored.TriesLeft - 1}.", "challengePhrase");
            await desk.RecordRefusalAsync("holder", ActName, row.Id, refusal, ct);
            throw new RefusedException(refusal);
        }
    }

    private async Task<long> WaitAsync(ApplicationRow row, Task<Refusal?> outcome, CancellationToken ct)
    {
        try
        {
            if (await outcome.WaitAsync(desk.Options.RevocationWait, ct) is { } refusal)
            {
                throw new RefusedException(refusal);
            }
        }
        catch (TimeoutException)
        {
            // It may have come between the transaction and the wait.
        }

        return await desk.Context.Database.ReadAsync(session => Revocations.DoneAt(session, row.Id), ct)
            ?? throw new RefusedException(RefusalCode.RoomUnreachable, "The revocation is on record and is carried out as soon as the CA is reached. Ask again for the outcome.");
    }

    private static PairRevoked Answer(ApplicationRow row, long revokedAt) =>
        new(row.EncryptionSerial is null ? [row.SigningSerial!] : [row.SigningSerial!, row.EncryptionSerial], DateTimeOffset.FromUnixTimeMilliseconds(revokedAt));
}
