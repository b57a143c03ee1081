using Hufu.Contracts;
using Hufu.Governance;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hufu.Hosting;

/// <summary>
/// Signing in and out of a room, and what the person who is signed in may do: <c>POST /api/{room}/session/challenge</c>, <c>POST, GET, DELETE /api/{room}/session</c>, <c>GET …/session/acts</c>.
/// A person with posts in several rooms signs in to each (docs/decisions).
/// </summary>
/// <param name="context">The room.</param>
[Clause("6.6.2.5-a")]
public sealed class SessionDesk(RoomContext context)
{
    private readonly string _origin = context.Settings.PublicUrl.GetLeftPart(UriPartial.Authority);
    private readonly string _cookie = SessionDoors.CookieName(context.Name);
    private readonly string _challengeCookie = SessionDoors.CookieName(context.Name) + "-sign-in";

    /// <summary>Maps the addresses.</summary>
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var room = context.Name;
        endpoints.ServiceProvider.GetRequiredService<SessionDoors>().Add(room, context.SignIn);
        endpoints.MapPost($"/api/{room}/session/challenge", async (HttpContext http, CancellationToken ct) =>
        {
            DemandOrigin(http);
            var cookie = SignInGate.NewCookie();
            Set(http, _challengeCookie, cookie, $"/api/{room}/session", context.Policy.Values.SignInChallengeLife);
            return Results.Json(await context.SignIn.ChallengeAsync(_origin, cookie, ct), ContractJson.Options);
        }).WithName($"{room}-session-challenge").WithTags(room).WithSummary("A challenge for signing in; sets the browser's cookie of this sign-in").Produces<ChallengeMade>().ProducesRefusals();
        endpoints.MapPost($"/api/{room}/session", async (SignIn request, HttpContext http, CancellationToken ct) =>
        {
            DemandOrigin(http);
            var (cookie, session) = await context.SignIn.SignInAsync(request, _origin, http.Request.Cookies[_challengeCookie], ct);
            http.Response.Cookies.Delete(_challengeCookie, Options($"/api/{room}/session"));
            Set(http, _cookie, cookie, "/", context.Policy.Values.SessionLife);
            return Results.Json(await InfoAsync(session, ct), ContractJson.Options);
        }).WithName($"{room}-session-in").WithTags(room).WithSummary("Signs in by user name, password and certificate").Produces<SessionInfo>().ProducesRefusals();
        endpoints.MapGet($"/api/{room}/session", async (HttpContext http, CancellationToken ct) => Results.Json(await InfoAsync(await DemandAsync(http, ct), ct), ContractJson.Options))
            .WithName($"{room}-session").WithTags(room).WithSummary("Who is signed in, and what they may do").Produces<SessionInfo>().ProducesRefusals();
        endpoints.MapGet($"/api/{room}/session/acts", async (string @object, string? state, HttpContext http, CancellationToken ct) =>
        {
            var session = await DemandAsync(http, ct);
            return Results.Json(await context.Database.ReadAsync(read => context.SignIn.Permissions(read, session.Person, @object, state), ct), ContractJson.Options);
        }).WithName($"{room}-session-acts").WithTags(room).WithSummary("What the person who is signed in may do to an object").Produces<IReadOnlyList<ActRight>>().ProducesRefusals();
        endpoints.MapDelete($"/api/{room}/session", async (HttpContext http, CancellationToken ct) =>
        {
            DemandOrigin(http);
            await context.SignIn.SignOutAsync(http.Request.Cookies[_cookie], ct);
            http.Response.Cookies.Delete(_cookie, Options("/"));
            return Results.NoContent();
        }).WithName($"{room}-session-out").WithTags(room).WithSummary("Signs out").Produces(StatusCodes.Status204NoContent).ProducesRefusals();
    }

    private async Task<StaffSession> DemandAsync(HttpContext http, CancellationToken ct) =>
        await context.SignIn.FindAsync(http.Request.Cookies[_cookie], ct) ?? throw new RefusedException(RefusalCode.SessionMissing);

    private async Task<SessionInfo> InfoAsync(StaffSession session, CancellationToken ct) => new(
        context.Name, session.Person.PersonId, session.Person.Name, session.UserName,
        [.. session.Person.Roles.Select(role => new SessionRole(role, context.Policy.Roles[role].TitleZh, context.Policy.Roles[role].TitleEn))],
        session.Certificate, session.CertificateNotAfter, session.SignedInAt, session.IdleEnds, session.Ends, session.PasswordChangeDue, context.Clock.GetUtcNow(),
        await context.Database.ReadAsync(read => context.SignIn.Permissions(read, session.Person, null, null), ct));

    // Browsers send it with everything that changes something; what is not a browser sends none.
    private void DemandOrigin(HttpContext http)
    {
        if (http.Request.Headers.Origin.ToString() is { Length: > 0 } origin && origin != _origin)
        {
            throw new RefusedException(RefusalCode.MessageNotAllowed, $"Pages of {_origin} sign in here.", "Origin");
        }
    }

    private static void Set(HttpContext http, string name, string value, string path, TimeSpan life)
    {
        var options = Options(path);
        options.MaxAge = life;
        http.Response.Cookies.Append(name, value, options);
    }

    private static CookieOptions Options(string path) => new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Strict, Path = path, IsEssential = true };
}
