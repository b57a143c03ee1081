using System.Globalization;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Kmc.Cases;
using Hufu.Kmc.Drill;
using Hufu.Kmc.Justice;
using Hufu.Kmc.Recovery;
using Hufu.Kmc.Retention;
using Hufu.Kmc.Services;
using Hufu.Kmc.Serving;
using Hufu.Kmc.StorageKeys;
using Hufu.Kmc.Stores;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hufu.Kmc;

/// <summary>The doors for what several people do with escrowed keys: recovery, justice, destruction, drill, storage key.</summary>
/// <param name="context">The room.</param>
/// <param name="ceremony">Split backup and transcript.</param>
/// <param name="escrow">The device that keeps the pairs.</param>
/// <param name="escrowed">Keys that were made here, which no holder may have.</param>
/// <param name="centre">The key centre's keys; refuses before initialisation.</param>
/// <param name="growth">Counts of past days.</param>
/// <param name="onStorageKey">Called after a change of the storage key.</param>
internal sealed class PeopleDoors(
    RoomContext context, CeremonyDesk ceremony, Func<IEscrowDevice> escrow, EscrowedKeys escrowed, Func<ServingCentre> centre, StoreGrowth growth, Func<CancellationToken, Task> onStorageKey)
{
    private const string Api = "/api/kmc";

    private readonly CaseBook cases = new(context);

    /// <summary>Holders' requests, from the open door or from a registration authority.</summary>
    public RequestRecovery Asking { get; } = new(context, new CaseBook(context), escrowed, centre);

    /// <summary>Holders' downloads, from the open door or through a registration authority.</summary>
    public DownloadRecovered Download { get; } = new(context, escrow, new CaseBook(context));

    /// <summary>Maps the addresses.</summary>
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        var desk = new CaseDesk(context, cases);
        Post<CaseList>(endpoints, "/cases/read", "Reads the cases of a kind (CaseQuery)", desk.ReadAsync);
        Read<CaseList>(endpoints, "/cases/{kind}", "The cases of a kind with their next acts, in a session", (reader, http, ct) => desk.ReadAsync(reader, QueryOf(http), ct));

        Post<CaseStep>(endpoints, "/recoveries", "Enters a holder's request (RecoveryRequest)", new EnterRecovery(context, cases, escrowed, centre).RunAsync);
        Move(endpoints, cases, "/recoveries", ActNames.KmcRecoveryApprove, CaseKind.Recovery, CaseState.Entered, CaseState.Approved);
        Move(endpoints, cases, "/recoveries", ActNames.KmcRecoveryRefuse, CaseKind.Recovery, CaseState.Entered, CaseState.Refused);
        PostTo<RecoveryReleased>(endpoints, "/recoveries/{id}/release", "Releases an approved recovery, makes the one-time code", new ReleaseRecovery(context, cases).RunAsync);
        endpoints.MapPost(Api + "/recoveries/requests", async (RecoveryRequest body, CancellationToken ct) => Results.Json(await Asking.RunAsync(body, ct), ContractJson.Options))
            .WithName("kmc-recoveries-requests").WithTags(Rooms.Kmc).WithSummary("A holder asks for the encryption keys back").Produces<RecoveryStatus>().ProducesRefusals();
        endpoints.MapGet(Api + "/recoveries/{id}", async (string id, CancellationToken ct) => Results.Json(await Asking.StatusAsync(id, ct), ContractJson.Options))
            .WithName("kmc-recoveries-status").WithTags(Rooms.Kmc).WithSummary("How far a recovery is").Produces<RecoveryStatus>().ProducesRefusals();
        PostTo<CaseStep>(endpoints, "/recoveries/{id}/enter", "Takes a holder's own request up (CaseRemark)", (id, request, ct) =>
            cases.MoveAsync(request, ActNames.KmcRecoveryEnter, CaseKind.Recovery, id, CaseState.Requested, CaseState.Entered, ct));
        endpoints.MapPost(Api + "/recoveries/{id}/download", async (string id, RecoveryDownload body, CancellationToken ct) => Results.Json(await Download.RunAsync(id, body, ct), ContractJson.Options))
            .WithName("kmc-recoveries-download").WithTags(Rooms.Kmc).WithSummary("The holder fetches with the one-time code").Produces<RecoveredKeys>().ProducesRefusals();

        Post<CaseStep>(endpoints, "/justice", "Registers an order of justice (JusticeOrder)", new RegisterJustice(context, cases).RunAsync);
        Move(endpoints, cases, "/justice", ActNames.KmcJusticeApprove, CaseKind.Justice, CaseState.Entered, CaseState.Approved);
        Move(endpoints, cases, "/justice", ActNames.KmcJusticeRefuse, CaseKind.Justice, CaseState.Entered, CaseState.Refused);
        Move(endpoints, cases, "/justice", ActNames.KmcJusticeWitness, CaseKind.Justice, CaseState.Approved, CaseState.Witnessed);
        PostTo<JusticeExport>(endpoints, "/justice/{id}/export", "Exports for justice, once", new ExportForJustice(context, escrow, cases).RunAsync);

        var rules = new RetentionRules(context, cases);
        endpoints.MapGet(
            Api + "/destructions/due",
            async (CancellationToken ct) => Results.Json(new DestructionDue(await context.Database.ReadAsync(rules.Due, ct)), ContractJson.Options))
            .WithName("kmc-destructions-due").WithTags(Rooms.Kmc).WithSummary("Pairs whose retention has ended").Produces<DestructionDue>();
        var propose = new ProposeDestruction(context, cases, rules);
        Read<DestructionDesk>(endpoints, "/destructions/desk", "What may be proposed for destruction, in a session", (reader, _, ct) => propose.ReadAsync(reader, ct));
        Post<CaseStep>(endpoints, "/destructions", "Proposes to destroy pairs (DestructionProposal)", propose.RunAsync);
        Move(endpoints, cases, "/destructions", ActNames.KmcDestructionApprove, CaseKind.Destruction, CaseState.Entered, CaseState.Approved);
        Move(endpoints, cases, "/destructions", ActNames.KmcDestructionRefuse, CaseKind.Destruction, CaseState.Entered, CaseState.Refused);
        Move(endpoints, cases, "/destructions", ActNames.KmcDestructionWitness, CaseKind.Destruction, CaseState.Approved, CaseState.Witnessed);
        PostTo<CaseStep>(endpoints, "/destructions/{id}/perform", "Destroys what was approved and witnessed", new PerformDestruction(context, cases, rules).RunAsync);

        Post<DrillReport>(endpoints, "/drills", "Proves that escrowed keys open (RecoveryDrill)", new RunDrill(context, escrow).RunAsync);

        var change = new ChangeStorageKey(context, escrow, ceremony);
        Post<StorageKeyChanged>(endpoints, "/storage-key", "Changes the storage key (CaseRemark)", async (request, ct) =>
        {
            var changed = await change.RunAsync(request, ct);
            await onStorageKey(ct);
            return changed;
        });
        Read<StorageKeyDesk>(endpoints, "/storage-key/desk", "What a change of the storage key needs, in a session", (reader, _, ct) => change.ReadAsync(reader, ct));
        endpoints.MapGet(Api + "/storage-key", async (CancellationToken ct) => Results.Json(await context.Database.ReadAsync(ResealStore.State, ct), ContractJson.Options))
            .WithName("kmc-storage-key-state").WithTags(Rooms.Kmc).WithSummary("The storage key and how far the re-encryption is").Produces<StorageKeyState>();
        endpoints.MapGet(Api + "/stores/forecast", async (CancellationToken ct) => Results.Json(await growth.ForecastAsync(ct), ContractJson.Options))
            .WithName("kmc-stores-forecast").WithTags(Rooms.Kmc).WithSummary("Counts, growth and forecast").Produces<StoreForecast>();
    }

    /// <summary>Maps the addresses of the key centre's own certificates.</summary>
    public void MapServices(IEndpointRouteBuilder endpoints, ServiceRenewals renewals, ServiceWatch watch)
    {
        var reading = new ServiceReading(context, watch);
        var decide = new DecideServices(context, renewals);
        Post<RenewedServices>(endpoints, "/services", "Renews the key centre's own certificates (ServiceRenewal)", new RenewServices(context, renewals).RunAsync);
        PostTo<RenewedServices>(endpoints, "/services/{id}/put-in-force", "Puts renewed certificates in force (CaseRemark)", decide.PutInForceAsync);
        PostTo<RenewedServices>(endpoints, "/services/{id}/refuse", "Refuses renewed certificates (CaseRemark)", decide.RefuseAsync);
        Read<ServicesDesk>(endpoints, "/services/desk", "The key centre's own certificates with people and next acts, in a session", (reader, _, ct) => reading.ReadAsync(reader, ct));
        endpoints.MapGet(Api + "/services", async (CancellationToken ct) => Results.Json(await reading.ReadAsync(ct), ContractJson.Options))
            .WithName("kmc-services-state").WithTags(Rooms.Kmc).WithSummary("The key centre's own certificates, in force and waiting").Produces<KeyCentreServices>().ProducesRefusals();
    }

    private static void Move(IEndpointRouteBuilder endpoints, CaseBook cases, string noun, string act, CaseKind kind, CaseState from, CaseState to)
    {
        var verb = act[(act.LastIndexOf('.') + 1)..];
        PostTo<CaseStep>(endpoints, $"{noun}/{{id}}/{verb}", $"{verb} (CaseRemark)", (id, request, ct) => cases.MoveAsync(request, act, kind, id, from, to, ct));
    }

    private static void Post<T>(IEndpointRouteBuilder endpoints, string path, string summary, Func<ActRequest, CancellationToken, Task<T>> run) =>
        endpoints.MapPost(Api + path, async (ActRequest request, CancellationToken ct) => Results.Json(await run(request, ct), ContractJson.Options))
            .WithName(Name(path)).WithTags(Rooms.Kmc).WithSummary(summary).Produces<T>().ProducesRefusals();

    private static void PostTo<T>(IEndpointRouteBuilder endpoints, string path, string summary, Func<string, ActRequest, CancellationToken, Task<T>> run) =>
        endpoints.MapPost(Api + path, async (string id, ActRequest request, CancellationToken ct) => Results.Json(await run(id, request, ct), ContractJson.Options))
            .WithName(Name(path)).WithTags(Rooms.Kmc).WithSummary(summary).Produces<T>().ProducesRefusals();

    // What the session's person may read, the room decides; it stands in the ledger.
    private static void Read<T>(IEndpointRouteBuilder endpoints, string path, string summary, Func<StaffSession, HttpContext, CancellationToken, Task<T>> read)
    {
        var doors = endpoints.ServiceProvider.GetRequiredService<SessionDoors>();
        endpoints.MapGet(
            Api + path,
            async (HttpContext http, CancellationToken ct) =>
                Results.Json(await read(await doors.FindAsync(http, Rooms.Kmc) ?? throw new RefusedException(RefusalCode.SessionMissing), http, ct), ContractJson.Options))
            .WithName(Name(path) + "-session").WithTags(Rooms.Kmc).WithSummary(summary).Produces<T>().ProducesRefusals();
    }

    private static CaseQuery QueryOf(HttpContext http)
    {
        var query = http.Request.Query;
        return new CaseQuery(
            Word<CaseKind>((string?)http.Request.RouteValues["kind"], "kind") ?? throw new RefusedException(RefusalCode.FieldMissing, "Which kind of case?", "kind"), Word<CaseState>(query["state"], "state"),
            query["before"] is [{ } before] ? Moment(before) : null);
    }

    private static T? Word<T>(string? word, string field)
        where T : struct, Enum => string.IsNullOrEmpty(word)
            ? null
            : Enum.GetValues<T>().Where(one => CaseWords.Of(one) == word).Select(one => (T?)one).FirstOrDefault() ?? throw new RefusedException(RefusalCode.FieldInvalid, $"One of: {string.Join(", ", Enum.GetValues<T>().Select(CaseWords.Of))}.", field);

    private static DateTimeOffset Moment(string text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
        ? moment
        : throw new RefusedException(RefusalCode.FieldInvalid, "A moment as in RFC 3339.", "before");

    private static string Name(string path) => "kmc" + path.Replace("/{id}", "", StringComparison.Ordinal).Replace("/{kind}", "", StringComparison.Ordinal).Replace('/', '-');
}
