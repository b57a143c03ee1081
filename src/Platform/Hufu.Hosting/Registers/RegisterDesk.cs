using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Messaging;
using Hufu.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Hosting;

/// <summary>
/// Manual registers (6.6.1.4-i): <c>GET /api/{room}/registers</c> (the types), <c>POST /api/{room}/registers/{type}</c> (an entry), <c>…/{type}/reading</c>, and scans: <c>PUT /api/{room}/registers/scans/{SM3}</c>,
/// <c>POST …/{SM3}/reading</c>. A scan needs no signature of its own: only bytes whose digest somebody has signed in an entry are taken.
/// </summary>
/// <param name="context">The room.</param>
internal sealed class RegisterDesk(RoomContext context)
{
    private readonly RegisterStore _store = new(context.Identity.DataCipher("evidence"));

    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        var room = context.Name;
        var registers = endpoints.MapGroup($"/api/{room}/registers").WithTags(room);
        registers.MapGet("", () => Results.Json(Types(), ContractJson.Options)).WithName($"{room}-registers").WithSummary("The manual registers and their fields").Produces<IReadOnlyList<RegisterType>>();
        registers.MapPost("/{type}", async (string type, ActRequest request, CancellationToken ct) => Results.Json(await RecordAsync(type, request, ct), ContractJson.Options))
            .WithName($"{room}-register-entry").WithSummary("Records by hand (NewRegisterEntry)").Produces<RegisterEntry>().ProducesRefusals();
        registers.MapPost("/{type}/reading", async (string type, ActRequest request, CancellationToken ct) => Results.Json(await ReadAsync(type, request, ct), ContractJson.Options))
            .WithName($"{room}-register-reading").WithSummary("A page of a register (RegisterQuery)").Produces<RegisterPage>().ProducesRefusals();
        registers.MapPut("/scans/{digest}", async (string digest, HttpRequest request, CancellationToken ct) =>
        {
            await TakeAsync(digest, request, ct);
            return Results.NoContent();
        }).WithBodyLimit(BodyLimits.Evidence).WithName($"{room}-register-scan").WithSummary("The bytes of a scan that an entry has named").Accepts<byte[]>("application/octet-stream")
            .Produces(StatusCodes.Status204NoContent).ProducesRefusals();
        registers.MapPost("/scans/{digest}/reading", async (string digest, ActRequest request, CancellationToken ct) => await ShowAsync(digest, request, ct))
            .WithName($"{room}-register-scan-reading").WithSummary("A scan (ReadingPurpose)").Produces<byte[]>().ProducesRefusals();
    }

    private IReadOnlyList<RegisterType> Types() =>
    [
        .. context.Policy.Registers.Values.OrderBy(type => type.Id, StringComparer.Ordinal).Select(type =>
            new RegisterType(type.Id, type.Zh, type.En, type.Clause, type.Fields, Named(type.RecordedBy), Named(type.ReadBy), type.ScanNeeded)),
    ];

    private IReadOnlyList<SessionRole> Named(IReadOnlySet<string> roles) =>
        [.. roles.Order(StringComparer.Ordinal).Select(role => context.Policy.Roles[role]).Where(role => role.ExistsIn(context.Name)).Select(role => new SessionRole(role.Id, role.TitleZh, role.TitleEn))];

    [Clause("6.6.1.4-i")]
    private Task<RegisterEntry> RecordAsync(string type, ActRequest request, CancellationToken ct) => context.Acts.RunAsync<NewRegisterEntry, RegisterEntry>(
        request, ActNames.RegisterEntryRecord, _ => new ExpectedAct(ActNames.RegisterEntryRecord, ObjectOf(type)), (session, act, entry) =>
        {
            var definition = Of(type);
            DemandRole(act.Person, definition.RecordedBy);
            RegisterRules.Check(definition, entry);
            Contractors.DemandNoRole(session, context, type, entry);
            if (entry.Corrects is { } old && (RegisterStore.PlaceOf(type, old) is not { } place || !RegisterStore.Exists(session, type, place)))
            {
                throw new RefusedException(RefusalCode.UnknownObject, "There is no such entry to correct.", "corrects");
            }

            var closed = definition.Fields.Where(field => field.Private).Select(field => field.Id).ToHashSet(StringComparer.Ordinal);
            var made = _store.Add(session, type, entry, closed, act.Person.ToString(), context.Clock.GetUtcNow().ToUnixTimeMilliseconds());
            act.Detail["entry"] = made.Id;
            act.Detail["paperAt"] = made.PaperAt;
            act.Detail["scans"] = new JsonArray([.. entry.Scans.Select(scan => (JsonNode)scan)]);
            act.Detail["corrects"] = entry.Corrects;
            foreach (var (name, text) in made.Fields)
            {
                (closed.Contains(name) ? act.Private : act.Detail)[closed.Contains(name) ? name : $"field:{name}"] = text;
            }

            return made;
        },
        ct);

    private Task<RegisterPage> ReadAsync(string type, ActRequest request, CancellationToken ct) => context.Acts.RunAsync<RegisterQuery, RegisterPage>(
        request, ActNames.RegisterEntriesRead, _ => new ExpectedAct(ActNames.RegisterEntriesRead, ObjectOf(type)), (session, act, query) =>
        {
            DemandRole(act.Person, Of(type).ReadBy);
            if (query.Limit is < 1 or > RecordsDesk.PageLimit)
            {
                throw new RefusedException(RefusalCode.FieldInvalid, $"1 to {RecordsDesk.PageLimit}.", "limit");
            }

            var page = _store.Page(session, type, query);
            act.Detail["entries"] = page.Count;
            return new RegisterPage(type, [.. page.Select(read => read.Entry)], page.Count == query.Limit && page[^1].Place > 1 ? page[^1].Place : null);
        },
        ct);

    private async Task TakeAsync(string digest, HttpRequest request, CancellationToken ct)
    {
        // Nothing is read before it is known that somebody has signed for it.
        if (!RegisterRules.IsDigest(digest) || await context.Database.ReadAsync(session => RegisterStore.NamedBy(session, digest).Count == 0, ct).ConfigureAwait(false))
        {
            throw new RefusedException(RefusalCode.UnknownObject, "No entry of a register names this scan.", "digest");
        }

        var content = await request.ReadBodyAsync(BodyLimits.Evidence, ct).ConfigureAwait(false);
        if (ActStatement.Digest(content) != digest)
        {
            throw new RefusedException(RefusalCode.StatementMismatch, "The bytes are not those whose digest was signed.", "digest");
        }

        EvidenceRef kept;
        try
        {
            kept = await context.Evidence.PutAsync(content, BodyLimits.Evidence, ct).ConfigureAwait(false);
        }
        catch (EvidenceException fault)
        {
            throw new RefusedException(RefusalCode.EvidenceUnreadable, fault.Message, "digest");
        }

        await context.Database.WriteAsync(
            session =>
            {
                RegisterStore.Arrived(session, kept);
                context.Ledger.Append(session, new LedgerRecord
                {
                    Actor = context.Name, Act = "register.scan.arrived", Object = $"scan/{digest}", Outcome = LedgerOutcome.Done, Detail = new JsonObject { ["type"] = kept.MediaType, ["size"] = kept.Size },
                });
            },
            CancellationToken.None).ConfigureAwait(false);
        try
        {
            await context.Scans.LookAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The scan is here and on record; its copy is tried again by itself.
            HostingLog.ScanCopyFault(context.Log, fault, context.Name);
        }
    }

    private async Task<IResult> ShowAsync(string digest, ActRequest request, CancellationToken ct)
    {
        await context.Acts.RunAsync<ReadingPurpose, bool>(
            request, ActNames.RegisterScanRead, _ => new ExpectedAct(ActNames.RegisterScanRead, RegisterRules.IsDigest(digest) ? $"scan/{digest}" : "scan/-"), (session, act, reading) =>
            {
                if (reading.Purpose.Trim().Length is 0 or > 200)
                {
                    throw new RefusedException(RefusalCode.FieldInvalid, "1 to 200 characters.", "purpose");
                }

                var types = RegisterStore.NamedBy(session, digest);
                if (types.Count == 0)
                {
                    throw new RefusedException(RefusalCode.UnknownObject, "No entry of a register names this scan.", "digest");
                }

                DemandRole(act.Person, types.SelectMany(type => Of(type).ReadBy).ToHashSet(StringComparer.Ordinal));
                act.Detail["purpose"] = reading.Purpose.Trim();
                return true;
            },
            ct).ConfigureAwait(false);
        try
        {
            var content = await context.Evidence.GetAsync(digest, ct).ConfigureAwait(false);
            return Results.File(content, content[0] == '%' ? "application/pdf" : content[0] == 0x89 ? "image/png" : "image/jpeg");
        }
        catch (EvidenceException fault)
        {
            throw new RefusedException(RefusalCode.UnknownObject, fault.Message, "digest");
        }
    }

    private static void DemandRole(StaffMember person, IReadOnlySet<string> roles)
    {
        if (!person.Roles.Any(roles.Contains))
        {
            throw new RefusedException(RefusalCode.RoleMissing, $"Who may: {string.Join(", ", roles.Order(StringComparer.Ordinal))}.", "person");
        }
    }

    private string ObjectOf(string type) => $"register/{(context.Policy.Registers.ContainsKey(type) ? type : "-")}";

    private RegisterDefinition Of(string type) => context.Policy.Registers.TryGetValue(type, out var definition) ? definition : throw new RefusedException(RefusalCode.UnknownObject, "There is no such register.", "type");
}
