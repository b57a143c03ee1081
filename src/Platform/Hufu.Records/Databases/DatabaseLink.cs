namespace Hufu.Records;

/// <summary>What a connection is for.</summary>
internal enum LinkUse
{
    /// <summary>Reading sessions, each on one snapshot.</summary>
    Read,
    /// <summary>The one writer.</summary>
    Write,
}

/// <summary>One connection to a room's database with its prepared statements. Not safe for two threads at once.</summary>
/// <remarks>Every method throws <see cref="DatabaseException"/> and nothing of the engine's own.</remarks>
internal abstract class DatabaseLink : IDisposable
{
    static DatabaseLink() => Dapper.DefaultTypeMap.MatchNamesWithUnderscores = true;

    internal static DatabaseLink Open(DatabaseOptions options, LinkUse use) => options.Path is not null ? SqliteLink.Open(options, use) : PostgresLink.Open(options, use);

    /// <summary>Whether a transaction is open, usable or not. False when the engine has given it up by itself.</summary>
    internal abstract bool InTransaction { get; }

    /// <summary>Whether the open transaction takes further statements.</summary>
    internal abstract bool IsUsable { get; }

    /// <summary>Whether the connection can still be used.</summary>
    internal abstract bool IsOpen { get; }

    /// <summary>Stops the statement that runs; from any thread.</summary>
    internal abstract void Interrupt();

    /// <summary>Begins the writer's transaction.</summary>
    internal abstract void BeginWriting();

    /// <summary>Begins a snapshot.</summary>
    internal abstract void BeginReading();

    /// <summary>Makes the writer's transaction durable. When it throws, nothing of it was kept.</summary>
    internal abstract void Commit();

    /// <summary>Ends a snapshot.</summary>
    internal abstract void EndReading();

    /// <summary>Gives the transaction up.</summary>
    internal abstract void Rollback();

    /// <summary>Sets the mark that <see cref="ReturnToMark"/> goes back to; one at a time.</summary>
    internal abstract void Mark();

    /// <summary>Takes the mark away and keeps what was done since.</summary>
    internal abstract void Unmark();

    /// <summary>Undoes what was done since the mark, and takes it away.</summary>
    internal abstract void ReturnToMark();

    /// <summary>Runs a migration's script, written in PostgreSQL's dialect; not kept as a prepared statement.</summary>
    internal abstract void RunScript(string sql);

    internal abstract int Execute(string sql, object? args);

    /// <summary>As Execute, but the answer is not waited for: a failure shows at the next statement, at the latest at the end of the work.</summary>
    internal abstract void Send(string sql, object? args);

    /// <summary>Waits for what was sent.</summary>
    internal abstract void Settle();

    /// <summary>Runs one statement for many rows.</summary>
    internal abstract int ExecuteMany<TRow>(string sql, IReadOnlyList<TRow> rows)
        where TRow : class;

    /// <summary>As ExecuteMany, but the answer is not waited for.</summary>
    internal abstract void SendMany<TRow>(string sql, IReadOnlyList<TRow> rows)
        where TRow : class;

    internal abstract List<T> Query<T>(string sql, object? args);

    internal abstract void Each(string sql, object? args, Action<System.Data.Common.DbDataReader> row);

    internal abstract T? First<T>(string sql, object? args);

    internal abstract object? Scalar(string sql, object? args);

    public abstract void Dispose();
}
