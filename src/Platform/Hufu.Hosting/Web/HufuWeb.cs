using Hufu.Contracts;
using Hufu.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Hufu.Hosting;

/// <summary>The web side that all rooms share: limits, JSON rules, refusals, headers, inboxes, health.</summary>
public static class HufuWeb
{
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Registers limits and JSON rules: bodies up to <see cref="BodyLimits.Json"/> unless an address says otherwise, contracts exactly as <see cref="ContractJson"/> reads them.</summary>
    public static IServiceCollection AddHufuWeb(this IServiceCollection services, DoorLimits? limits = null)
    {
        services.Configure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = BodyLimits.Json;
            options.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            options.Limits.MaxRequestHeaderCount = 64;
            options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        });
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddSingleton<SessionDoors>();
        services.AddRateLimiter(options => DoorLimiter.Configure(options, limits ?? new DoorLimits()));
        services.Configure<JsonOptions>(options => ContractJson.Apply(options.SerializerOptions));
        return services;
    }

    /// <summary>Lets rooms answer before everything else what is asked of them very often (<see cref="IFrontDoor"/>); comes first in the pipeline.</summary>
    /// <param name="app">The host's.</param>
    /// <param name="doors">Filled before the host listens.</param>
    public static IApplicationBuilder UseFrontDoors(this IApplicationBuilder app, IReadOnlyList<IFrontDoor> doors)
    {
        ArgumentNullException.ThrowIfNull(doors);
        return app.Use(next => context =>
        {
            for (var i = 0; i < doors.Count; i++)
            {
                if (doors[i].TryHandle(context) is { } handled)
                {
                    return handled;
                }
            }

            return next(context);
        });
    }

    /// <summary>Headers on every answer; refusals and faults as problem details.</summary>
    public static IApplicationBuilder UseHufuWeb(this IApplicationBuilder app)
    {
        app.Use(static (context, next) =>
        {
            SecurityHeaders.Apply(context);
            return next(context);
        });
        return app.UseMiddleware<RefusalMiddleware>().UseMiddleware<SecureStateMiddleware>().UseRateLimiter().UseMiddleware<SessionMiddleware>();
    }

    /// <summary>Maps every room's addresses, the inboxes and <c>GET /health</c>.</summary>
    /// <param name="endpoints">The host's.</param>
    /// <param name="rooms">The rooms of this process.</param>
    /// <param name="contexts">The contexts of those that have one.</param>
    public static void MapHufu(this IEndpointRouteBuilder endpoints, IReadOnlyList<IRoom> rooms, IReadOnlyList<RoomContext> contexts)
    {
        ArgumentNullException.ThrowIfNull(rooms);
        ArgumentNullException.ThrowIfNull(contexts);
        foreach (var room in rooms)
        {
            room.MapEndpoints(endpoints);
        }

        RoomContext[] staffless = [.. contexts.Where(context => !HasStaff(context))];
        foreach (var context in contexts)
        {
            new LedgerDesk(context).MapEndpoints(endpoints);
            if (HasStaff(context))
            {
                new AuditDesk(context, staffless).MapEndpoints(endpoints);
                new RegisterDesk(context).MapEndpoints(endpoints);
                new ArchiveDesk(context, rooms.FirstOrDefault(room => room.Name == context.Name) is IArchivedRoom archived ? archived.ArchiveSources : []).MapEndpoints(endpoints);
                new SessionDesk(context).MapEndpoints(endpoints);
                new AccountDesk(context).MapEndpoints(endpoints);
                PolicyHistory.MapEndpoints(context, endpoints);
                if (context.Name == Rooms.Ca)
                {
                    new BackupDesk(context).MapEndpoints(endpoints);
                }
            }
        }

        var posts = contexts.ToDictionary(context => context.Name, context => context.Post, StringComparer.Ordinal);
        endpoints.MapPost("/inbox/{room}", async Task<FileContentHttpResult> (string room, HttpRequest request, CancellationToken ct) =>
        {
            if (!posts.TryGetValue(room, out var post))
            {
                throw new RefusedException(RefusalCode.UnknownObject, "There is no such room here.");
            }

            var message = await request.ReadBodyAsync(BodyLimits.Inbox, ct).ConfigureAwait(false);
            return TypedResults.File(await post.ReceiveAsync(message, ct).ConfigureAwait(false), SealedMessage.MediaType);
        }).WithBodyLimit(BodyLimits.Inbox).WithName("inbox").WithTags("inbox").WithSummary("Takes a sealed message (GM/T 0010) and gives the sealed answer")
            .Accepts<byte[]>(SealedMessage.MediaType).Produces<byte[]>(contentType: SealedMessage.MediaType).ProducesRefusals();

        var doors = endpoints.ServiceProvider.GetRequiredService<SessionDoors>();
        endpoints.MapGet("/health", async (HttpContext http, bool? tests, CancellationToken ct) =>
        {
            var report = await HealthAsync(rooms, contexts, ct).ConfigureAwait(false);
            // Figures of the inside are for staff who look after it; everybody else learns which room is well.
            var inside = await SeesInsideAsync(doors, http, contexts).ConfigureAwait(false);
            if (tests == true)
            {
                report = inside
                    ? Tested(report, await Task.Run(() => SelfTest.Run(contexts), ct).ConfigureAwait(false))
                    : throw new RefusedException(RefusalCode.SessionMissing, "Self-tests are run by an operator or administrator who is signed in.");
            }
            else if (!inside)
            {
                report = report with { Rooms = [.. report.Rooms.Select(room => room with { Checks = [] })] };
            }

            return Results.Json(report, ContractJson.Options, statusCode: report.Healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        }).WithName("health").WithTags("health").WithSummary("Every room's health; the checks themselves for staff in a session, self-tests on demand with tests=true")
            .Produces<HealthReport>().Produces<HealthReport>(StatusCodes.Status503ServiceUnavailable);
        OneDoorAnAddress.Demand(endpoints);
    }

    private static bool HasStaff(RoomContext context) => context.Policy.Roles.Values.Any(role => role.ExistsIn(context.Name));

    private static async Task<bool> SeesInsideAsync(SessionDoors doors, HttpContext http, IReadOnlyList<RoomContext> contexts)
    {
        foreach (var context in contexts)
        {
            if (await doors.FindAsync(http, context.Name).ConfigureAwait(false) is { } session
                && session.Person.Roles.Any(role => role is Roles.SuperAdministrator or Roles.AuditAdministrator or Roles.BusinessAdministrator or Roles.Operator or Roles.Auditor))
            {
                return true;
            }
        }

        return false;
    }

    private static HealthReport Tested(HealthReport report, IReadOnlyList<SelfTestResult> tests)
    {
        var room = new RoomHealth("self-test", tests.All(test => test.Passed), [.. tests.Select(test => new RoomCheck(test.Name, test.Passed, test.What))]);
        return new HealthReport(report.Healthy && room.Healthy, [.. report.Rooms, room]);
    }

    /// <summary>Asks every room: the checks that all rooms have, then its own; a room that does not answer in five seconds is not healthy.</summary>
    /// <param name="rooms">The rooms of this process.</param>
    /// <param name="contexts">The contexts of those that have one.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<HealthReport> HealthAsync(IReadOnlyList<IRoom> rooms, IReadOnlyList<RoomContext> contexts, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(rooms);
        ArgumentNullException.ThrowIfNull(contexts);
        var reports = await Task.WhenAll(rooms.Select(room => HealthAsync(room, contexts.FirstOrDefault(context => context.Name == room.Name), ct))).ConfigureAwait(false);
        return new HealthReport(!SelfTest.HasFailed && reports.All(report => report.Healthy), reports);
    }

    private static async Task<RoomHealth> HealthAsync(IRoom room, RoomContext? context, CancellationToken ct)
    {
        IReadOnlyList<RoomCheck> checks;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(HealthTimeout);
            var every = context is null ? [] : await context.CheckHealthAsync(limit.Token).WaitAsync(limit.Token).ConfigureAwait(false);
            var own = await room.CheckHealthAsync(limit.Token).WaitAsync(limit.Token).ConfigureAwait(false);
            checks = [.. every.Concat(own).DistinctBy(check => check.Name)];
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            checks = [new RoomCheck("room", false, fault is OperationCanceledException ? "no answer in time" : fault.GetType().Name)];
        }

        return new RoomHealth(room.Name, checks.All(check => check.Healthy), checks);
    }
}

/// <summary>The health of the process: <c>GET /health</c>; 200 when healthy, else 503.</summary>
/// <param name="Healthy">Every check of every room is good.</param>
/// <param name="Rooms">Room by room.</param>
public sealed record HealthReport(bool Healthy, IReadOnlyList<RoomHealth> Rooms);

/// <summary>The health of a room.</summary>
/// <param name="Room">Its name.</param>
/// <param name="Healthy">Every check is good.</param>
/// <param name="Checks">The checks.</param>
public sealed record RoomHealth(string Room, bool Healthy, IReadOnlyList<RoomCheck> Checks);
