using Hufu.Records;

namespace Hufu.Messaging;

/// <summary>What a room's post stands on.</summary>
public sealed record PostOptions
{
    /// <summary>The room's own database, opened with <see cref="Post.Migrations"/>.</summary>
    public required Database Database { get; init; }

    /// <summary>Who the room is.</summary>
    public required RoomIdentity Identity { get; init; }

    /// <summary>Whom it knows.</summary>
    public required PeerStore Peers { get; init; }

    /// <summary>Moves the bytes.</summary>
    public required ITransport Transport { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>How far a message's time may lie from the clock, either way (policy).</summary>
    public required TimeSpan TimeWindow { get; init; }

    /// <summary>Who may send what to whom.</summary>
    public AccessTable Access { get; init; } = AccessTable.Default;

    /// <summary>The first retry of a delivery comes after this; each further one after twice as long.</summary>
    public TimeSpan RetryFirst { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>No retry waits longer than this.</summary>
    public TimeSpan RetryCap { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long one delivery may take.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most deliveries under way at once.</summary>
    public int Parallel { get; init; } = 16;

    /// <summary>The dispatcher's name in the outbox's claim. Processes that share a database have different ones.</summary>
    public string DispatcherName { get; init; } = "dispatcher";

    /// <summary>Is told of faults: an id that the other side was given too (empty when there is none), what was being done, the exception.</summary>
    public Action<string, string, Exception>? OnFault { get; init; }
}
