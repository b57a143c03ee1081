namespace Hufu.Records;

/// <summary>A room's own database: one writer that commits in groups, a few readers, numbered migrations. Durable when a write's task ends.</summary>
/// <remarks>
/// SQLite with write-ahead log and <c>synchronous=FULL</c>, or a schema of PostgreSQL. One process opens it at a time: a lock file beside the SQLite file, an advisory lock in
/// PostgreSQL hold the others out.
/// </remarks>
public sealed class Database : IAsyncDisposable
{
    private readonly GroupWriter writer;
    private readonly ReaderPool readers;
    private readonly FileStream? held;
    private bool disposed;

    private Database(DatabaseOptions options, GroupWriter writer, FileStream? held)
    {
        this.writer = writer;
        this.held = held;
        readers = new ReaderPool(options);
        Location = options.Name;
    }

    /// <summary>The SQLite file, or the schema in PostgreSQL.</summary>
    public string Location { get; }

    /// <summary>Opens or makes a database and brings it to the shape of the migrations; Records' own (ledger, outbox) are always among them.</summary>
    /// <param name="options">Where it lies.</param>
    /// <param name="migrations">The migrations of the room and of the platform rooms that keep tables in it, in any order of spaces.</param>
    /// <param name="ct">Cancels before the work starts.</param>
    /// <returns>The open database; the caller disposes it.</returns>
    /// <exception cref="DatabaseException">InUse, Damaged, Failed, MigrationChanged, MigrationUnknown, or a migration's statement failed.</exception>
    public static async Task<Database> OpenAsync(DatabaseOptions options, IReadOnlyList<Migration> migrations, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(migrations);
        options.Check();
        return await Task.Run(() => Open(options, migrations), ct).ConfigureAwait(false);
    }

    private static Database Open(DatabaseOptions options, IReadOnlyList<Migration> migrations)
    {
        FileStream? held = options.Path is { } path ? Hold(path) : null;
        DatabaseLink? link = null;
        try
        {
            link = DatabaseLink.Open(options, LinkUse.Write);
            Migrator.Apply(link, [.. Migration.FromAssembly(typeof(Database).Assembly), .. migrations], options.Clock);
            return new Database(options, new GroupWriter(link, options), held);
        }
        catch
        {
            link?.Dispose();
            held?.Dispose();
            throw;
        }
    }

    private static FileStream Hold(string path)
    {
        PrivateFiles.MakeDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        try
        {
            PrivateFiles.MakeFile(path);
            return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new DatabaseException(DatabaseError.InUse, $"Database: another process holds {path}. Stop it first.", e);
        }
    }

    /// <summary>Runs a work in a transaction that is durable when the task ends; when the work throws, nothing of it is kept and the task throws the same.</summary>
    /// <param name="work">What to do; on the writer's thread, so it computes little and waits for nothing (least of all for another write).</param>
    /// <param name="ct">Cancels while the work waits; once it runs it is carried out.</param>
    /// <returns>What the work returned.</returns>
    /// <exception cref="DatabaseException">A statement or the commit failed.</exception>
    public Task<T> WriteAsync<T>(Func<Session, T> work, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (ct.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(ct);
        }

        if (Volatile.Read(ref disposed))
        {
            return Task.FromException<T>(new ObjectDisposedException(nameof(Database)));
        }

        var waiting = new WriteWork<T>(work);
        return !ct.CanBeCanceled && writer.TryEnqueue(waiting) ? waiting.Task : WaitAsync(waiting, ct);
    }

    private async Task<T> WaitAsync<T>(WriteWork<T> waiting, CancellationToken ct)
    {
        await writer.EnqueueAsync(waiting, ct).ConfigureAwait(false);
        using (ct.UnsafeRegister(static (state, token) => ((WriteWork<T>)state!).Cancel(token), waiting))
        {
            return await waiting.Task.ConfigureAwait(false);
        }
    }

    /// <summary>As the other <c>WriteAsync</c>, for a work without a result.</summary>
    /// <param name="work">What to do.</param>
    /// <param name="ct">Cancels while the work waits.</param>
    public Task WriteAsync(Action<Session> work, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(work);
        return WriteAsync<object?>(
            session =>
            {
                work(session);
                return null;
            },
            ct);
    }

    /// <summary>Runs a work that only reads, on one snapshot, beside the writer.</summary>
    /// <param name="work">What to read; a write throws <see cref="DatabaseError.ReadOnly"/>.</param>
    /// <param name="ct">Interrupts the statement that runs.</param>
    /// <returns>What the work returned.</returns>
    public async Task<T> ReadAsync<T>(Func<Session, T> work, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(work);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed), this);
        return await readers.ReadAsync(work, ct).ConfigureAwait(false);
    }

    /// <summary>Takes no more works, carries out those that wait, and closes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, true))
        {
            return;
        }

        await readers.DisposeAsync().ConfigureAwait(false);
        await writer.DisposeAsync().ConfigureAwait(false);
        if (held is not null)
        {
            await held.DisposeAsync().ConfigureAwait(false);
        }
    }
}
