namespace Hufu.Records;

/// <summary>A message that an owner's transaction leaves for another room.</summary>
public sealed record OutboxItem
{
    /// <summary>Whom it is for: a peer's name, 1 to 128 characters. Items of one destination go out in the order of their transactions.</summary>
    public required string Destination { get; init; }

    /// <summary>The message's id, unique within the destination, 1 to 128 characters.</summary>
    public required string Id { get; init; }

    /// <summary>What it is (the order's or fact's type), 1 to 128 characters.</summary>
    public required string Kind { get; init; }

    /// <summary>The message, up to <see cref="Outbox.MaxBody"/> bytes.</summary>
    public required byte[] Body { get; init; }
}

/// <summary>An item that waits in the outbox.</summary>
/// <param name="Number">Its place in the outbox; grows.</param>
/// <param name="Destination">Whom it is for.</param>
/// <param name="Id">The message's id.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Body">The message.</param>
/// <param name="Tries">How often it was tried in vain.</param>
/// <param name="Added">When it was added, Unix milliseconds UTC.</param>
public sealed record OutboxEntry(long Number, string Destination, string Id, string Kind, byte[] Body, long Tries, long Added);

/// <summary>How far a destination lags behind.</summary>
/// <param name="Destination">The peer's name.</param>
/// <param name="Waiting">Items that wait.</param>
/// <param name="Oldest">When the oldest of them was added, Unix milliseconds UTC.</param>
/// <param name="Tries">How often the oldest was tried in vain.</param>
/// <param name="Error">Why the oldest failed last; null when it was not tried.</param>
public sealed record OutboxLag(string Destination, long Waiting, long Oldest, long Tries, string? Error);
