using System.Runtime.ExceptionServices;

namespace Hufu.Records;

/// <summary>The statements of one transaction. Lives inside one <see cref="Database.WriteAsync"/> or <see cref="Database.ReadAsync"/> and is used by one thread.</summary>
/// <remarks>
/// SQL is PostgreSQL's dialect that SQLite also takes; parameters are <c>@Name</c>, taken from the properties of the argument. Prepared statements are kept by text, so
/// texts are constants and values are parameters. Enumerations are written as their names, flags as 0 and 1, times as BIGINT Unix milliseconds (UTC). Rows map to scalars, to
/// classes by property, or to records by constructor (columns in the constructor's order; long, string, double, byte[]); <c>not_before</c> meets <c>NotBefore</c>.
/// Every method throws <see cref="DatabaseException"/> when the statement fails.
/// </remarks>
public sealed class Session
{
    private readonly DatabaseLink link;
    private readonly bool writes;
    private ISessionPart? part;
    private int partMark;
    private List<Action>? committed;
    private List<Action>? rolledBack;
    private Exception? doomed;
    private bool closed;

    internal Session(DatabaseLink link, bool writes)
    {
        this.link = link;
        this.writes = writes;
    }

    internal DatabaseLink Link
    {
        get
        {
            ObjectDisposedException.ThrowIf(closed, this);
            return link;
        }
    }

    internal bool Writes => writes;

    /// <summary>Runs a statement.</summary>
    /// <param name="sql">One statement.</param>
    /// <param name="args">An object whose properties are the parameters.</param>
    /// <returns>How many rows it changed.</returns>
    public int Execute(string sql, object? args = null) => Link.Execute(sql, args);

    /// <summary>Runs a statement whose count nobody needs: PostgreSQL is not waited for, so that it costs no way there and back. SQLite runs it at once.</summary>
    /// <param name="sql">One statement that returns no rows.</param>
    /// <param name="args">An object whose properties are the parameters.</param>
    /// <remarks>When it fails, the next statement throws it, at the latest the end of the work: the work fails in any case. The object must not change until the work ends; rows of one INSERT that are sent in a row travel as one.</remarks>
    public void Send(string sql, object? args = null) => Link.Send(sql, args);

    /// <summary>Runs a statement once for each of many rows: an INSERT of parameters in few large pieces (PostgreSQL: one, over arrays), anything else row by row.</summary>
    /// <param name="sql">One statement, written for one row.</param>
    /// <param name="rows">Objects of one type whose properties are the parameters; no lists among them.</param>
    /// <returns>How many rows it changed.</returns>
    public int ExecuteMany<TRow>(string sql, IReadOnlyList<TRow> rows)
        where TRow : class
    {
        ArgumentNullException.ThrowIfNull(rows);
        return rows.Count == 0 ? 0 : Link.ExecuteMany(sql, rows);
    }

    /// <summary>As <see cref="ExecuteMany"/> for rows whose count nobody needs; PostgreSQL is not waited for.</summary>
    /// <param name="sql">One statement that returns no rows, written for one row.</param>
    /// <param name="rows">Objects of one type whose properties are the parameters; no lists among them. They must not change until the work ends.</param>
    /// <remarks>When it fails, the next statement throws it, at the latest the end of the work: the work fails in any case.</remarks>
    public void SendMany<TRow>(string sql, IReadOnlyList<TRow> rows)
        where TRow : class
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count > 0)
        {
            Link.SendMany(sql, rows);
        }
    }

    /// <summary>Reads all rows; the caller bounds them with LIMIT.</summary>
    /// <param name="sql">One query.</param>
    /// <param name="args">An object whose properties are the parameters.</param>
    /// <returns>The rows, all read.</returns>
    public IReadOnlyList<T> Query<T>(string sql, object? args = null) => Link.Query<T>(sql, args);

    /// <summary>Reads rows one after the other without keeping them: for what is too many for a list.</summary>
    /// <param name="sql">One query.</param>
    /// <param name="args">An object whose properties are the parameters.</param>
    /// <param name="row">Is given each row in turn; looks at its columns and keeps nothing of the reader.</param>
    public void Each(string sql, object? args, Action<System.Data.Common.DbDataReader> row)
    {
        ArgumentNullException.ThrowIfNull(row);
        Link.Each(sql, args, row);
    }

    /// <summary>Reads the first row.</summary>
    /// <param name="sql">One query.</param>
    /// <param name="args">An object whose properties are the parameters.</param>
    /// <returns>The row, or the type's default when there is none.</returns>
    public T? QueryFirst<T>(string sql, object? args = null) => Link.First<T>(sql, args);

    /// <summary>Reads the first column of the first row.</summary>
    /// <param name="sql">One query.</param>
    /// <param name="args">An object whose properties are the parameters.</param>
    /// <returns>The value; the type's default when there is no row or the value is NULL.</returns>
    public T Scalar<T>(string sql, object? args = null) => RowReader<T>.FromColumn(Link.Scalar(sql, args));

    /// <summary>Asks for something to be done once the transaction is durable, before its caller goes on; on the writer's thread, so it is short and does not wait.</summary>
    /// <param name="action">What to do; its exception reaches <see cref="DatabaseOptions.OnFault"/> only.</param>
    public void OnCommitted(Action action)
    {
        ObjectDisposedException.ThrowIf(closed, this);
        (committed ??= []).Add(action);
    }

    /// <summary>Lets something in memory follow this work's transaction; one a database.</summary>
    /// <param name="joining">What follows it.</param>
    /// <param name="mark">Given back to it when the work is rolled back.</param>
    internal void Join(ISessionPart joining, int mark)
    {
        if (part is not null && !ReferenceEquals(part, joining))
        {
            throw new InvalidOperationException("Two ledgers lie in one database.");
        }

        if (part is null)
        {
            part = joining;
            partMark = mark;
        }
    }

    /// <summary>Asks for something to be undone when this work is rolled back, alone or with its group; last asked, first done.</summary>
    internal void OnRolledBack(Action action) => (rolledBack ??= []).Add(action);

    /// <summary>Lets the work fail whatever it does with the exception: it is rolled back even when it swallows it.</summary>
    internal void Doom(Exception reason) => doomed ??= reason;

    internal void ThrowIfDoomed()
    {
        if (doomed is not null)
        {
            ExceptionDispatchInfo.Throw(doomed);
        }
    }

    internal void Close() => closed = true;

    internal void Committing(Session last) => part?.Committing(last);

    internal void Committed(Action<Exception>? onFault)
    {
        if (part is not null)
        {
            Tell(part.Committed, onFault);
        }

        foreach (Action action in committed ?? [])
        {
            Tell(action, onFault);
        }
    }

    private static void Tell(Action action, Action<Exception>? onFault)
    {
        try
        {
            action();
        }
        catch (Exception e) when (onFault is not null)
        {
            onFault(e);
        }
        catch (Exception)
        {
            // Durable already: a fault here must neither fail the act nor stop the writer, and nobody asked to hear of it.
        }
    }

    internal void RolledBack()
    {
        if (rolledBack is not null)
        {
            for (int i = rolledBack.Count - 1; i >= 0; i--)
            {
                rolledBack[i]();
            }
        }

        part?.RolledBack(partMark);
    }
}
