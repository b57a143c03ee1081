using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Ra.Applications;
using Hufu.Ra.Notices;
using Hufu.Records;

namespace Hufu.Ra.Revocation;

/// <summary>The holder revokes without a counter (6.2.7.3-d): challenge phrase, then a sealed order to the CA, answered when the CA has revoked.</summary>
internal sealed class RevokeWithChallengePhrase(RaDesk desk)
{
    private const string ActName = "ra.revocation.self";

    [Clause("6.2.7.3-d")]
    [Clause("7.2.9-c")]
    public async Task<PairRevoked> RunAsync(SelfRevocation revocation, CancellationToken ct)
    {
        var asked = desk.Context.Clock.GetUtcNow();
        var serial = revocation.Serial[..Math.Min(revocation.Serial.Length, 64)];
        var row = await desk.Context.Database.ReadAsync(session => ApplicationStore.BySerial(session, serial), ct)
            ?? throw new RefusedException(RefusalCode.UnknownObject, "No certificate of ours has this serial.", "serial");
        ApplicationStore.MustBe(row, ApplicationState.Issued, ApplicationState.Delivered, ApplicationState.Accepted);
        var stored = await desk.Context.Database.WriteAsync(session => ChallengePhrase.TakeTry(session, row.Id), ct);
        if (!ChallengePhrase.Matches(stored, revocation.ChallengePhrase))
        {
            var refusal = new Refusal(RefusalCode.ChallengeWrong, $"Tries left: {stored.TriesLeft - 1}.", "challengePhrase");
            await desk.RecordRefusalAsync("holder", ActName, row.Id, refusal, ct);
            throw new RefusedException(refusal);
        }

        await desk.Context.Database.WriteAsync(
            session =>
            {
                ChallengePhrase.Restore(session, row.Id, desk.Context.Policy.Values.ChallengePhraseTries);
                desk.Record(session, "holder", ActName, row.Id, LedgerOutcome.Done, new JsonObject { ["serial"] = serial, ["reason"] = revocation.Reason.ToString(), ["askedAt"] = asked.ToString("O") });
            },
            ct);

        // The id makes it one revocation however often it is asked for.
        var revoked = await desk.Context.Post.AskAsync(Rooms.Ca, new RevokePair(serial, revocation.Reason, "holder, challenge phrase", asked), $"revoke-{serial}", ct);
        await desk.Context.Database.WriteAsync(session => Revoked(session, row.Id, revoked), ct);
        return revoked;
    }

    private void Revoked(Session session, string id, PairRevoked revoked)
    {
        var row = ApplicationStore.Get(session, id);
        if (row.State == ApplicationState.Revoked)
        {
            return;
        }

        ApplicationStore.Move(session, row, ApplicationState.Revoked, desk.Now);
        var text = NoticeText.Revoked(id, row.Title, row.SigningSerial!, desk.Context.Policy.Values.LocalText(revoked.RevokedAt));
        NoticeStore.Add(session, desk.Cipher, id, NoticeAddress.Of(SealedFields.Open(desk.Cipher, row)), text, desk.Now);
        desk.Record(session, "ca", "ra.revocation.done", id, LedgerOutcome.Done, new JsonObject { ["revokedAt"] = revoked.RevokedAt.ToString("O") });
    }
}
