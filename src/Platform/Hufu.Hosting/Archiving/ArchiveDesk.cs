using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Hosting;

/// <summary>
/// A room's archive (6.6.1.5): <c>POST /api/{room}/archive/packages</c> seals a package, <c>…/stamps</c> has those without a time stamp stamped, <c>…/reading</c> lists, and on <c>…/packages/{id}</c>:
/// <c>/reading</c>, <c>/hold</c>, <c>/release</c>, and for destruction <c>/proposal</c>, <c>/approval</c>, <c>/refusal</c>, <c>/destruction</c>. All are signed acts.
/// </summary>
/// <param name="context">The room.</param>
/// <param name="sources">What is archived here.</param>
internal sealed class ArchiveDesk(RoomContext context, IReadOnlyList<IArchiveSource> sources) : IDisposable
{
    private readonly ArchiveShelf _shelf = new(context, sources);

    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        var room = context.Name;
        var archive = endpoints.MapGroup($"/api/{room}/archive").WithTags(room);
        archive.MapPost("/packages", async (ActRequest request, CancellationToken ct) => Results.Json(await MakeAsync(request, ct), ContractJson.Options))
            .WithName($"{room}-archive-make").WithSummary("Seals a package of a class (ArchiveMaking)").Produces<ArchiveRow>().ProducesRefusals();
        archive.MapPost("/stamps", async (ActRequest request, CancellationToken ct) => Results.Json(await StampAsync(request, ct), ContractJson.Options))
            .WithName($"{room}-archive-stamp").WithSummary("Has packages without a time stamp stamped (ReadingPurpose)").Produces<IReadOnlyList<ArchiveRow>>().ProducesRefusals();
        archive.MapPost("/reading", async (ActRequest request, CancellationToken ct) => Results.Json(await ListAsync(request, ct), ContractJson.Options))
            .WithName($"{room}-archive-list").WithSummary("The packages and classes (ArchiveQuery)").Produces<ArchiveList>().ProducesRefusals();
        var package = archive.MapGroup("/packages/{id}");
        package.MapPost("/reading", async (string id, ActRequest request, HttpContext http, CancellationToken ct) =>
        {
            var (name, content) = await ReadAsync(id, request, ct);
            http.Response.Headers["Hufu-Archive-Verdict"] = "whole";
            return Results.File(content, "application/octet-stream", name);
        }).WithName($"{room}-archive-read").WithSummary("A file of a package that was verified whole just now (ArchiveRetrieval)").Produces<byte[]>().ProducesRefusals();
        Map("hold", ActNames.ArchiveHoldSet, "Holds a package against destruction (StaffReason)", (session, act, kept, reason) => ArchiveStore.SetHeld(session, kept.Id, $"{act.Person}: {reason}"));
        Map("release", ActNames.ArchiveHoldLift, "Lifts a hold (StaffReason)", (session, _, kept, _) =>
        {
            if (kept.Held is null)
            {
                throw new RefusedException(RefusalCode.StateWrong, "The package is not held.", "id");
            }

            ArchiveStore.SetHeld(session, kept.Id, null);
        });
        Map("proposal", ActNames.ArchiveDestructionPropose, "Proposes to destroy a package whose period has ended (StaffReason)", (session, _, kept, _) => Move(session, kept, ArchiveStore.Proposed));
        Map("approval", ActNames.ArchiveDestructionApprove, "Approves a destruction, as another person (StaffReason)", (session, _, kept, _) => Move(session, kept, ArchiveStore.Approved));
        Map("refusal", ActNames.ArchiveDestructionRefuse, "Refuses a destruction (StaffReason)", (session, _, kept, _) => ArchiveStore.SetState(session, kept.Id, ArchiveStore.Sealed));
        Map("destruction", ActNames.ArchiveDestructionPerform, "Carries out an approved destruction, as a third person (StaffReason)", (session, act, kept, _) =>
        {
            Move(session, kept, ArchiveStore.Destroyed);
            act.Detail["manifest"] = kept.Manifest;
            act.Detail["root"] = kept.Root;
            // After the commit only: an act that is rolled back has destroyed nothing.
            session.OnCommitted(() => _shelf.Erase(kept.Id));
        });

