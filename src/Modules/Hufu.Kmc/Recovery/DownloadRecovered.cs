using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Hosting;
using Hufu.Kmc.Cases;
using Hufu.Kmc.Stores;
using Hufu.Messaging;
using Hufu.Records;

namespace Hufu.Kmc.Recovery;

// The order of checks; every answer to a wrong code counts a try, durably, before it leaves:
//   1 the recovery is there and released (a foreign id and a wrong code look alike)
//   2 the code has not expired
//   3 the code is right; the last wrong try shuts the case
// Then the keys are enveloped in the device, and in one transaction the code is used up, the ledger written, the case done.

/// <summary>The holder fetches with the one-time code: <c>POST /api/kmc/recoveries/{id}/download</c>.</summary>
internal sealed class DownloadRecovered(RoomContext context, Func<IEscrowDevice> escrow, CaseBook cases)
{
    private const string Holder = "holder";

    /// <summary>The keys, once.</summary>
    /// <exception cref="RefusedException">CodeWrong, CodeExpired, CodeUsed, TriesExhausted.</exception>
    public Task<RecoveredKeys> RunAsync(string id, RecoveryDownload download, CancellationToken ct) => RunAsync(id, download, static (_, _) => { }, ct);

    /// <summary>The keys, once, through the registration authority that has opened the case (<see cref="FetchRecovered"/>): its order is answered in the transaction that uses the code up.</summary>
    /// <exception cref="RefusedException">As above; another room's case looks like a wrong code.</exception>
    public async Task RunAsync(ReceivedOrder<FetchRecovered, RecoveredKeys> order, CancellationToken ct)
    {
        var id = order.Body.KeyCentreCase;
        if (await context.Database.ReadAsync(session => RecoveryOrigin.Find(session, id), ct) is not { } origin || origin.Room != order.From)
        {
            throw new RefusedException(RefusalCode.CodeWrong, "", "code");
        }

        await RunAsync(id, new RecoveryDownload(order.Body.Code), order.Reply, ct);
    }

    [Clause("6.2.8-b")]
    private async Task<RecoveredKeys> RunAsync(string id, RecoveryDownload download, Action<Session, RecoveredKeys> keep, CancellationToken ct)
    {
        RestoreMark.Demand(context.DataDirectory);
        if (download.Code.Length > 100)
        {
            throw new RefusedException(RefusalCode.TooLarge, "A code has twenty letters and digits.", "code");
        }

        var hash = OneTimeCode.Hash(id, download.Code);
        if (await context.Database.WriteAsync(session => Try(session, id, hash), ct) is { } refusal)
        {
            throw new RefusedException(refusal);
        }

        return await context.Database.WriteAsync(
            session =>
            {
                // Somebody with the same code may have been faster.
                if (session.Execute("DELETE FROM kmc_recovery_code WHERE id = @id", new { id }) != 1)
                {
                    throw new RefusedException(RefusalCode.CodeUsed, "", "code");
                }

                var found = cases.Find(session, CaseKind.Recovery, id);
                var asked = found.Read<RecoveryRequest>();
                var key = PersonRequests.Open(asked.SigningRequest, "signingRequest").PublicKey.RequireSm2();
                var keys = CaseScope.Find(session, asked.Ca, asked.UserCertNumbers).Select(one => new RecoveredKey(
                    one.Number,
                    escrow().EnvelopEscrowed(
                        PairMetadata.StorageKeyLabel(one.Pair.Generation), one.Pair.Sealed, PairMetadata.AssociatedData(one.Pair.Pair, one.Pair.Generation, one.Pair.MadeAt),
                        CaseScope.PublicKeyOf(one.Pair), key).Encode())).ToList();
                cases.Set(session, CaseKind.Recovery, id, CaseState.Done);
                context.Ledger.Append(session, Record(id, "kmc.recovery.fetched", LedgerOutcome.Done, new JsonObject
                {
                    ["case"] = found.Digest, ["ca"] = asked.Ca, ["userCertNumbers"] = new JsonArray([.. keys.Select(one => JsonValue.Create(one.UserCertNo))]),
                }));
                var recovered = new RecoveredKeys(keys);
                keep(session, recovered);
                return recovered;
            },
            ct);
    }

    private Refusal? Try(Session session, string id, byte[] hash)
    {
        var row = session.QueryFirst<CodeRow>("SELECT code_hash, until, tries_left FROM kmc_recovery_code WHERE id = @id", new { id });
        if (row is null)
        {
            return session.QueryFirst<string>("SELECT state FROM kmc_case WHERE id = @id AND kind = @kind", new { id, kind = CaseWords.Of(CaseKind.Recovery) }) switch
            {
                "done" => new Refusal(RefusalCode.CodeUsed, "", "code"),
                "shut" => new Refusal(RefusalCode.TriesExhausted, "", "code"),
                _ => new Refusal(RefusalCode.CodeWrong, "", "code"),
            };
        }

        if (row.Until <= context.Clock.GetUtcNow().ToUnixTimeMilliseconds())
        {
            return new Refusal(RefusalCode.CodeExpired, "", "code");
        }

        if (CryptographicOperations.FixedTimeEquals(row.CodeHash, hash))
        {
            return null;
        }

        var left = row.TriesLeft - 1;
        if (left > 0)
        {
            session.Execute("UPDATE kmc_recovery_code SET tries_left = @left WHERE id = @id", new { id, left });
        }
        else
        {
            session.Execute("DELETE FROM kmc_recovery_code WHERE id = @id", new { id });
            session.Execute("DELETE FROM kmc_recovery_grant WHERE recovery = @id", new { id });
            cases.Set(session, CaseKind.Recovery, id, CaseState.Shut);
        }

        context.Ledger.Append(session, Record(id, "kmc.recovery.code-wrong", LedgerOutcome.Refused, new JsonObject { ["triesLeft"] = left }));
        return new Refusal(left > 0 ? RefusalCode.CodeWrong : RefusalCode.TriesExhausted, $"{left} tries left.", "code");
    }

    private static LedgerRecord Record(string id, string act, LedgerOutcome outcome, JsonObject detail) =>
        new() { Actor = Holder, Act = act, Object = $"recovery/{id}", Outcome = outcome, Detail = detail };

    private sealed record CodeRow(byte[] CodeHash, long Until, long TriesLeft);
}
