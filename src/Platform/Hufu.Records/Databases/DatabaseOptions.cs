namespace Hufu.Records;

/// <summary>Where a room's database lies and how it is used.</summary>
public sealed record DatabaseOptions
{
    /// <summary>The database file; its folder is made when missing (mode 0700).</summary>
    public required string Path { get; init; }

    /// <summary>The clock that dates migrations and bounds a group of writes.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Reading connections, 1 to 64.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>How long a statement waits for a lock that another process holds.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Most works that one commit carries, 1 to 10,000.</summary>
    public int MaxGroup { get; init; } = 512;

    /// <summary>How long a group takes further works before it is committed.</summary>
    public TimeSpan MaxGroupTime { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Most works that wait for the writer; a further <c>WriteAsync</c> waits for room. 1 to 1,000,000.</summary>
    public int MaxWaiting { get; init; } = 10_000;

    /// <summary>Is told of an exception in an <see cref="Session.OnCommitted"/> action: the transaction is durable and its caller is not told.</summary>
    public Action<Exception>? OnFault { get; init; }
}
