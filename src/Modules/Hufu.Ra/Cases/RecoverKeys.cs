using System.Text;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Ra.Applications;
using Hufu.Ra.Notices;
using Hufu.Records;

namespace Hufu.Ra.Cases;

/// <summary>
/// An approved recovery goes on to the key centre by a sealed order and is there its people's case; what becomes of it comes back, so that the holder sees one thing (6.2.8-b). The keys come through here
/// under the holder's new signing key: nobody at the RA can open them.
/// </summary>
internal sealed class RecoverKeys(RaDesk desk)
{
    private const string FetchAct = "ra.recovery.fetch";
    private const int MostEarlier = 20;

    /// <summary>Leaves the order, in the transaction of the approval. Its id is the case's number: one approval is one case of the key centre.</summary>
    public void Order(Session session, CaseStore.CaseRow row, ApplicationRow application)
    {
        if (RecoveryStore.Find(session, row.Id) is not { } recovery)
        {
            // Without a new key: people carry it to the key centre and close the case by hand.
            return;
        }

        var wish = recovery.ToWish(desk.Cipher);
        var request = new RecoveryRequest(
            Rooms.Ca, Numbers(session, application, wish.Earlier), application.Title, wish.Ground, Encoding.UTF8.GetString(desk.Cipher.Open(row.Reason, Encoding.ASCII.GetBytes($"{row.Id}/reason"))), wish.SigningRequest);
        desk.Context.Post.Enqueue(session, Rooms.Kmc, new OpenRecovery(row.Id, request), $"recovery-{row.Id}");
    }

    /// <summary>The key centre has the case, or refuses it for good.</summary>
    public void Answered(Session session, string id, RecoveryOpened? opened, Refusal? refusal)
    {
        if (opened is null)
        {
            Ended(session, id, CertificateCaseState.Refused, $"{RefusalCatalogue.Of(refusal!.Code).Zh} {refusal.Evidence}".Trim());
            return;
        }

        // A fact about it may have been faster.
        if (RecoveryStore.Find(session, id) is { KeyCentreCase: null })
        {
            RecoveryStore.Move(session, id, opened.KeyCentreCase, CaseState.Requested, null);
        }
    }

    /// <summary>The key centre's people have gone on with it.</summary>
    public void Seen(Session session, RecoveryMoved fact)
    {
        if (RecoveryStore.Find(session, fact.RaCase) is null)
        {
            return;
        }

        RecoveryStore.Move(session, fact.RaCase, fact.KeyCentreCase, fact.State, fact.CodeUntil);
        switch (fact.State)
        {
            case CaseState.Released when fact.CodeUntil is { } until:
                var row = CaseStore.Get(session, fact.RaCase);
                var application = ApplicationStore.Get(session, row.Application);
                desk.Notify(session, application, NoticeText.RecoveryReleased(application.Id, application.Title, row.Id, desk.Context.Policy.Values.LocalText(until)));
                break;
            case CaseState.Done:
                Ended(session, fact.RaCase, CertificateCaseState.Done, fact.KeyCentreCase);
                break;
            case CaseState.Refused:
                Ended(session, fact.RaCase, CertificateCaseState.Refused, "密钥管理中心未通过 refused by the key centre");
                break;
            case CaseState.Shut:
                Ended(session, fact.RaCase, CertificateCaseState.Refused, "验证码错误次数过多 too many wrong codes");
                break;
            default:
                break;
        }
    }

    /// <summary>How far it is, for whoever has the case's number.</summary>
    /// <exception cref="RefusedException">UnknownObject.</exception>
    public Task<RecoveryProgress> ReadAsync(string id, CancellationToken ct) => desk.Context.Database.ReadAsync(session => Find(session, id).ToProgress(CaseStore.Get(session, id).State), ct);

    /// <summary>The keys, against the one-time code. The order's id is made of case and code, so the same code gets the same answer again: no key is lost with a connection, and no try is counted twice.</summary>
    /// <exception cref="RefusedException">UnknownObject, CodeWrong, CodeExpired, CodeUsed, TriesExhausted, TooLarge, RoomUnreachable.</exception>
    [Clause("6.2.8-b")]
    public async Task<RecoveredKeys> FetchAsync(string id, RecoveryDownload download, CancellationToken ct)
    {
        RestoreMark.Demand(desk.Context.DataDirectory);
        if (download.Code is not { Length: > 0 and <= 100 })
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "A code has twenty letters and digits.", "code");
        }

        var recovery = await desk.Context.Database.ReadAsync(session => Find(session, id), ct);
        if (recovery is not { KeyCentreCase: { } keyCentreCase, State: CaseState.Released or CaseState.Done or CaseState.Shut })
        {
            throw new RefusedException(RefusalCode.StateWrong, "The key centre has not released it.", "id");
        }

        var code = string.Concat(download.Code.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        var order = "fetch-" + ActStatement.Digest(Encoding.UTF8.GetBytes($"{id}\n{code}"))[..48];
        var application = await desk.Context.Database.ReadAsync(session => CaseStore.Get(session, id).Application, ct);
        try
        {
            var keys = await desk.Context.Post.AskAsync(Rooms.Kmc, new FetchRecovered(keyCentreCase, code), order, ct);
            await desk.Context.Database.WriteAsync(
                session => desk.Record(session, "holder", FetchAct, application, LedgerOutcome.Done, new JsonObject { ["case"] = id, ["keyCentreCase"] = keyCentreCase, ["keys"] = keys.Keys.Count }), ct);
            return keys;
        }
        catch (RefusedException refused)
        {
            await desk.RecordRefusalAsync("holder", FetchAct, application, refused.Refusal, ct);
            throw;
        }
    }

    private void Ended(Session session, string id, CertificateCaseState state, string outcome)
    {
        var row = CaseStore.Get(session, id);
        if (row.State != CertificateCaseState.Approved)
        {
            return;
        }

        CaseStore.Move(session, row, state, outcome, desk.Now);
        var application = ApplicationStore.Get(session, row.Application);
        if (state == CertificateCaseState.Refused)
        {
            desk.Notify(session, application, NoticeText.CaseRefused(application.Id, application.Title, row.Kind, outcome));
        }

        StepStore.Add(session, desk.Cipher, application.Id, state == CertificateCaseState.Done ? "recovery-done" : "recovery-refused", Rooms.Kmc, outcome, desk.Now);
        desk.Record(session, Rooms.Kmc, "ra.recovery.answered", application.Id, state == CertificateCaseState.Done ? LedgerOutcome.Done : LedgerOutcome.Refused, new JsonObject { ["case"] = id });
    }

    // The present certificate first, then those that it renews.
    private static List<string> Numbers(Session session, ApplicationRow application, bool earlier)
    {
        var numbers = new List<string>();
        for (var row = application; row is not null && numbers.Count < MostEarlier; row = earlier && row.RenewalOf is { } before ? ApplicationStore.BySerial(session, before) : null)
        {
            if (row.EncryptionSerial is { } serial)
            {
                numbers.Add(serial);
            }
        }

        return numbers;
    }

    private static RecoveryStore.RecoveryRow Find(Session session, string id) =>
        RecoveryStore.Find(session, id) ?? throw new RefusedException(RefusalCode.UnknownObject, "There is no such recovery.", "id");
}
