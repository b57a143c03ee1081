using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Hosting;

/// <summary>
/// Ceremonies around the device's split backup, the same in CA and key centre: <c>POST /api/{room}/ceremony/shares</c> by each share holder, <c>POST …/backup-check</c> by an operator once enough
/// shares lie on the table, <c>GET …/transcript</c>. Shares are in memory only, for as long as policy says, and wiped after use.
/// </summary>
/// <param name="context">The room.</param>
/// <param name="device">Its device's backup.</param>
[Clause("6.6.2.2-a")]
public sealed class CeremonyDesk(RoomContext context, ICeremonyDevice device)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, (PresentedShare Share, StaffMember Holder, DateTimeOffset Until)> _table = [];

    /// <summary>Maps the addresses.</summary>
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        var room = context.Name;
        endpoints.MapPost($"/api/{room}/ceremony/shares", async (ActRequest request, CancellationToken ct) => Results.Json(await PresentAsync(request, ct), ContractJson.Options))
            .WithName($"{room}-ceremony-shares").WithTags(room).WithSummary("Presents a share (SharePresentation)").Produces<SharesPresented>().ProducesRefusals();
        endpoints.MapPost($"/api/{room}/ceremony/backup-check", async (ActRequest request, CancellationToken ct) => Results.Json(await CheckAsync(request, ct), ContractJson.Options))
            .WithName($"{room}-ceremony-backup-check").WithTags(room).WithSummary("Restores the backup in a scratch place and compares (BackupCheck)").Produces<BackupChecked>().ProducesRefusals();
        endpoints.MapGet($"/api/{room}/ceremony/transcript", async (CancellationToken ct) =>
            Results.Text(Transcript(await context.Database.ReadAsync(Steps, ct)), "text/markdown", Encoding.UTF8))
            .WithName($"{room}-ceremony-transcript").WithTags(room).WithSummary("The transcript, Markdown").Produces<string>(contentType: "text/markdown");
    }

    /// <summary>Writes a step into the transcript.</summary>
    /// <param name="session">A writing transaction.</param>
    /// <param name="what">What was done, in words.</param>
    /// <param name="who">Who was present and did it.</param>
    /// <param name="digest">SM3 (hex) of what came out of it, or null.</param>
    [Clause("6.6.2.1-a")]
    public CeremonyStep Note(Session session, string what, string who, string? digest = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        var step = new CeremonyStep((int)session.Scalar<long>("SELECT coalesce(max(number), 0) + 1 FROM hosting_ceremony_steps"), context.Clock.GetUtcNow(), what, who, digest);
        session.Execute(
            "INSERT INTO hosting_ceremony_steps (number, at, what, who, digest) VALUES (@Number, @at, @What, @Who, @Digest)",
            new { step.Number, at = step.Time.ToUnixTimeMilliseconds(), step.What, step.Who, step.Digest });
        return step;
    }

    /// <summary>Records who got which share, at the split.</summary>
    /// <param name="session">A writing transaction.</param>
    /// <param name="number">The share's number.</param>
    /// <param name="personId">The holder's number in this room.</param>
    public void RecordHolder(Session session, int number, string personId)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Execute(
            "INSERT INTO hosting_share_holders (number, person_id) VALUES (@number, @personId) ON CONFLICT (number) DO UPDATE SET person_id = excluded.person_id", new { number, personId });
        // A new split makes old shares worthless.
        session.OnCommitted(Clear);
    }

    /// <summary>The transcript's steps; at most 10,000.</summary>
    public static IReadOnlyList<CeremonyStep> Steps(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return
        [
            .. session.Query<StepRow>("SELECT number, at, what, who, digest FROM hosting_ceremony_steps ORDER BY number LIMIT 10000")
                .Select(row => new CeremonyStep((int)row.Number, DateTimeOffset.FromUnixTimeMilliseconds(row.At), row.What, row.Who, row.Digest)),
        ];
    }

    /// <summary>Share holders whose share lies on the table now: they are present, with token and PIN (6.6.2.2-a).</summary>
    public IReadOnlyList<StaffMember> Present => [.. OnTable().Select(entry => entry.Holder)];

    internal async Task<SharesPresented> PresentAsync(ActRequest request, CancellationToken ct)
    {
        byte[] share = [];
        var laid = false;
        StaffMember holder;
        int number;
        try
        {
            (holder, number) = await context.Acts.RunAsync<SharePresentation, (StaffMember, int)>(
                request,
                ActNames.SharePresent,
                _ => new ExpectedAct(ActNames.SharePresent, $"device/{context.Name}"),
                (session, act, presentation) =>
                {
                    if (session.QueryFirst<string>("SELECT person_id FROM hosting_share_holders WHERE number = @Number", new { presentation.Number }) != act.Person.PersonId)
                    {
                        throw new RefusedException(RefusalCode.ShareInvalid, $"Share {presentation.Number} is not {act.Person.Name}'s.", "number");
                    }

                    share = Open(presentation.EnvelopedShare);
                    if (!device.VerifyShare(presentation.Number, share))
                    {
                        throw new RefusedException(RefusalCode.ShareInvalid, $"It is not share {presentation.Number} of the set.", "envelopedShare");
                    }

                    act.Detail["number"] = presentation.Number;
                    session.OnCommitted(() =>
                    {
                        laid = true;
                        Lay(new PresentedShare(presentation.Number, share), act.Person);
                    });
                    return (act.Person, presentation.Number);
                },
                ct).ConfigureAwait(false);
        }
        finally
        {
            // Refused, or its transaction failed: nothing of it stays in memory.
            if (!Volatile.Read(ref laid))
            {
                CryptographicOperations.ZeroMemory(share);
            }
        }

        await context.Database.WriteAsync(session => Note(session, $"提交密钥分量 {number}", holder.ToString()), ct).ConfigureAwait(false);
        return new SharesPresented(OnTable().Count, context.Policy.Values.KeyShareThreshold);
    }

    [Clause("6.6.2.2-c")]
    internal async Task<BackupChecked> CheckAsync(ActRequest request, CancellationToken ct)
    {
        var needed = context.Policy.Values.KeyShareThreshold;
        var (operatorName, check) = await context.Acts.RunAsync<BackupCheck, (string, BackupCheck)>(
            request,
            ActNames.BackupVerify,
            _ => new ExpectedAct(ActNames.BackupVerify, $"device/{context.Name}"),
            (_, act, asked) =>
            {
                var present = OnTable();
                if (present.Count < needed)
                {
                    throw new RefusedException(RefusalCode.SharesTooFew, $"{present.Count} of {needed}.");
                }

                act.Detail["reason"] = asked.Reason;
                act.Detail["holders"] = new JsonArray([.. present.Select(entry => JsonValue.Create(entry.Holder.ToString()))]);
                return (act.Person.ToString(), asked);
            },
            ct).ConfigureAwait(false);

        var taken = Take();
        try
        {
            if (taken.Count < needed)
            {
                throw new RefusedException(RefusalCode.SharesTooFew, $"{taken.Count} of {needed}.");
            }

            var comparison = await device.CompareBackupAsync([.. taken.Select(entry => entry.Share)], ct).ConfigureAwait(false);
            return await context.Database.WriteAsync(
                session =>
                {
                    var present = string.Join("、", taken.Select(entry => entry.Holder.Name));
                    Note(session, $"合并分量，在隔离处恢复备份并与在用密钥比对（{check.Reason}）：{comparison.KeysCompared} 个密钥，{(comparison.AllEqual ? "全部一致" : "不一致")}", $"{operatorName}；{present}", comparison.Digest);
                    context.Ledger.Append(session, new LedgerRecord
                    {
                        Actor = operatorName,
                        Act = "ceremony.backup.compared",
                        Object = $"device/{context.Name}",
                        Outcome = comparison.AllEqual ? LedgerOutcome.Done : LedgerOutcome.Failed,
                        Detail = new JsonObject { ["keys"] = comparison.KeysCompared, ["allEqual"] = comparison.AllEqual, ["backup"] = comparison.Digest },
                    });
                    return new BackupChecked(comparison.KeysCompared, comparison.AllEqual, Steps(session));
                },
                CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            Wipe(taken);
        }
    }

    private byte[] Open(byte[] enveloped)
    {
        try
        {
            return context.Identity.Decryptor.Decrypt(enveloped);
        }
        catch (PkiException)
        {
            throw new RefusedException(RefusalCode.ShareInvalid, "It does not open with the room's encryption key.", "envelopedShare");
        }
    }

    private void Lay(PresentedShare share, StaffMember holder)
    {
        lock (_lock)
        {
            if (_table.Remove(share.Number, out var before))
            {
                CryptographicOperations.ZeroMemory(before.Share.Share);
            }

            _table[share.Number] = (share, holder, context.Clock.GetUtcNow() + context.Policy.Values.SharePresentationLife);
        }
    }

    private List<(PresentedShare Share, StaffMember Holder, DateTimeOffset Until)> OnTable()
    {
        lock (_lock)
        {
            var now = context.Clock.GetUtcNow();
            foreach (var (number, entry) in _table.Where(pair => pair.Value.Until <= now).ToList())
            {
                CryptographicOperations.ZeroMemory(entry.Share.Share);
                _table.Remove(number);
            }

            return [.. _table.Values.OrderBy(entry => entry.Share.Number)];
        }
    }

    private List<(PresentedShare Share, StaffMember Holder, DateTimeOffset Until)> Take()
    {
        lock (_lock)
        {
            var taken = OnTable();
            _table.Clear();
            return taken;
        }
    }

    private void Clear() => Wipe(Take());

    private static void Wipe(IEnumerable<(PresentedShare Share, StaffMember Holder, DateTimeOffset Until)> entries)
    {
        foreach (var entry in entries)
        {
            CryptographicOperations.ZeroMemory(entry.Share.Share);
        }
    }

    private string Transcript(IReadOnlyList<CeremonyStep> steps)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"# 仪式记录（{context.Name}）\n\n| 序号 | 时间（北京） | 事项 | 在场与执行 | SM3 |\n|---|---|---|---|---|\n");
        foreach (var step in steps)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {step.Number} | {context.Policy.Values.LocalText(step.Time)} | {Cell(step.What)} | {Cell(step.Who)} | {step.Digest} |\n");
        }

        return text.ToString();

        static string Cell(string words) => words.Replace('\n', ' ').Replace('\r', ' ').Replace("|", "\\|", StringComparison.Ordinal);
    }

    private sealed record StepRow(long Number, long At, string What, string Who, string? Digest);
}