        void Map(string verb, string act, string summary, Action<Session, AuthorisedAct, ArchiveStore.Package, string> work) =>
            package.MapPost("/" + verb, async (string id, ActRequest request, CancellationToken ct) => Results.Json(await ActAsync(id, request, act, work, ct), ContractJson.Options))
                .WithName($"{room}-archive-{verb}").WithSummary(summary).Produces<ArchiveRow>().ProducesRefusals();
    }

    [Clause("6.6.1.5-a")]
    private async Task<ArchiveRow> MakeAsync(ActRequest request, CancellationToken ct)
    {
        var (act, making) = await context.Acts.RunAsync<ArchiveMaking, (AuthorisedAct, ArchiveMaking)>(
            request, ActNames.ArchiveMake, asked => new ExpectedAct(ActNames.ArchiveMake, $"archive/{(context.Policy.Archive.ContainsKey(asked.Class) ? asked.Class : "-")}"), (_, authorised, asked) =>
            {
                DemandReason(asked.Reason, 200, "reason");
                _shelf.Demand(asked.Class);
                authorised.Detail["reason"] = asked.Reason.Trim();
                return (authorised, asked with { Reason = asked.Reason.Trim() });
            },
            ct).ConfigureAwait(false);
        return (await _shelf.MakeAsync(act, making, ct).ConfigureAwait(false)).ToRow();
    }

    private async Task<IReadOnlyList<ArchiveRow>> StampAsync(ActRequest request, CancellationToken ct)
    {
        await context.Acts.RunAsync<ReadingPurpose, bool>(request, ActNames.ArchiveStamp, _ => new ExpectedAct(ActNames.ArchiveStamp, "archive/all"), (_, act, reading) =>
        {
            DemandReason(reading.Purpose, 200, "purpose");
            act.Detail["purpose"] = reading.Purpose.Trim();
            return true;
        }, ct).ConfigureAwait(false);
        return [.. (await _shelf.StampAsync(ct).ConfigureAwait(false)).Select(package => package.ToRow())];
    }

    private Task<ArchiveList> ListAsync(ActRequest request, CancellationToken ct) => context.Acts.RunAsync<ArchiveQuery, ArchiveList>(
        request, ActNames.ArchiveListRead, _ => new ExpectedAct(ActNames.ArchiveListRead, "archive/all"), (session, _, query) =>
        {
            if (query.Limit is < 1 or > RecordsDesk.PageLimit)
            {
                throw new RefusedException(RefusalCode.FieldInvalid, $"1 to {RecordsDesk.PageLimit}.", "limit");
            }

            var page = ArchiveStore.Page(session, query);
            return new ArchiveList(_shelf.Classes(session), [.. page.Select(package => package.ToRow())], page.Count == query.Limit ? page[^1].Number : null);
        },
        ct);

    [Clause("6.6.1.5-c")]
    private async Task<(string Name, byte[] Content)> ReadAsync(string id, ActRequest request, CancellationToken ct)
    {
        var retrieval = await context.Acts.RunAsync<ArchiveRetrieval, ArchiveRetrieval>(
            request, ActNames.ArchiveRead, _ => new ExpectedAct(ActNames.ArchiveRead, ObjectOf(id)), (session, act, asked) =>
            {
                DemandReason(asked.Purpose, 200, "purpose");
                var kept = Demand(session, id);
                if (kept.State == ArchiveStore.Destroyed && asked.File != ArchiveFormat.Manifest)
                {
                    throw new RefusedException(RefusalCode.StateWrong, "The package was destroyed; its manifest is kept.", "id");
                }

                act.Detail["file"] = asked.File.Length <= 200 ? asked.File : "-";
                act.Detail["purpose"] = asked.Purpose.Trim();
                return asked;
            },
            ct).ConfigureAwait(false);
        return await _shelf.OpenAsync(id, retrieval.File, ct).ConfigureAwait(false);
    }

    private Task<ArchiveRow> ActAsync(string id, ActRequest request, string name, Action<Session, AuthorisedAct, ArchiveStore.Package, string> work, CancellationToken ct) => context.Acts.RunAsync<StaffReason, ArchiveRow>(
        request, name, _ => name is ActNames.ArchiveHoldSet or ActNames.ArchiveHoldLift ? new ExpectedAct(name, ObjectOf(id)) : new ExpectedAct(name, ObjectOf(id), session => Demand(session, id).State), (session, act, asked) =>
        {
            DemandReason(asked.Reason, 500, "reason");
            act.Detail["reason"] = asked.Reason.Trim();
            var kept = Demand(session, id);
            if (kept.State == ArchiveStore.Destroyed)
            {
                throw new RefusedException(RefusalCode.StateWrong, "The package was destroyed.", "id");
            }

            work(session, act, kept, asked.Reason.Trim());
            return Demand(session, id).ToRow();
        },
        ct);

    /// <summary>Every step of a destruction looks anew whether it may be: the period, the hold, the assessment.</summary>
    [Clause("6.6.1.5-b")]
    private void Move(Session session, ArchiveStore.Package kept, string state)
    {
        var now = context.Clock.GetUtcNow();
        if (kept.Held is { } held)
        {
            throw new RefusedException(RefusalCode.StateWrong, $"The package is held: {held}.", "id");
        }

        if (now.ToUnixTimeMilliseconds() < kept.KeptUntil)
        {
            throw new RefusedException(RefusalCode.StateWrong, $"It is kept until {context.Policy.Values.LocalText(DateTimeOffset.FromUnixTimeMilliseconds(kept.KeptUntil))} (6.6.1.5-b).", "id");
        }

        if (context.Policy.Archive.TryGetValue(kept.Class, out var @class) && @class.HeldUntilAssessed && !_shelf.IsAssessed(session, kept))
        {
            throw new RefusedException(RefusalCode.StateWrong, "No assessment over the time that it covers stands in the register 'assessments' (6.6.1.5-b).", "id");
        }

        ArchiveStore.SetState(session, kept.Id, state);
    }

    private static ArchiveStore.Package Demand(Session session, string id) =>
        ArchiveStore.Of(session, id) ?? throw new RefusedException(RefusalCode.UnknownObject, "There is no such package.", "id");

    private static string ObjectOf(string id) => id.Length <= 80 ? $"package/{id}" : "package/-";

    private static void DemandReason(string text, int longest, string field)
    {
        if (text.Trim().Length == 0 || text.Trim().Length > longest)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"1 to {longest} characters.", field);
        }
    }

    public void Dispose() => _shelf.Dispose();
}
