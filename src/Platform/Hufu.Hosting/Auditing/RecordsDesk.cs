using System.Text.Json;
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
/// The auditor's reading of ledgers, each reading a signed act and so itself a record (6.6.1.4-d): <c>POST /api/{room}/audit/records</c>, <c>…/records/{ledger}/{sequence}/private</c>, <c>…/proof</c>,
/// and <c>POST /api/{room}/audit/marks</c>.
/// </summary>
/// <param name="context">The room whose auditors read.</param>
/// <param name="ledgers">What they look after.</param>
internal sealed class RecordsDesk(RoomContext context, AuditedLedgers ledgers)
{
    public const int PageLimit = 200;


    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        var room = context.Name;
        var audit = endpoints.MapGroup($"/api/{room}/audit").WithTags(room);
        audit.MapPost("/records", async (ActRequest request, CancellationToken ct) => Results.Json(await ReadAsync(request, ct), ContractJson.Options))
            .WithName($"{room}-audit-records").WithSummary("A page of a ledger, each record verified (RecordQuery)").Produces<RecordPage>().ProducesRefusals();
        audit.MapPost("/records/{ledger}/{sequence:long}/private", async (string ledger, long sequence, ActRequest request, CancellationToken ct) =>
            Results.Json(await OpenPrivateAsync(ledger, sequence, request, ct), ContractJson.Options))
            .WithName($"{room}-audit-private").WithSummary("Opens a record's private fields (ReadingPurpose)").Produces<PrivateFields>().ProducesRefusals();
        audit.MapPost("/records/{ledger}/{sequence:long}/proof", async (string ledger, long sequence, ActRequest request, CancellationToken ct) =>
            Results.File(await ProveAsync(ledger, sequence, request, ct), "application/json", $"hufu-proof-{ledger}-{sequence}.json"))
            .WithName($"{room}-audit-proof").WithSummary("The proof of a record as a file, as hufu audit prove writes it (ReadingPurpose)").Produces<byte[]>(contentType: "application/json").ProducesRefusals();
        audit.MapPost("/marks", async (ActRequest request, CancellationToken ct) =>
        {
            await MarkAsync(request, ct);
            return Results.NoContent();
        }).WithName($"{room}-audit-marks").WithSummary("Marks records (RecordMarking)").Produces(StatusCodes.Status204NoContent).ProducesRefusals();
    }

    [Clause("6.6.1.4-d")]
    [Clause("6.6.1.4-g")]
    [Clause("7.2.3-a")]
    private async Task<RecordPage> ReadAsync(ActRequest request, CancellationToken ct)
    {
        var query = await context.Acts.RunAsync<RecordQuery, RecordQuery>(
            request, ActNames.AuditRecordsRead, asked => new ExpectedAct(ActNames.AuditRecordsRead, ledgers.ObjectOf(asked.Ledger)), (session, act, asked) =>
            {
                _ = ledgers.Of(asked.Ledger);
                Demand(asked.Limit is >= 1 and <= PageLimit, $"1 to {PageLimit}.", "limit");
                foreach (var (name, text, longest) in new[] { ("actor", asked.Actor, 256), ("act", asked.Act, 128), ("object", asked.Object, 512) })
                {
                    Demand(text is null || text.Length is > 0 && text.Length <= longest, $"1 to {longest} characters.", name);
                }

                // What was looked for is on record as it was asked; what was found is in the ledger anyway.
                act.Detail["query"] = JsonSerializer.SerializeToNode(asked, ContractJson.Options);
                return asked;
            },
            ct).ConfigureAwait(false);
        return await PageAsync(query, ct).ConfigureAwait(false);
    }

    private async Task<RecordPage> PageAsync(RecordQuery query, CancellationToken ct)
    {
        var room = ledgers.Of(query.Ledger);
        var verifier = new RecordVerifier(room);
        var entries = query.Marked is { } kind ? await MarkedAsync(room, verifier, kind, query, ct).ConfigureAwait(false) : await room.Ledger.SearchAsync(FilterOf(query), ct).ConfigureAwait(false);
        // The head is over everything that the page shows.
        var head = room.Ledger.Head is { } kept && entries.All(entry => entry.Sequence < kept.Size) ? kept : await room.Ledger.SignHeadAsync(ct).ConfigureAwait(false);
        var marks = await context.Database.ReadAsync(session => MarkStore.Of(session, query.Ledger, [.. entries.Select(entry => entry.Sequence)]), ct).ConfigureAwait(false);
        var records = new List<AuditRecord>(entries.Count);
        foreach (var entry in entries)
        {
            records.Add(new AuditRecord(
                entry.Sequence, entry.Time, entry.Actor, entry.Act, context.Policy.Acts.TryGetValue(entry.Act, out var rule) ? rule.What : entry.Act, entry.Object, Enum.Parse<RecordOutcome>(entry.Outcome.ToString()),
                entry.Line, Convert.ToHexStringLower(RecordVerifier.Leaf(entry.Line)), await verifier.VerifyAsync(entry, head, ct).ConfigureAwait(false), IsSealed(entry), [.. marks[entry.Sequence]]));
        }

        return new RecordPage(query.Ledger, head.ToJson(), head.IsSignedBy(room.Identity.AuditSigner.PublicKey), records, records.Count == query.Limit && records[^1].Sequence > 0 ? records[^1].Sequence : null);
    }

    private static LedgerFilter FilterOf(RecordQuery query) => new()
    {
        Actor = query.Actor, Act = query.Act, Object = query.Object, Outcome = query.Outcome is { } outcome ? Enum.Parse<LedgerOutcome>(outcome.ToString()) : null,
        From = query.From, Until = query.Until, Below = query.Below, Limit = query.Limit,
    };

    private async Task<IReadOnlyList<LedgerEntry>> MarkedAsync(RoomContext room, RecordVerifier verifier, MarkKind kind, RecordQuery query, CancellationToken ct)
    {
        const int Looked = 2_000;
        var numbers = await context.Database.ReadAsync(session => MarkStore.Marked(session, query.Ledger, kind, query.Below ?? long.MaxValue, Looked), ct).ConfigureAwait(false);
        var found = new List<LedgerEntry>();
        foreach (var number in numbers)
        {
            if (found.Count < query.Limit && await verifier.FindAsync(number, ct).ConfigureAwait(false) is { } entry
                && (query.Actor ?? entry.Actor) == entry.Actor && (query.Act ?? entry.Act) == entry.Act && (query.Object ?? entry.Object) == entry.Object
                && (query.Outcome is not { } outcome || outcome.ToString() == entry.Outcome.ToString()) && !(entry.Time < query.From) && !(entry.Time >= query.Until))
            {
                found.Add(entry);
            }
        }

        return found;
    }

    private async Task<PrivateFields> OpenPrivateAsync(string ledger, long sequence, ActRequest request, CancellationToken ct)
    {
        var entry = await OfRecordAsync(ActNames.AuditPrivateRead, ledger, sequence, request, ct).ConfigureAwait(false);
        try
        {
            return ledgers.Of(ledger).Ledger.OpenPrivate(entry) is { } fields
                ? new PrivateFields(ledger, sequence, JsonSerializer.SerializeToElement(fields, ContractJson.Options))
                : throw new RefusedException(RefusalCode.UnknownObject, "The record has no private fields.", "sequence");
        }
        catch (PkiException)
        {
            throw new RefusedException(RefusalCode.StateWrong, "The private fields do not open under this room's device, or belong to another record.", "sequence");
        }
    }

    private async Task<byte[]> ProveAsync(string ledger, long sequence, ActRequest request, CancellationToken ct)
    {
        var entry = await OfRecordAsync(ActNames.AuditProofTake, ledger, sequence, request, ct).ConfigureAwait(false);
        var (proof, head) = await ledgers.Of(ledger).Ledger.ProveAsync(sequence, ct).ConfigureAwait(false);
        return ProofFile.Write(entry.Line, proof, head, ledgers.Of(ledger).Identity.AuditSigner.PublicKey);
    }

    private async Task<LedgerEntry> OfRecordAsync(string name, string ledger, long sequence, ActRequest request, CancellationToken ct)
    {
        var known = ledgers.All.FirstOrDefault(room => room.Name == ledger);
        var entry = known is null ? null : await new RecordVerifier(known).FindAsync(sequence, ct).ConfigureAwait(false);
        return await context.Acts.RunAsync<ReadingPurpose, LedgerEntry>(
            request, name, _ => new ExpectedAct(name, known is null ? "record/-" : $"record/{known.Name}/{sequence}"), (_, act, reading) =>
            {
                Demand(reading.Purpose.Trim().Length is > 0 and <= 200, "1 to 200 characters.", "purpose");
                act.Detail["purpose"] = reading.Purpose.Trim();
                return entry ?? throw new RefusedException(RefusalCode.UnknownObject, "There is no such record.", "sequence");
            },
            ct).ConfigureAwait(false);
    }

    [Clause("6.6.1.4-b")]
    private Task<bool> MarkAsync(ActRequest request, CancellationToken ct) => context.Acts.RunAsync<RecordMarking, bool>(
        request, ActNames.AuditRecordMark, marking => new ExpectedAct(ActNames.AuditRecordMark, ledgers.ObjectOf(marking.Ledger)), (session, act, marking) =>
        {
            var room = ledgers.Of(marking.Ledger);
            Demand(marking.Words.Trim().Length <= 500 && (marking.Kind == MarkKind.Reviewed || marking.Words.Trim().Length > 0), "1 to 500 characters; only what is simply reviewed may go without.", "words");
            Demand(marking.Records.Count is >= 1 and <= PageLimit && marking.Records.DistinctBy(record => record.Sequence).Count() == marking.Records.Count, $"1 to {PageLimit} records, each once.", "records");
            Demand(marking.Records.All(record => record.Sequence >= 0 && record.Sequence < room.Ledger.Size && record.Leaf.Length == 64 && record.Leaf.All(char.IsAsciiHexDigitLower)), "Numbers of records, and their leaf hashes.", "records");
            MarkStore.Add(session, marking, act.Person.ToString(), context.Clock.GetUtcNow().ToUnixTimeMilliseconds());
            // The payload is not kept; what was marked, and as which content, stands in the record.
            act.Detail["kind"] = MarkStore.Word(marking.Kind);
            act.Detail["words"] = marking.Words.Trim();
            act.Detail["records"] = new JsonArray([.. marking.Records.Select(record => (JsonNode)new JsonObject { ["sequence"] = record.Sequence, ["leaf"] = record.Leaf })]);
            return true;
        },
        ct);

    private static bool IsSealed(LedgerEntry entry)
    {
        using var line = JsonDocument.Parse(entry.Line);
        return line.RootElement.TryGetProperty("detail", out var detail) && detail.TryGetProperty("private", out _);
    }

    private static void Demand(bool holds, string otherwise, string field)
    {
        if (!holds)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, otherwise, field);
        }
    }
}
