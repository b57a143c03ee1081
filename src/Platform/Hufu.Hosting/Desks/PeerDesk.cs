using Hufu.Contracts;
using Hufu.Governance;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Hosting;

/// <summary>Registers other rooms' certificates: <c>POST /api/{room}/peers</c>, a signed act.</summary>
/// <param name="context">The room.</param>
public sealed class PeerDesk(RoomContext context)
{
    /// <summary>Maps the address.</summary>
    public void MapEndpoints(IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost($"/api/{context.Name}/peers", async (ActRequest request, CancellationToken ct) =>
        {
            await RegisterAsync(request, ct);
            return Results.NoContent();
        }).WithName($"{context.Name}-peers").WithTags(context.Name).WithSummary("Registers another room's certificates (PeerRegistration)").Produces(StatusCodes.Status204NoContent).ProducesRefusals();

    private async Task<bool> RegisterAsync(ActRequest request, CancellationToken ct)
    {
        var registration = request.Payload<PeerRegistration>();
        var chain = PersonRequests.OpenCertificates(registration.Chain, "chain");
        // A peer that is there already is replaced: four eyes, whoever registered it first.
        var known = await context.Peers.FindAsync(Named(registration.Peer.Name), ct).ConfigureAwait(false) is not null;
        var expected = new ExpectedAct(ActNames.PeerRegister, $"room/{registration.Peer.Name}") { Replaces = _ => known };
        return await context.Acts.RunAsync(
            request,
            expected,
            (session, act) =>
            {
                if (registration.Peer.Name == context.Name)
                {
                    throw new RefusedException(RefusalCode.FieldInvalid, "A room is no peer of itself.", "name");
                }

                context.Peers.Register(session, registration.Peer, chain);
                act.Detail["root"] = Convert.ToHexStringLower(chain[^1].Sm3Digest.Span);
                act.Detail["signing"] = ActStatement.Digest(registration.Peer.SigningCertificate);
                act.Detail["encryption"] = registration.Peer.EncryptionCertificate is { } der ? ActStatement.Digest(der) : null;
                return true;
            },
            ct).ConfigureAwait(false);
    }

    private static string Named(string room) =>
        Rooms.IsName(room) ? room : throw new RefusedException(RefusalCode.FieldInvalid, "There is no such room.", "name");
}
