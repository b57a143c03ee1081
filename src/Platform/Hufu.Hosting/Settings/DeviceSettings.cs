namespace Hufu.Hosting;

/// <summary>A room's device that does not start by itself: <c>"devices": { "ca": { "guarded": "ca/guarded" } }</c> in hufu.json.</summary>
public sealed record DeviceSettings
{
    /// <summary>The folder of the guarded device that a ceremony made, relative to the data directory; null: <c>guarded</c> in the room's folder. The room starts locked, and its operator activates it (6.6.2.2-a).</summary>
    public string? Guarded { get; init; }

    internal DeviceSettings Below(string dataDirectory, string room) => this with { Guarded = Path.GetFullPath(Guarded ?? Path.Combine(room, "guarded"), dataDirectory) };
}
