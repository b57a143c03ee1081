using System.Text;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Kmc.Cases;
using Hufu.Kmc.Initialisation;
using Hufu.Kmc.Stores;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Kmc.StorageKeys;

/// <summary>A business administrator changes the storage key: <c>POST /api/kmc/storage-key</c>. New pairs are sealed under the next generation at once, the others follow by <see cref="ResealJob"/>.</summary>
/// <remarks>The device is backed up anew in the same act, because a backup without the new storage key would lose every pair; the share holders get new shares.</remarks>
internal sealed class ChangeStorageKey(RoomContext context, Func<IEscrowDevice> escrow, CeremonyDesk ceremony)
{
    /// <summary>Changes it. The very act again gets the same answer, so that no share is lost with a connection.</summary>
    /// <exception cref="RefusedException">NotInitialised, StateWrong (a change is under way), SharesTooFew (a share holder has no certificate in force), and what the gate refuses.</exception>
    [Clause("6.2.8-a")]
    public async Task<StorageKeyChanged> RunAsync(ActRequest request, CancellationToken ct)
    {
        var digest = DigestOf(request.Act);
        if (await AgainAsync(digest, ct) is { } answered)
        {
            return answered;
        }

        var from = await context.Database.ReadAsync(session => CentreStore.Find(session)?.Generation ?? 0, ct);
        return await context.Acts.RunAsync<CaseRemark, StorageKeyChanged>(
            request,
            ActNames.KmcStorageKeyChange,
            remark =>
            {
                CaseBook.Require(remark.Remark, "remark");
                return new ExpectedAct(ActNames.KmcStorageKeyChange, $"storage-key/{from}");
            },
            (session, act, _) =>
            {
                var changed = Change(session, act, from);
                ResealStore.KeepReply(session, changed, digest);
                return changed;
            },
            ct);
    }

    /// <summary>What a page shows before the act, and while the re-encryption goes on.</summary>
    /// <param name="reader">Whose session.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="RefusedException">RoleMissing.</exception>
    public Task<StorageKeyDesk> ReadAsync(StaffSession reader, CancellationToken ct) => context.SignIn.ReadAsync(
        reader, ActNames.KmcCasesRead, "storage-key/all",
        session =>
        {
            var state = ResealStore.State(session);
            var target = $"storage-key/{state.Generation}";
            var hindrance = Hindrance(session, state.Generation);
            return new StorageKeyDesk(
                state, target, context.SignIn.Permissions(session, reader.Person, target, null).Single(right => right.Act == ActNames.KmcStorageKeyChange),
                hindrance is null ? null : CaseWords.Of(hindrance.Code), hindrance?.Evidence, [.. Holders(session).Select(holder => holder.Person.Name)], context.Policy.Values.KeyShares,
                ResealStore.Changes(session));
        },
        ct);

    private Refusal? Hindrance(Session session, long generation)
    {
        try
        {
            Demand(session, generation);
            return null;
        }
        catch (RefusedException refused)
        {
            return refused.Refusal;
        }
    }

    // Who has the very act and its signature has made it, or holds the record of it; the shares open to their holders alone. Until the next change.
    private async Task<StorageKeyChanged?> AgainAsync(string digest, CancellationToken ct)
    {
        if (await context.Database.ReadAsync(session => ResealStore.Reply(session, digest), ct) is not { } answered)
        {
            return null;
        }

        await context.Ledger.AppendAsync(
            new LedgerRecord
            {
                Actor = Rooms.Kmc,
                Act = "kmc.storage-key.answered-again",
                Object = $"storage-key/{answered.From}",
                Outcome = LedgerOutcome.Done,
                Detail = new JsonObject { ["to"] = answered.To },
            },
            ct);
        return answered;
    }

    private static string DigestOf(SignedAct act) => ActStatement.Digest([.. Encoding.UTF8.GetBytes(act.Statement), 0, .. act.Signature]);

    private StorageKeyChanged Change(Session session, AuthorisedAct act, long from)
    {
        Demand(session, from);
        var to = from + 1;
        var device = context.Identity.Device;
        var label = PairMetadata.StorageKeyLabel(to);

        // Also what an interrupted attempt has left.
        if (!escrow().Contains(label))
        {
            escrow().GenerateStorageKey(label);
        }

        var values = context.Policy.Values;
        var holders = Holders(session);
        var backup = device.SplitBackup(values.KeyShares, values.KeyShareThreshold, [.. holders.Select(holder => holder.Key)]);
        var now = context.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        CentreStore.AddBackup(session, backup.EncryptedBackup, now);
        for (var i = 0; i < holders.Count; i++)
        {
            ceremony.RecordHolder(session, backup.Shares[i].Number, holders[i].Person.PersonId);
        }

        CentreStore.SetGeneration(session, to);
        ResealStore.Begin(session, from, to, act.Person.ToString(), now);
        ceremony.Note(
            session, $"更换密钥库加密密钥（第 {from} 代换为第 {to} 代），重新备份密码设备，新的密钥分量交与：{string.Join("、", holders.Select(holder => holder.Person.Name))}", act.Person.ToString(),
            ActStatement.Digest(backup.EncryptedBackup));
        act.Detail["from"] = from;
        act.Detail["to"] = to;
        act.Detail["backup"] = ActStatement.Digest(backup.EncryptedBackup);
        return new StorageKeyChanged(from, to, [.. backup.Shares.Select((share, i) => new ShareDelivery(holders[i].Person.Name, share.Number, share.EnvelopedShare))]);
    }

    // What must be so before a key is made.
    private void Demand(Session session, long from)
    {
        RestoreMark.Demand(context.DataDirectory);
        var centre = CentreStore.Find(session) ?? throw new RefusedException(RefusalCode.NotInitialised, "");
        if (centre.Generation != from || ResealStore.Unfinished(session) is not null)
        {
            throw new RefusedException(RefusalCode.StateWrong, "The storage key is being changed.", "storage-key");
        }

        var (holders, wanted) = (Holders(session).Count, context.Policy.Values.KeyShares);
        if (holders != wanted)
        {
            throw new RefusedException(RefusalCode.SharesTooFew, $"{holders} share holders have a certificate, policy wants {wanted}.", "shareHolders");
        }
    }

    // In the order of their numbers, which is that of the first split.
    private List<(StaffMember Person, Crypto.Sm2PublicKey Key)> Holders(Session session) =>
    [
        .. CentreStore.Certificates(session, "share-holder")
            .Select(der => (Person: context.Staff.FindByCertificate(session, ActStatement.Digest(der)), Der: der))
            .Where(holder => holder.Person?.Roles.Contains(Roles.ShareHolder) == true)
            .Select(holder => (holder.Person!, Certificate.Decode(holder.Der).PublicKey.RequireSm2()))
            .OrderBy(holder => holder.Item1.PersonId, StringComparer.Ordinal),
    ];
}
