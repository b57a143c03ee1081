using System.Reflection;
using Hufu.Governance;
using Hufu.Messaging;
using Microsoft.Extensions.Logging;

namespace Hufu.Hosting;

/// <summary>What is needed to open a room under the data directory.</summary>
public sealed record RoomOpening
{
    /// <summary>The room's name, one of <see cref="Hufu.Contracts.Rooms"/>; also its folder's.</summary>
    public required string Name { get; init; }

    /// <summary>The module's assembly: its embedded <c>Storage/*.sql</c> are the room's own tables.</summary>
    public required Assembly Module { get; init; }

    /// <summary>The host's settings.</summary>
    public required HostSettings Settings { get; init; }

    /// <summary>The policy in force.</summary>
    public required Policy Policy { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Between the rooms of this process; the opened room is attached.</summary>
    public required InProcessTransport Transport { get; init; }

    /// <summary>Makes the room's log.</summary>
    public required ILoggerFactory Logs { get; init; }

    /// <summary>Opens the room's identity in its folder; by default with the PIN file there.</summary>
    public Func<string, string, RoomIdentity> OpenIdentity { get; init; } = DevicePinFile.Open;
}
