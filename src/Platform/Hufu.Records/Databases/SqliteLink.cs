using System.Diagnostics.CodeAnalysis;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Hufu.Records;

/// <summary>One connection to SQLite with its prepared statements. Not safe for two threads at once.</summary>
internal sealed class SqliteLink : IDisposable
{
    private const int MaxPrepared = 512;

    private readonly SqliteConnection connection;
    private readonly Dictionary<string, SqliteCommand> prepared = new(StringComparer.Ordinal);

    static SqliteLink() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    private SqliteLink(SqliteConnection connection) => this.connection = connection;

    internal static SqliteLink Open(DatabaseOptions options, bool writer)
    {
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

    /// <summary>Whether a transaction is open; SQLite ends one by itself on a full disk or a failed write.</summary>
    internal bool InTransaction => raw.sqlite3_get_autocommit(connection.Handle) == 0;

    internal long Changes => raw.sqlite3_total_changes(connection.Handle);

    internal void Interrupt() => raw.sqlite3_interrupt(connection.Handle);

    /// <summary>Runs a statement of ours without arguments, prepared once.</summary>
    internal void Run(string sql)
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

    /// <summary>Runs a script of several statements, not kept.</summary>
    internal void RunScript(string sql)
    {
        try
        {
            using SqliteCommand command = NewCommand(sql);
            command.ExecuteNonQuery();
        }
        catch (SqliteException e)
        {
            throw SqliteDialect.Explain(e, sql);
        }
    }

    internal int Execute(string sql, object? args)
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

    internal List<T> Query<T>(string sql, object? args)
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

    internal T? First<T>(string sql, object? args)
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

    internal object? Scalar(string sql, object? args)
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

    public void Dispose()
    {
        Forget();
        connection.Dispose();
    }
}
