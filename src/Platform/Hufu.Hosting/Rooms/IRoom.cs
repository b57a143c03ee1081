using Microsoft.AspNetCore.Routing;

namespace Hufu.Hosting;

/// <summary>A room of the platform as the host sees it: what a module's public type implements.</summary>
public interface IRoom : IAsyncDisposable
{
    /// <summary>Its name, one of <see cref="Hufu.Contracts.Rooms"/>, or <c>portal</c>.</summary>
    string Name { get; }

    /// <summary>Maps its addresses; called once, before the host listens.</summary>
    void MapEndpoints(IEndpointRouteBuilder endpoints);

    /// <summary>Settles what was left open and starts its schedules; called once, before the host listens.</summary>
    Task StartAsync(CancellationToken ct);

    /// <summary>Its own checks for <c>GET /health</c>; those that every room has (<see cref="RoomContext.CheckHealthAsync"/>) are added by the host.</summary>
    Task<IReadOnlyList<RoomCheck>> CheckHealthAsync(CancellationToken ct);
}

/// <summary>One check of a room's health.</summary>
/// <param name="Name">What is checked, kebab-case: <c>database</c>, <c>ledger</c>, <c>crl-age</c>.</param>
/// <param name="Healthy">Whether the room can do its duty as far as this goes.</param>
/// <param name="What">Plain words and figures, no secrets.</param>
/// <param name="Since">When what is checked was made, such as a CRL's thisUpdate; null where there is nothing such.</param>
public sealed record RoomCheck(string Name, bool Healthy, string What, DateTimeOffset? Since = null);
