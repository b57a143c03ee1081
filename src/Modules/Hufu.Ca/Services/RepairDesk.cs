using Hufu.Ca.Certificates;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hufu.Ca.Services;

/// <summary>
/// Puts ended certificates of the platform in force again (R18; docs/decisions/0047): when they have ended, sealed messages are refused and nothing renews itself any more. Proposed by one person, signed by others until
/// <see cref="RepairIsSignedByEnough"/>, then carried out (<see cref="RepairWork"/>) and installed here; rooms take in what was certified for them by hand (<c>hufu repair</c>).
/// </summary>
internal sealed class RepairDesk(RoomContext context, CaDesks desks, RepairWork work)
{
    private const int WordsLimit = 1_000;
    private const int MostServices = 60;
    private const int MostPeople = 500;

    /// <summary>Maps the addresses.</summary>
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/api/ca/repairs", async (ActRequest request, CancellationToken ct) => Results.Json(await ProposeAsync(request, ct), ContractJson.Options))
            .WithName("ca-repairs").WithTags(context.Name).WithSummary("Proposes that ended certificates of the platform are put in force again (RepairPlan)").Produces<RepairStanding>().ProducesRefusals();
        endpoints.MapPost("/api/ca/repairs/{id}/approval", async (string id, ActRequest request, CancellationToken ct) => Results.Json(await ApproveAsync(id, request, ct), ContractJson.Options))
            .WithName("ca-repair-approval").WithTags(context.Name).WithSummary("Signs for a repair as another person; with enough signatures it is carried out (RepairApproval)").Produces<RepairStanding>().ProducesRefusals();

