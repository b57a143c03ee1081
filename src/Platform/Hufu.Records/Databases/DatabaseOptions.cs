namespace Hufu.Records;

/// <summary>Where a room's database lies and how it is used: a SQLite file (<see cref="Path"/>) or a schema of a PostgreSQL database (<see cref="Postgres"/>), one of the two.</summary>
public sealed record DatabaseOptions
{
    /// <summary>The SQLite file; its folder is made when missing (mode 0700). Null when the room lies in PostgreSQL.</summary>
    public string? Path { get; init; }

    /// <summary>A PostgreSQL connection string (Npgsql's keywords); null when the room lies in a SQLite file.</summary>
    public string? Postgres { get; init; }

    /// <summary>With PostgreSQL, the room's schema: a–z, 0–9 and _, at most 48; made when missing.</summary>
    public string? Schema { get; init; }

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

    /// <summary>The name that people know the database by: the file, or the schema.</summary>
    internal string Name => Path ?? Schema!;

    internal void Check()
    {
        if (Path is null == Postgres is null)
        {
            throw new ArgumentException("A database is a SQLite file (Path) or lies in PostgreSQL (Postgres and Schema): one of the two.");
        }

        if (Postgres is not null && (Schema is not { Length: >= 1 and <= 48 } schema || !char.IsAsciiLetterLower(schema[0]) || !schema.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_')))
        {
            throw new ArgumentException("A schema's name begins with a letter and is at most 48 of a–z, 0–9 and _.");
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(Readers is >= 1 and <= 64, true, nameof(Readers));
        ArgumentOutOfRangeException.ThrowIfNotEqual(MaxGroup is >= 1 and <= 10_000, true, nameof(MaxGroup));
        ArgumentOutOfRangeException.ThrowIfNotEqual(MaxWaiting is >= 1 and <= 1_000_000, true, nameof(MaxWaiting));
    }
}
