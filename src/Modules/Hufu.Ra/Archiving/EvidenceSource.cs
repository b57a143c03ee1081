using System.Globalization;
using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Ra.Applications;
using Hufu.Ra.Delivery;
using Hufu.Ra.Lists;
using Hufu.Records;

namespace Hufu.Ra.Archiving;

/// <summary>
/// Data and papers of applications that have come to an end: refused, withdrawn, accepted, revoked. Each has a folder by its number with <c>application.json</c> (fields, steps, what clerk and vetter signed with its
/// payload, papers by kind) and its papers and letters by digest. An application that ends again (an accepted one is revoked) comes again. The class is sealed. Kept from the end of the last certificate among them.
/// </summary>
internal sealed class EvidenceSource(RaDesk desk) : IArchiveSource
{
    /// <summary>The class of policy/archive.yaml.</summary>
    public const string ClassName = "evidence";

    /// <summary>At most so many applications a package, and so many bytes of papers; the next one goes on.</summary>
    private const int Most = 2_000;

    private const long MostBytes = 4L << 30;
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);

    public string Class => ClassName;

    [Clause("6.6.1.5-a")]
    public async Task<ArchiveBatch?> CollectAsync(string? upto, CancellationToken ct)
    {
        var (time, id) = upto?.Split(' ') is [var at, var number] ? (long.Parse(at, CultureInfo.InvariantCulture), number) : (0, "");
        var until = desk.Now - (long)Settled.TotalMilliseconds;
        var ended = await desk.Context.Database.ReadAsync(
            session => session.Query<Ended>(
                """
                SELECT a.id, a.waiting_since AS at, coalesce(a.not_after, a.waiting_since) AS ends, coalesce((SELECT sum(e.size) FROM ra_evidence e WHERE e.application = a.id), 0) AS size
                FROM ra_applications a
                WHERE a.state IN ('Refused', 'Withdrawn', 'Accepted', 'Revoked') AND a.waiting_since >= @time AND a.waiting_since <= @until AND (a.waiting_since > @time OR a.id > @id)
                ORDER BY a.waiting_since, a.id LIMIT @Most
                """,
                new { time, id, until, Most }),
            ct).ConfigureAwait(false);
        if (ended.Count == 0)
        {
            return null;
        }

        long bytes = 0;
        var taken = ended.TakeWhile((one, index) => (bytes += one.Size) <= MostBytes || index == 0).ToList();
        var items = new List<ArchiveItem>();
        foreach (var one in taken)
        {
            var folder = one.Id.ToLowerInvariant();
            items.Add(new ArchiveItem($"{folder}/application.json", async (stream, stop) => await stream.WriteAsync(await DescribeAsync(one.Id, stop).ConfigureAwait(false), stop).ConfigureAwait(false)));
            foreach (var digest in await desk.Context.Database.ReadAsync(session => Kept(session, one.Id), ct).ConfigureAwait(false))
            {
                items.Add(new ArchiveItem($"{folder}/papers/{digest}", async (stream, stop) => await stream.WriteAsync(await PaperAsync(digest, stop).ConfigureAwait(false), stop).ConfigureAwait(false)));
            }
        }

        var last = taken[^1];
        var covered = DateTimeOffset.FromUnixTimeMilliseconds(last.At);
        return new ArchiveBatch(
            $"已终结申请 {taken.Count} 件，至 {desk.Context.Policy.Values.LocalText(covered)} ({taken.Count} ended applications)", covered, DateTimeOffset.FromUnixTimeMilliseconds(taken.Max(one => one.Ends)),
            string.Create(CultureInfo.InvariantCulture, $"{last.At} {last.Id}"), items);
    }

    /// <summary>Papers and letters, each digest once.</summary>
    private static IReadOnlyList<string> Kept(Session session, string application) => session.Query<string>(
        "SELECT digest FROM ra_evidence WHERE application = @application UNION SELECT letter FROM ra_notices WHERE application = @application AND letter <> '' ORDER BY 1 LIMIT 200", new { application });

    /// <summary>A paper that is not kept any more or not what it was does not stop the archive: its file says so, and the package tells it for ever.</summary>
    private async Task<byte[]> PaperAsync(string digest, CancellationToken ct)
    {
        try
        {
            return await desk.Context.Evidence.GetAsync(digest, ct).ConfigureAwait(false);
        }
        catch (EvidenceException fault)
        {
            return Encoding.UTF8.GetBytes($"HUFU-MISSING 1\n{digest}\n{fault.Error}\n");
        }
    }

    private Task<byte[]> DescribeAsync(string id, CancellationToken ct) => desk.Context.Database.ReadAsync(
        session =>
        {
            var row = ApplicationStore.Get(session, id);
            var acts = session.Query<Signed>("SELECT step, person, statement, signature, certificate, payload, done_at FROM ra_staff_acts WHERE application = @id ORDER BY done_at, step LIMIT 20", new { id });
            return JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    row.Id, row.Profile, row.State, row.Title, fields = SealedFields.Open(desk.Cipher, row), row.Request, row.DataDigest, row.RenewalOf, row.AgreementVersion, agreementAt = row.AgreementAt.Moment(), row.Channel, row.Office,
                    row.Batch, createdAt = row.CreatedAt.Moment(), endedAt = row.WaitingSince.Moment(), notAfter = row.NotAfter.Moment(), row.Reason, row.SigningSerial, row.EncryptionSerial,
                    papers = PaperStore.Of(session, id),
                    delivery = row.SigningSerial is null ? null : DeliveryStore.Of(session, desk.Cipher, row),
                    steps = StepStore.Of(session, desk.Cipher, id),
                    acts = acts.Select(act => new
                    {
                        act.Step, act.Person, act.Statement, act.Signature, act.Certificate, payload = Encoding.UTF8.GetString(desk.Cipher.Open(act.Payload, Encoding.ASCII.GetBytes($"{id}/{act.Step}"))), doneAt = act.DoneAt.Moment(),
                    }).ToList(),
                },
                ContractJson.Options);
        },
        ct);

    private sealed record Ended(string Id, long At, long Ends, long Size);

    private sealed record Signed(string Step, string Person, string Statement, byte[] Signature, byte[] Certificate, byte[] Payload, long DoneAt);
}
