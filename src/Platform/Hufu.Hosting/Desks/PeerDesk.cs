using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;
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
        // A peer that is there already is replaced: four eyes, whoever registered it first. The name is looked at after the decision.
        var known = Asked(request) is { } name && await context.Peers.FindAsync(name, ct).ConfigureAwait(false) is not null;
        IReadOnlyList<Certificate> chain = [];
        return await context.Acts.RunAsync<PeerRegistration, bool>(
            request,
            ActNames.PeerRegister,
            registration =>
            {
                chain = PersonRequests.OpenCertificates(registration.Chain, "chain");
                return new ExpectedAct(ActNames.PeerRegister, $"room/{Named(registration.Peer.Name)}") { Replaces = _ => known };
            },
            (session, act, registration) =>
            {
                if (registration.Peer.Name == context.Name)
                {
                    throw new RefusedException(RefusalCode.FieldInvalid, "A room is no peer of itself.", "name");
                }

                context.Peers.Register(session, registration.Peer, chain, keepEarlier: registration.KeepEarlier);
                act.Detail["root"] = Convert.ToHexStringLower(chain[^1].Sm3Digest.Span);
                act.Detail["signing"] = ActStatement.Digest(registration.Peer.SigningCertificate);
                act.Detail["encryption"] = registration.Peer.EncryptionCertificate is { } der ? ActStatement.Digest(der) : null;
                act.Detail["keepEarlier"] = registration.KeepEarlier;
                return true;
            },
            ct).ConfigureAwait(false);
    }

    private static string? Asked(ActRequest request)
    {
        try
        {
            return request.Payload<PeerRegistration>().Peer.Name is var name && Rooms.IsName(name) ? name : null;
        }
        catch (RefusedException)
        {
            return null;
        }
    }

    private static string Named(string room) =>
        Rooms.IsName(room) ? room : throw new RefusedException(RefusalCode.FieldInvalid, "There is no such room.", "name");
}
