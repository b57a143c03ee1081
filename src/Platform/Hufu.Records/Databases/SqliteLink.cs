using System.Diagnostics.CodeAnalysis;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Hufu.Records;

/// <summary>One connection to SQLite with its prepared statements. Not safe for two threads at once.</summary>
internal sealed class SqliteLink : DatabaseLink
{
    private const int MaxPrepared = 512;
    private const int RowsAtOnce = 32;
    private const int MaxParameters = 32_000;

    private readonly SqliteConnection connection;
    private readonly Dictionary<string, SqliteCommand> prepared = new(StringComparer.Ordinal);

    private SqliteLink(SqliteConnection connection) => this.connection = connection;

    internal static new SqliteLink Open(DatabaseOptions options, LinkUse use)
    {
        bool writer = use == LinkUse.Write;
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = options.Path,
            Mode = writer ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = Math.Max(1, (int)options.BusyTimeout.TotalSeconds),
        };
        var connection = new SqliteConnection(text.ToString());
        try
        {
            connection.Open();
            var link = new SqliteLink(connection);
            link.Run($"PRAGMA busy_timeout = {(int)options.BusyTimeout.TotalMilliseconds}");
            if (writer)
            {
                link.Run("PRAGMA journal_mode = WAL");
                link.Run("PRAGMA journal_size_limit = 67108864");
                // Pages go back into the database every 64 MiB and not every 4: measured, appends are two to three times as fast.
                link.Run("PRAGMA wal_autocheckpoint = 16384");
            }

            link.Run("PRAGMA synchronous = FULL");
            link.Run("PRAGMA foreign_keys = ON");
            link.Run("PRAGMA cache_size = -32768");
            link.Run("PRAGMA temp_store = MEMORY");
            if (!writer)
            {
                link.Run("PRAGMA query_only = ON");
            }

            return link;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw SqliteDialect.Explain(e, null);
        }
    }

    // SQLite ends a transaction by itself on a full disk or a failed write.
    internal override bool InTransaction => raw.sqlite3_get_autocommit(connection.Handle) == 0;

    internal override bool IsOpen => true;

    internal override bool IsUsable => InTransaction;

    internal override void Interrupt() => raw.sqlite3_interrupt(connection.Handle);

    internal override void BeginWriting() => Run("BEGIN IMMEDIATE");

    internal override void BeginReading() => Run("BEGIN");

    internal override void Commit() => Run("COMMIT");

    internal override void EndReading() => Run("COMMIT");

    internal override void Rollback() => Run("ROLLBACK");

    internal override void Mark() => Run("SAVEPOINT work");

    internal override void Unmark() => Run("RELEASE work");

    internal override void ReturnToMark()
    {
        Run("ROLLBACK TO work");
        Run("RELEASE work");
    }

    /// <summary>Runs a statement of ours without arguments, prepared once.</summary>
    private void Run(string sql)
    {
        try
        {
            Prepare(sql).ExecuteNonQuery();
        }
        catch (SqliteException e)
        {
            throw SqliteDialect.Explain(e, sql);
        }
    }

    internal override void RunScript(string sql)
    {
        try
        {
            using SqliteCommand command = NewCommand(SqliteDialect.Translate(sql));
            command.ExecuteNonQuery();
        }
        catch (SqliteException e)
        {
            throw SqliteDialect.Explain(e, sql);
        }
    }

    internal override int Execute(string sql, object? args)
    {
        try
        {
            return ArgumentBinder.TryBind(sql, args, this, out SqliteCommand? command) ? command.ExecuteNonQuery() : connection.Execute(sql, args);
        }
        catch (SqliteException e)
        {
            throw SqliteDialect.Explain(e, sql);
        }
    }

    internal override void Send(string sql, object? args) => Execute(sql, args);

    internal override void Settle()
    {
        // Every statement was answered when it was made.
    }

    internal override int ExecuteMany<TRow>(string sql, IReadOnlyList<TRow> rows)
    {
        // Many rows a statement spare most of the way through the engine's layers; the rest goes one by one.
        int changed = 0;
        int from = 0;
        if (rows.Count >= RowsAtOnce && BulkInsert.TryParse(sql, out BulkInsert? insert))
        {
            Argument[] arguments = Arguments.Of(typeof(TRow));
            if (insert.Parameters.Length * RowsAtOnce <= MaxParameters)
            {
                try
                {
                    SqliteCommand command = Prepare(insert.ForSqlite(RowsAtOnce));
                    ArgumentBinder.DeclareMany(command, insert, RowsAtOnce);
                    Argument[] order = insert.Order(arguments);
                    for (; rows.Count - from >= RowsAtOnce; from += RowsAtOnce)
                    {
                        int at = 0;
                        for (int i = from; i < from + RowsAtOnce; i++)
                        {
                            foreach (Argument argument in order)
                            {
                                command.Parameters[at++].Value = argument.Column(rows[i]);
                            }
                        }

                        changed += command.ExecuteNonQuery();
                    }
                }
                catch (SqliteException e)
                {
                    throw SqliteDialect.Explain(e, sql);
                }
            }
        }

        for (; from < rows.Count; from++)
        {
            changed += Execute(sql, rows[from]);
        }

        return changed;
    }

    internal override List<T> Query<T>(string sql, object? args)
    {
        try
        {
            if (!ArgumentBinder.TryBind(sql, args, this, out SqliteCommand? command))
            {
                return connection.Query<T>(sql, args).AsList();
            }

            using SqliteDataReader reader = command.ExecuteReader();
            var rows = new List<T>();
            if (reader.HasRows)
            {
                Func<System.Data.Common.DbDataReader, T> parse = RowReader<T>.For(reader);
                while (reader.Read())
                {
                    rows.Add(parse(reader));
                }
            }

            return rows;
        }
        catch (SqliteException e)
        {
            throw SqliteDialect.Explain(e, sql);
        }
    }

    internal override T? First<T>(string sql, object? args)
        where T : default
    {
        try
        {
            if (!ArgumentBinder.TryBind(sql, args, this, out SqliteCommand? command))
            {
                return connection.QueryFirstOrDefault<T>(sql, args);
            }

            using SqliteDataReader reader = command.ExecuteReader();
            if (!reader.HasRows)
            {
                return default;
            }

            Func<System.Data.Common.DbDataReader, T> parse = RowReader<T>.For(reader);
            return reader.Read() ? parse(reader) : default;
        }
        catch (SqliteException e)
        {
            throw SqliteDialect.Explain(e, sql);
        }
    }

    internal override object? Scalar(string sql, object? args)
    {
        try
        {
            object? value = ArgumentBinder.TryBind(sql, args, this, out SqliteCommand? command) ? command.ExecuteScalar() : connection.ExecuteScalar(sql, args);
            return value is DBNull ? null : value;
        }
        catch (SqliteException e)
        {
            throw SqliteDialect.Explain(e, sql);
        }
    }

    /// <summary>The prepared command of a text; the caller sets its parameters and runs it before it asks for the same text again.</summary>
    internal SqliteCommand Prepare(string sql)
    {
        if (prepared.TryGetValue(sql, out SqliteCommand? command))
        {
            return command;
        }

        if (prepared.Count >= MaxPrepared)
        {
            // Texts with values inside would fill memory: give all up and start again.
            Forget();
        }

        command = NewCommand(sql);
        prepared.Add(sql, command);
        return command;
    }

    [SuppressMessage("Security", "CA2100", Justification = "The texts are constants of the rooms; values travel as parameters.")]
    private SqliteCommand NewCommand(string sql)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private void Forget()
    {
        foreach (SqliteCommand command in prepared.Values)
        {
            command.Dispose();
        }

        prepared.Clear();
    }

    public override void Dispose()
    {
        Forget();
        connection.Dispose();
    }
}
