using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Portal.Desk;
using Hufu.Portal.Holder;
using Hufu.Portal.Public;
using Hufu.Portal.Rendering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Portal;

/// <summary>The pages: Chinese first, English by <c>?lang=en</c>. Keeps no records; asks the rooms over their REST doors with the visitor's own means, and has no rights of its own.</summary>
public sealed class PortalModule : IRoom
{
    private readonly PublicPages _public;
    private readonly HolderPages _holder;
    private readonly LifePages _life;
    private readonly DeskPages _desk;
    private readonly PageRenderer _renderer;
    private readonly RoomsClient _rooms;

    /// <summary>The portal.</summary>
    /// <param name="settings">Public addresses, and where the platform listens.</param>
    /// <param name="policy">Types of certificates and times to tell.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="options">What the host tells.</param>
    public PortalModule(HostSettings settings, Policy policy, TimeProvider clock, PortalOptions options)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(options);
        _renderer = new PageRenderer(options.AgentOrigin);
        _rooms = new RoomsClient(settings.ListenUrl);
        var door = new PageDoor(settings, policy, clock, _renderer, _rooms);
        var health = new HealthWatch(options.Health, clock);
        _public = new PublicPages(door, health, options.OpenApiPath);
        _holder = new HolderPages(door);
        _life = new LifePages(door);
        _desk = new DeskPages(door, health);
    }

    /// <inheritdoc/>
    public string Name => "portal";

    /// <inheritdoc/>
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        _public.Map(endpoints);
        _holder.Map(endpoints);
        _life.Map(endpoints);
        _desk.Map(endpoints);
        foreach (var file in PortalFiles.All)
        {
            endpoints.MapGet("/assets/" + file.Name, (HttpContext context) =>
            {
                // For good only under the address that names this very content; modules import each other without it.
                context.Response.Headers.CacheControl = context.Request.Query["v"] == file.Version ? "public, max-age=31536000, immutable" : "no-cache";
                context.Response.Headers.ETag = $"\"{file.Version}\"";
                if (context.Request.Headers.IfNoneMatch == $"\"{file.Version}\"")
                {
                    return Results.StatusCode(StatusCodes.Status304NotModified);
                }

                return Results.Bytes(file.Content, file.MediaType);
            }).ExcludeFromDescription();
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken ct) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<IReadOnlyList<RoomCheck>> CheckHealthAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<RoomCheck>>([]);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _rooms.Dispose();
        await _renderer.DisposeAsync();
    }
}
