using Hufu.Hosting;

namespace Hufu.Portal;

/// <summary>What the host tells the portal.</summary>
public sealed record PortalOptions
{
    /// <summary>Asks all rooms how they are: <see cref="HufuWeb.HealthAsync"/>. A page waits half a second for it at most.</summary>
    public required Func<CancellationToken, Task<HealthReport>> Health { get; init; }

    /// <summary>Where the interface description is.</summary>
    public string OpenApiPath { get; init; } = "/openapi/v1.json";

    /// <summary>Where the signing agent listens on the user's own machine (<c>./hufu agent</c>); the only other origin that scripts may ask.</summary>
    public string AgentOrigin { get; init; } = "http://127.0.0.1:17880";
}
