using System.Text;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hufu.Ca.Backups;

/// <summary>
/// Splits the device's backup anew: <c>POST /api/ca/ceremony/split</c>, act ceremony.backup.split by an operator, while the threshold of share holders is present with their shares (6.6.2.2-a). Everything in the act's transaction: the
/// backup with the keys that it holds, the holders' numbers, the transcript's step. The same act again gets the same shares, for a connection may break; they open to their holders alone.
/// </summary>
internal sealed class BackupSplitting(RoomContext context, DeviceBackup backup, BackupWatch watch, CeremonyDesk ceremony)
{
    private const int ReasonLimit = 500;

    /// <summary>Maps the addresses.</summary>
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/api/ca/ceremony/split", async (ActRequest request, CancellationToken ct) => Results.Json(await SplitAsync(request, ct), ContractJson.Options))
            .WithName("ca-ceremony-split").WithTags(context.Name).WithSummary("Splits the device's backup anew with every key that it holds now (BackupSplit)").Produces<BackupMade>().ProducesRefusals();
        var doors = endpoints.ServiceProvider.GetRequiredService<SessionDoors>();
        endpoints.MapGet("/api/ca/key-backups", async (HttpContext http, CancellationToken ct) =>
        {
            var session = await doors.FindAsync(http, context.Name) ?? throw new RefusedException(RefusalCode.SessionMissing);
            return Results.Json(await context.SignIn.ReadAsync(session, ActNames.CaOverviewRead, "key-backup/all", watch.Read, ct), ContractJson.Options);
        }).WithName("ca-backups").WithTags(context.Name).WithSummary("Which of the CAs' keys are in a backup, and which are not yet, in a session").Produces<CaBackups>().ProducesRefusals();
    }

    /// <exception cref="RefusedException">The act is not in order; SharesTooFew: holders present, or holders in office with a certificate.</exception>
    [Clause("6.6.2.2-a")]
    [Clause("6.6.2.2-c")]
    public async Task<BackupMade> SplitAsync(ActRequest request, CancellationToken ct)
    {
        var digest = ActStatement.Digest([.. Encoding.UTF8.GetBytes(request.Act.Statement), 0, .. request.Act.Signature]);
        if (await context.Database.ReadAsync(session => BackupStore.Reply(session, digest), ct).ConfigureAwait(false) is { } answered)
        {
            return KeptJson.Read<BackupMade>(answered);
        }

        var made = await context.Acts.RunAsync<BackupSplit, BackupMade>(
            request, ActNames.BackupSplit, _ => new ExpectedAct(ActNames.BackupSplit, $"device/{context.Name}"), (session, authorised, asked) => Split(session, authorised, asked, digest), ct).ConfigureAwait(false);
        await watch.LookNowAsync(CancellationToken.None).ConfigureAwait(false);
        return made;
    }

    private BackupMade Split(Session session, AuthorisedAct act, BackupSplit asked, string digest)
    {
        if (asked.Reason is not { } reason || reason.Trim().Length is 0 or > ReasonLimit)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"1 to {ReasonLimit} characters.", "reason");
        }

        RestoreMark.Demand(context.DataDirectory);
        var values = context.Policy.Values;
        var present = ceremony.Present;
        if (present.Count < values.KeyShareThreshold)
        {
            throw new RefusedException(RefusalCode.SharesTooFew, $"{present.Count} of {values.KeyShareThreshold} share holders have presented their share.");
        }

        var holders = Holders(session);
        if (holders.Count != values.KeyShares)
        {
            throw new RefusedException(RefusalCode.SharesTooFew, $"{holders.Count} share holders in office have a certificate, policy wants {values.KeyShares}.", "shareHolders");
        }

        var device = context.Identity.Device;
        var set = device.SplitBackup(values.KeyShares, values.KeyShareThreshold, [.. holders.Select(holder => holder.Key)]);
        var file = ActStatement.Digest(set.EncryptedBackup);
        BackupMade made = new(file, device.Labels.Count, [.. set.Shares.Select((share, i) => new ShareDelivery(holders[i].Person.Name, share.Number, share.EnvelopedShare))]);
        backup.Keep(session, set.EncryptedBackup, context.Clock.GetUtcNow().ToUnixTimeMilliseconds(), digest, KeptJson.Write(made));
        for (var i = 0; i < holders.Count; i++)
        {
            ceremony.RecordHolder(session, set.Shares[i].Number, holders[i].Person.PersonId);
        }

        var names = string.Join("、", present.Select(holder => holder.Name));
        ceremony.Note(session, $"重新备份密码设备（{reason.Trim()}），新的密钥分量交与：{string.Join("、", holders.Select(holder => holder.Person.Name))}", $"{act.Person}；{names}", file);
        act.Detail["reason"] = reason.Trim();
        act.Detail["backup"] = file;
        act.Detail["holders"] = names;
        return made;
    }

    // In the order of their numbers at the room; of each the certificate that ends last.
    private List<(StaffMember Person, Crypto.Sm2PublicKey Key)> Holders(Session session) =>
    [
        .. session.Query<byte[]>(
                """
                SELECT c.der FROM ca_staff s JOIN ca_certificates c ON c.issuer = s.issuer AND c.serial = s.serial
                WHERE s.room = @Ca AND s.role = @ShareHolder AND c.revoked = 0 AND c.not_after > @now ORDER BY c.not_after DESC LIMIT 200
                """,
                new { Rooms.Ca, Roles.ShareHolder, now = context.Clock.GetUtcNow().ToUnixTimeMilliseconds() })
            .Select(der => (Person: context.Staff.FindByCertificate(session, ActStatement.Digest(der)), Der: der))
            .Where(holder => holder.Person?.Roles.Contains(Roles.ShareHolder) == true && Hufu.Governance.Staff.VoidSince(session, ActStatement.Digest(holder.Der)) is null)
            .GroupBy(holder => holder.Person!.PersonId, StringComparer.Ordinal)
            .Select(group => (group.First().Person!, Certificate.Decode(group.First().Der).PublicKey.RequireSm2()))
            .OrderBy(holder => holder.Item1.PersonId, StringComparer.Ordinal),
    ];
}
