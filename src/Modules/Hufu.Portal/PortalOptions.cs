using Hufu.Hosting;

namespace Hufu.Portal;

/// <summary>What the host tells the portal.</summary>
public sealed record PortalOptions
{
    /// <summary>Asks all rooms how they are: <see cref="HufuWeb.HealthAsync"/>. The page waits half a second for it at most.</summary>
    public required Func<CancellationToken, Task<HealthReport>> Health { get; init; }

    /// <summary>Where the interface description is.</summary>
    public string OpenApiPath { get; init; } = "/openapi/v1.json";
}
