using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hufu.Hosting;

/// <summary>
/// The monthly review (6.6.1.4-b): <c>POST /api/{room}/audit/months/{ledger}/{month}</c> concludes it and makes the signed summary, <c>…/summary</c> and <c>…/signature</c> give it,
/// <c>GET /api/{room}/audit/duties</c> says what is still to be done. Steps: 1 the act is authorised, 2 the summary is made, printed and signed, 3 it is kept and recorded. A failure in 2 or 3 leaves the month open.
/// </summary>
/// <param name="context">The room whose auditors review.</param>
/// <param name="ledgers">What they look after.</param>
internal sealed class MonthDesk(RoomContext context, AuditedLedgers ledgers)
{
    private const int SummaryLimit = BodyLimits.Evidence;
    private const int TextLimit = 2_000;

    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        var room = context.Name;
        var doors = endpoints.ServiceProvider.GetRequiredService<SessionDoors>();
        var months = endpoints.MapGroup($"/api/{room}/audit/months/{{ledger}}/{{month}}").WithTags(room);
        months.MapPost("", async (string ledger, string month, ActRequest request, CancellationToken ct) => Results.Json(await ReviewAsync(ledger, month, request, ct), ContractJson.Options))
            .WithName($"{room}-audit-month").WithSummary("Concludes a month's review and makes the signed summary (MonthReview)").Produces<MonthReviewed>().ProducesRefusals();
        months.MapPost("/summary", async (string ledger, string month, ActRequest request, CancellationToken ct) =>
        {
            var reviewed = await ReadAsync(ledger, month, request, ct);
            return Results.File(await context.Evidence.GetAsync(reviewed.Summary, ct), "application/pdf", $"hufu-{ledger}-{month}.pdf");
        }).WithName($"{room}-audit-month-summary").WithSummary("A month's summary, PDF (ReadingPurpose)").Produces<byte[]>(contentType: "application/pdf").ProducesRefusals();
        months.MapPost("/signature", async (string ledger, string month, ActRequest request, CancellationToken ct) =>
        {
            _ = await ReadAsync(ledger, month, request, ct);
            return Results.File(await context.Database.ReadAsync(session => MonthStore.Signature(session, ledger, month), ct), "application/pkcs7-signature", $"hufu-{ledger}-{month}.p7s");
        }).WithName($"{room}-audit-month-signature").WithSummary("The summary's detached GM/T 0010 signature by the audit key (ReadingPurpose)").Produces<byte[]>(contentType: "application/pkcs7-signature").ProducesRefusals();
        endpoints.MapGet($"/api/{room}/audit/duties", async (HttpContext http, CancellationToken ct) =>
        {
            var session = await doors.FindAsync(http, room) ?? throw new RefusedException(RefusalCode.SessionMissing);
            return Results.Json(await DutiesAsync(session, ct), ContractJson.Options);
        }).WithName($"{room}-audit-duties").WithTags(room).WithSummary("What auditors have to do, in a session").Produces<AuditDuties>().ProducesRefusals();
    }

    [Clause("6.6.1.4-b")]
    private async Task<MonthReviewed> ReviewAsync(string ledger, string month, ActRequest request, CancellationToken ct)
    {
        var known = ledgers.All.FirstOrDefault(room => room.Name == ledger);
        var begun = known is null ? DateTimeOffset.MaxValue : await BegunAsync(known, ct).ConfigureAwait(false);
        // 1
        var (act, span, review) = await context.Acts.RunAsync<MonthReview, (AuthorisedAct, AuditMonth, MonthReview)>(
            request, ActNames.AuditMonthReview, _ => new ExpectedAct(ActNames.AuditMonthReview, ObjectOf(known, month)), (session, authorised, asked) =>
            {
                _ = ledgers.Of(ledger);
                var span = AuditMonth.Parse(month, context.Policy.Values);
                foreach (var (name, text) in new[] { ("conclusion", asked.Conclusion), ("breaches", asked.Breaches) })
                {
                    if (text.Trim().Length is 0 or > TextLimit)
                    {
                        throw new RefusedException(RefusalCode.FieldInvalid, $"1 to {TextLimit} characters.", name);
                    }
                }

                if (span.Until > context.Clock.GetUtcNow() || span.Until <= begun)
                {
                    throw new RefusedException(RefusalCode.StateWrong, "The month is not over yet, or lies before the ledger.", "month");
                }

                if (MonthStore.Of(session, ledger, span.Name) is { } done)
                {
                    throw new RefusedException(RefusalCode.StateWrong, $"{done.By} has concluded it.", "month");
                }

                if (context.Identity.AuditCertificate is null)
                {
                    throw new RefusedException(RefusalCode.NotInitialised, "The audit key has no certificate yet.");
                }

                authorised.Detail["conclusion"] = asked.Conclusion.Trim();
                authorised.Detail["breaches"] = asked.Breaches.Trim();
                return (authorised, span, asked);
            },
            ct).ConfigureAwait(false);
        try
        {
            // 2
            var figures = await FiguresAsync(known!, span, ct).ConfigureAwait(false);
            var now = context.Clock.GetUtcNow();
            var paper = MonthSummary.Print(figures, review, act, context.Policy, now);
            var signature = Seal(paper, now);
            var kept = await context.Evidence.PutAsync(paper, SummaryLimit, ct).ConfigureAwait(false);
            // 3
            var reviewed = new MonthReviewed(ledger, span.Name, act.Person.ToString(), now, figures.Records.Count, figures.Anomalies.Count, kept.Digest);
            await context.Database.WriteAsync(
                session =>
                {
                    if (MonthStore.Of(session, ledger, span.Name) is { } done)
                    {
                        throw new RefusedException(RefusalCode.StateWrong, $"{done.By} has concluded it.", "month");
                    }

                    MonthStore.Add(session, reviewed, signature);
                    context.Ledger.Append(session, Record(act, ledger, span, LedgerOutcome.Done, new JsonObject
                    {
                        ["summary"] = kept.Digest, ["signature"] = ActStatement.Digest(signature), ["records"] = reviewed.Records, ["anomalies"] = reviewed.Anomalies, ["headSize"] = figures.Head.Size, ["headRoot"] = figures.Head.Root,
                    }));
                },
                CancellationToken.None).ConfigureAwait(false);
            return reviewed;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            await context.Ledger.AppendAsync(
                Record(act, ledger, span, LedgerOutcome.Failed, new JsonObject { ["reason"] = (fault as RefusedException)?.Refusal.ToString() ?? fault.GetType().Name }), CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    private static LedgerRecord Record(AuthorisedAct act, string ledger, AuditMonth month, LedgerOutcome outcome, JsonObject detail) =>
        new() { Actor = act.Person.ToString(), Act = "audit.month.reviewed", Object = $"month/{ledger}/{month.Name}", Outcome = outcome, Detail = detail };

    // Signed attributes only: what the audit key signs here begins as a DER SET and can never be the text of a head.
    private byte[] Seal(byte[] paper, DateTimeOffset now)
    {
        var certificate = context.Identity.AuditCertificate!;
        return SignedMessage.Sign(paper, context.Identity.AuditSigner, certificate, new SigningOptions
        {
            Syntax = MessageSyntax.Gm, Placement = ContentPlacement.Detached, Attributes = SignedAttributesMode.Standard, SigningTime = now, Certificates = [certificate, .. context.Identity.Chain],
        }).RawData.ToArray();
    }

    private async Task<MonthFigures> FiguresAsync(RoomContext room, AuditMonth month, CancellationToken ct)
    {
        var (records, whole) = await AnomalyDesk.SpanAsync(room.Ledger, month.From, month.Until, ct).ConfigureAwait(false);
        var (first, end) = records.Count == 0 ? (0L, 0L) : (records[0].Sequence, records[^1].Sequence + 1);
        var head = await room.Ledger.SignHeadAsync(ct).ConfigureAwait(false);
        return await context.Database.ReadAsync(
            session => new MonthFigures
            {
                Ledger = room.Name, Month = month, Records = records, Whole = whole, Head = head, Anomalies = new AnomalyFinder(context.Policy).Find(records, month.From, month.Until),
                Reviewed = MarkStore.Count(session, room.Name, MarkKind.Reviewed, first, end), Suspicious = MarkStore.Count(session, room.Name, MarkKind.Suspicious, first, end),
                Unanswered = MarkStore.Count(session, room.Name, MarkKind.NeedsAnswer, first, end),
            },
            ct).ConfigureAwait(false);
    }

    private Task<MonthReviewed> ReadAsync(string ledger, string month, ActRequest request, CancellationToken ct) => context.Acts.RunAsync<ReadingPurpose, MonthReviewed>(
        request, ActNames.AuditMonthRead, _ => new ExpectedAct(ActNames.AuditMonthRead, ObjectOf(ledgers.All.FirstOrDefault(room => room.Name == ledger), month)), (session, act, reading) =>
        {
            if (reading.Purpose.Trim().Length is 0 or > 200)
            {
                throw new RefusedException(RefusalCode.FieldInvalid, "1 to 200 characters.", "purpose");
            }

            act.Detail["purpose"] = reading.Purpose.Trim();
            return MonthStore.Of(session, ledger, month) ?? throw new RefusedException(RefusalCode.UnknownObject, "The month has no summary.", "month");
        },
        ct);

    private static string ObjectOf(RoomContext? room, string month) => room is null || month.Length > 7 ? "month/-" : $"month/{room.Name}/{month}";

    private async Task<AuditDuties> DutiesAsync(StaffSession session, CancellationToken ct)
    {
        var now = context.Clock.GetUtcNow();
        var begun = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var room in ledgers.All)
        {
            begun[room.Name] = await BegunAsync(room, ct).ConfigureAwait(false);
        }

        return await context.SignIn.ReadAsync(
            session, ActNames.AuditDutiesRead, "audit/duties",
            read => new AuditDuties(
                [.. ledgers.All.SelectMany(room => MonthStore.Open(read, room.Name, begun[room.Name], now, context.Policy.Values))],
                [.. ledgers.All.SelectMany(room => MonthStore.Latest(read, room.Name, 24))],
                [.. ledgers.All.SelectMany(room => MarkStore.Open(read, room.Name, 100).Select(open => new OpenMark(room.Name, open.Sequence, open.Mark))).Take(100)],
                context.Staff.RevocationDuties(read)),
            ct).ConfigureAwait(false);
    }

    private static async Task<DateTimeOffset> BegunAsync(RoomContext room, CancellationToken ct) =>
        (await room.Ledger.SearchAsync(new LedgerFilter { Below = 1, Limit = 1 }, ct).ConfigureAwait(false)) is [var first] ? first.Time : DateTimeOffset.MaxValue;
}
