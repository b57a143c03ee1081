using System.Diagnostics.CodeAnalysis;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Hufu.Records;

/// <summary>One connection to SQLite with its prepared statements. Not safe for two threads at once.</summary>
internal sealed class SqliteLink : DatabaseLink
{
    private const int MaxPrepared = 512;

    private readonly SqliteConnection connection;
    private readonly Dictionary<string, SqliteCommand> prepared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (sqlite3_stmt Statement, Argument?[] Order)> many = new(StringComparer.Ordinal);
    private bool markWaits;

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

    internal override void Rollback()
    {
        markWaits = false;
        Run("ROLLBACK");
    }

    // Set when a statement needs it: a work that only appends to the ledger has none.
    internal override void Mark() => markWaits = true;

    internal override void Unmark()
    {
        if (!Unset())
        {
            Run("RELEASE work");
        }
    }

    private bool Unset()
    {
        bool waits = markWaits;
        markWaits = false;
        return waits;
    }

    private void SetMark()
    {
        if (Unset())
        {
            Run("SAVEPOINT work");
        }
    }

    internal override void ReturnToMark()
    {
        if (Unset())
        {
            return;
        }

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
        SetMark();
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

    internal override void SendMany<TRow>(string sql, IReadOnlyList<TRow> rows) => ExecuteMany(sql, rows);

    internal override void Settle()
    {
        // Every statement was answered when it was made.
    }

    internal override int ExecuteMany<TRow>(string sql, IReadOnlyList<TRow> rows)
    {
        // Straight to the engine: the parameters' places are asked for once and not with every row.
        SetMark();
        Argument[] arguments = Arguments.Of(typeof(TRow));
        (sqlite3_stmt statement, Argument?[] order) = PrepareMany(sql, arguments);
        long before = raw.sqlite3_total_changes(connection.Handle);
        foreach (TRow row in rows)
        {
            for (int i = 0; i < order.Length; i++)
            {
                Bind(statement, i + 1, order[i]!.Column(row));
            }

            int told = raw.sqlite3_step(statement);
            int reset = raw.sqlite3_reset(statement);
            if (told != raw.SQLITE_DONE || reset != raw.SQLITE_OK)
            {
                int extended = raw.sqlite3_extended_errcode(connection.Handle);
                throw SqliteDialect.Explain(new SqliteException(raw.sqlite3_errmsg(connection.Handle).utf8_to_string(), extended & 0xff, extended), sql);
            }
        }

        raw.sqlite3_clear_bindings(statement);
        return (int)(raw.sqlite3_total_changes(connection.Handle) - before);
    }

    private (sqlite3_stmt Statement, Argument?[] Order) PrepareMany(string sql, Argument[] arguments)
    {
        if (many.TryGetValue(sql, out (sqlite3_stmt Statement, Argument?[] Order) known))
        {
            return known;
        }

        int told = raw.sqlite3_prepare_v2(connection.Handle, sql, out sqlite3_stmt statement);
        if (told != raw.SQLITE_OK)
        {
            throw SqliteDialect.Explain(new SqliteException(raw.sqlite3_errmsg(connection.Handle).utf8_to_string(), told), sql);
        }

        var order = new Argument?[raw.sqlite3_bind_parameter_count(statement)];
        for (int i = 0; i < order.Length; i++)
        {
            string name = raw.sqlite3_bind_parameter_name(statement, i + 1).utf8_to_string();
            order[i] = Array.Find(arguments, a => a.Parameter == name && !a.IsList) ?? throw new ArgumentException($"The rows have no property for {name}.");
        }

        many.Add(sql, (statement, order));
        return (statement, order);
    }

    private static void Bind(sqlite3_stmt statement, int place, object value)
    {
        _ = value switch
        {
            long number => raw.sqlite3_bind_int64(statement, place, number),
            string words => raw.sqlite3_bind_text(statement, place, words),
            byte[] bytes when bytes.Length == 0 => raw.sqlite3_bind_zeroblob(statement, place, 0),
            byte[] bytes => raw.sqlite3_bind_blob(statement, place, bytes),
            double real => raw.sqlite3_bind_double(statement, place, real),
            _ => raw.sqlite3_bind_null(statement, place),
        };
    }

    internal override List<T> Query<T>(string sql, object? args)
    {
        SetMark();
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

    internal override void Each(string sql, object? args, Action<System.Data.Common.DbDataReader> row)
    {
        try
        {
            if (!ArgumentBinder.TryBind(sql, args, this, out SqliteCommand? command))
            {
                throw new ArgumentException("The arguments are the properties of one object.");
            }

            using SqliteDataReader reader = command.ExecuteReader();
            while (reader.Read())
            {
                row(reader);
            }
        }
        catch (SqliteException e)
        {
            throw SqliteDialect.Explain(e, sql);
        }
    }

    internal override T? First<T>(string sql, object? args)
        where T : default
    {
        SetMark();
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
        SetMark();
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
        foreach ((sqlite3_stmt statement, _) in many.Values)
        {
            statement.Dispose();
        }

        many.Clear();
    }

    public override void Dispose()
    {
        Forget();
        connection.Dispose();
    }
}