        // hufu repair reads at the local door: it is needed when no session begins any more (0031, 0047).
        var doors = endpoints.ServiceProvider.GetRequiredService<SessionDoors>();
        endpoints.MapGet("/api/ca/repairs", async (HttpContext http, CancellationToken ct) => Results.Json(await ReadAsync(await doors.FindAsync(http, context.Name), "repair/open", Waiting, ct), ContractJson.Options))
            .WithName("ca-repair-list").WithTags(context.Name).WithSummary("The repairs that wait, at most twenty, in a session").Produces<IReadOnlyList<RepairStanding>>().ProducesRefusals();
        endpoints.MapGet("/api/ca/repairs/{id}", async (string id, HttpContext http, CancellationToken ct) => Results.Json(
            await ReadAsync(await doors.FindAsync(http, context.Name), $"repair/{(id.Length <= 64 ? id : "")}", session => Standing(session, RepairStore.Find(session, id)), ct), ContractJson.Options))
            .WithName("ca-repair").WithTags(context.Name).WithSummary("A repair, in a session: who signed, who is missing, what was certified").Produces<RepairStanding>().ProducesRefusals();
    }

    /// <summary><c>POST /api/ca/repairs</c>, act ca.repair.propose.</summary>
    /// <exception cref="RefusedException">The act or the plan is not in order.</exception>
    public async Task<RepairStanding> ProposeAsync(ActRequest request, CancellationToken ct)
    {
        var all = desks.Authorities.Demand();
        return await context.Acts.RunAsync<RepairPlan, RepairStanding>(
            request,
            ActNames.CaRepairPropose,
            static _ => new ExpectedAct(ActNames.CaRepairPropose, "repair/new") { EvenEnded = true },
            (session, authorised, plan) =>
            {
                DemandShape(plan);
                work.Decide(session, all, plan);
                var body = KeptJson.Write(plan);
                var row = new RepairRow(SecureRandom.NewId(), body, ActStatement.Digest(body), RepairRow.Open, null);
                RepairStore.Insert(session, row, Now);
                Sign(session, row, authorised);
                return Standing(session, row);
            },
            ct).ConfigureAwait(false);
    }

    /// <summary><c>POST /api/ca/repairs/{id}/approval</c>, act ca.repair.approve; with the last signature that is needed it is carried out.</summary>
    /// <exception cref="RefusedException">The act is not in order; SamePerson; or the repair is refused.</exception>
    [Clause("6.6.2.6-e")]
    public async Task<RepairStanding> ApproveAsync(string id, ActRequest request, CancellationToken ct)
    {
        var signed = await context.Database.ReadAsync(session => RepairStore.Signatures(session, id), ct).ConfigureAwait(false);
        var approved = await context.Acts.RunAsync<RepairApproval, bool>(
            request,
            ActNames.CaRepairApprove,
            _ => new ExpectedAct(ActNames.CaRepairApprove, $"repair/{id}", session => RepairStore.Find(session, id).StateText) { EvenEnded = true, MustDifferFrom = [.. signed.Select(one => one.PersonId)] },
            (session, authorised, approval) =>
            {
                var row = RepairStore.Find(session, id);
                if (row.State != RepairRow.Open)
                {
                    throw new RefusedException(RefusalCode.StateWrong, $"It is {row.State}.", "id");
                }

                if (approval.Remark is not { Length: <= WordsLimit })
                {
                    throw new RefusedException(RefusalCode.FieldInvalid, $"At most {WordsLimit} characters.", "remark");
                }

                authorised.Detail["plan"] = row.Digest;
                Sign(session, row, authorised);
                if (Missing(RepairStore.Signatures(session, id)).Count > 0)
                {
                    return false;
                }

                RepairStore.SetState(session, id, RepairRow.Approved);
                return true;
            },
            ct).ConfigureAwait(false);
        if (approved)
        {
            await work.CarryOutAsync(id, CancellationToken.None).ConfigureAwait(false);
        }

        return await FindAsync(id, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>A repair, for the local door; <c>GET /api/ca/repairs/{id}</c> in a session.</summary>
    /// <exception cref="RefusedException">UnknownObject.</exception>
    public Task<RepairStanding> FindAsync(string id, CancellationToken ct) => context.Database.ReadAsync(session => Standing(session, RepairStore.Find(session, id)), ct);

    /// <summary>Those that wait, at most twenty, for the local door; <c>GET /api/ca/repairs</c> in a session.</summary>
    public Task<IReadOnlyList<RepairStanding>> ListAsync(CancellationToken ct) => context.Database.ReadAsync(Waiting, ct);

    // Whoever may see the CA's figures may see its repairs; a look is on the record.
    private Task<T> ReadAsync<T>(StaffSession? session, string target, Func<Session, T> read, CancellationToken ct) => session is null
        ? throw new RefusedException(RefusalCode.SessionMissing)
        : context.SignIn.ReadAsync(session, ActNames.CaOverviewRead, target, read, ct);

    private IReadOnlyList<RepairStanding> Waiting(Session session) => [.. RepairStore.Waiting(session).Select(row => Standing(session, row) with { Asked = [] })];

    private long Now => context.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    private void Sign(Session session, RepairRow row, AuthorisedAct authorised)
    {
        var ended = Certificate.Decode(authorised.Certificate).NotAfter < context.Clock.GetUtcNow();
        authorised.Detail["repair"] = row.Id;
        authorised.Detail["certificateEnded"] = ended;
        if (RepairStore.Signatures(session, row.Id).Any(one => one.PersonId == authorised.Person.PersonId))
        {
            throw new RefusedException(RefusalCode.SamePerson, "This person has signed already.", "person");
        }

        RepairStore.Sign(session, row.Id, new RepairSignature(authorised.Person.PersonId, authorised.Person.ToString(), string.Join(' ', authorised.Person.Roles), ended ? 1 : 0), Now);
    }

    private IReadOnlyList<string> Missing(IReadOnlyList<RepairSignature> signatures) =>
        RepairIsSignedByEnough.Missing([.. signatures.Select(signature => signature.Signer)], context.Policy.Values.KeyShareThreshold);

    private RepairStanding Standing(Session session, RepairRow row)
    {
        var signatures = RepairStore.Signatures(session, row.Id);
        var plan = KeptJson.Read<RepairPlan>(row.Plan);
        var result = row.Result is { } kept ? KeptJson.Read<RepairResult>(kept) : new RepairResult([], []);
        return new RepairStanding(
            row.Id, row.StateText, [.. signatures.Select(signature => $"{signature.Person}: {signature.Roles}{(signature.Ended != 0 ? " (certificate ended)" : "")}")],
            row.State == RepairRow.Open ? Missing(signatures) : [], plan, result.Services, result.People, Asked(session, plan));
    }

    // In the CA's own words, as it knows the certificates: what came in a file from elsewhere is not what people sign for.
    private IReadOnlyList<string> Asked(Session session, RepairPlan plan)
    {
        if (desks.Authorities.Current is not { } all)
        {
            return [];
        }

        return
        [
            .. plan.Services.Select(asked => $"{asked.Room} {asked.Use}: {Until(asked.OldSerial)}; the key that follows {ActStatement.Digest(PersonRequests.Open(asked.Request, "services").PublicKey.RawData.Span)}"),
            .. plan.People.Select(ended => ServiceRenewals.Old(session, all, ended.Serial).Row is { } row && CertificateStore.FindStaff(session, row.Issuer, ended.Serial) is { } staff
                ? $"{ended.Room} {staff.Name} ({staff.Role}): {Until(ended.Serial)}" : $"{ended.Room} {ended.Serial}"),
        ];

        string Until(string serial) => ServiceRenewals.Old(session, all, serial).Row is { } row ? $"{serial} until {context.Policy.Values.LocalText(DateTimeOffset.FromUnixTimeMilliseconds(row.NotAfter))}" : serial;
    }

    private static void DemandShape(RepairPlan plan)
    {
        if (string.IsNullOrWhiteSpace(plan.Words) || plan.Words.Length > WordsLimit)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"Why: 1 to {WordsLimit} characters.", "words");
        }

        if (plan.Services is not { Count: <= MostServices } services || plan.People is not { Count: <= MostPeople } people || services.Count + people.Count == 0)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"At least one certificate; at most {MostServices} of rooms and {MostPeople} of people.", "services");
        }

        if (services.Any(asked => asked is not { Room: not null, Use: not null, OldSerial.Length: > 0 and <= 64, Request.Length: > 0 and <= 16 << 10 }) || people.Any(one => one is not { Room: not null, Serial.Length: > 0 and <= 64 }))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "A room, a use, the old serial and a request of each room's; a room and a serial of each person's.", "services");
        }

        if (plan.Proofs is { } proofs && (proofs.Count > MostServices || proofs.Any(proof => proof is not { OldSerial: not null, SignerSerial.Length: > 0 and <= 64, Signature.Length: > 0 and <= 256 })))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"At most {MostServices}: the serial that is asked for, the serial of the room's signing certificate and its signature.", "proofs");
        }

        if (services.Select(asked => asked.OldSerial).Concat(people.Select(one => one.Serial)).GroupBy(serial => serial, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key is { } twice)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"{twice} stands in the plan twice: the same file was given twice, or a file of a server that the plan has already.", "services");
        }
    }
}
