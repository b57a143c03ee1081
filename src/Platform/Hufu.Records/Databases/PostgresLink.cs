using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace Hufu.Records;

/// <summary>One connection to PostgreSQL. Statements are prepared by the driver at their second use; beginnings, marks and sent statements travel with the next one.</summary>
internal sealed partial class PostgresLink : DatabaseLink
{
    private const int MaxKnown = 1_024;

    private readonly PostgresWriting? writing;
    private readonly NpgsqlConnection connection;
    private readonly Dictionary<(string Sql, Type? Args), PostgresText> known = [];
    private readonly List<NpgsqlBatchCommand> pending = [];
    private NpgsqlBatchCommand begin = new("BEGIN");
    private NpgsqlBatchCommand commit = new("COMMIT");
    private NpgsqlBatchCommand mark = new("SAVEPOINT work");
    private NpgsqlBatchCommand release = new("RELEASE SAVEPOINT work");
    private volatile NpgsqlBatch? running;
    private bool began;
    private bool spoilt;

    private static readonly TimeSpan LongestPlans = TimeSpan.FromMinutes(5);
    private long plansMade = Stopwatch.GetTimestamp();
    private TimeSpan plansLast = TimeSpan.FromMilliseconds(200);

    private PostgresLink(NpgsqlConnection connection, PostgresWriting? writing)
    {
        this.connection = connection;
        this.writing = writing;
        if (writing is null)
        {
            begin = new NpgsqlBatchCommand("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        }
    }

    internal static new PostgresLink Open(DatabaseOptions options, LinkUse use)
    {
        var connection = new NpgsqlConnection(PostgresWriting.ConnectionText(options));
        try
        {
            PostgresWriting? writing = null;
            if (use == LinkUse.Write)
            {
                writing = new PostgresWriting(connection, options);
                writing.Open();
            }
            else
            {
                connection.Open();
            }

            return new PostgresLink(connection, writing);
        }
        catch (Exception e)
        {
            connection.Dispose();
            throw e is DatabaseException ? e : PostgresDialect.Explain(e, null);
        }
    }

    internal override bool InTransaction => began && IsOpen;

    internal override bool IsUsable => InTransaction && !spoilt;

    internal override bool IsOpen => connection.FullState is not (ConnectionState.Closed or ConnectionState.Broken) && (connection.FullState & ConnectionState.Broken) == 0;

    internal override void Interrupt() => running?.Cancel();

    internal override void BeginWriting()
    {
        MindPlans();
        if (!IsOpen)
        {
            Drop();
            writing!.Reopen();
            Forget();
        }

        Begin();
    }

    internal override void BeginReading()
    {
        MindPlans();
        Begin();
    }

    // The server keeps a statement's plan for the session; one made while its table was small goes on reading all of it when it has grown (until an ANALYZE comes by). So plans are let go after a
    // fifth of a second, two fifths, four …: none is from a table of much less than half the size.
    private void MindPlans()
    {
        if (!IsOpen || Stopwatch.GetElapsedTime(plansMade) < plansLast)
        {
            return;
        }

        plansMade = Stopwatch.GetTimestamp();
        plansLast = plansLast * 2 < LongestPlans ? plansLast * 2 : LongestPlans;
        try
        {
            Drop();
            Run(new NpgsqlBatchCommand("DISCARD PLANS"));
        }
        catch (DatabaseException)
        {
            // The connection is gone: what comes next says so, or opens it again.
        }
    }

    private void Begin()
    {
        Drop();
        pending.Add(begin);
        began = true;
    }

    internal override void Commit()
    {
        if (pending.Count > 0 && pending[0] == begin && pending.TrueForAll(IsFrame))
        {
            Drop(); // nothing was asked of the server
            return;
        }

        Leave(PostgresWriting.Count());
        try
        {
            Run(commit);
        }
        catch (DatabaseException) when (!IsOpen)
        {
            // Whether the server still carried it out is asked over a new connection.
            Drop();
            bool kept = writing!.WasCommitted();
            Forget();
            if (!kept)
            {
                throw;
            }
        }

        writing!.Counted();
        began = false;
    }

    internal override void EndReading()
    {
        if (pending.Count > 0 && pending[0] == begin)
        {
            Drop();
            return;
        }

        Run(commit);
        began = false;
    }

    internal override void Rollback()
    {
        bool sent = pending.Count == 0 || pending[0] != begin;
        Drop();
        if (sent && IsOpen)
        {
            Run(new NpgsqlBatchCommand("ROLLBACK"));
        }
    }

    // A command remembers what was prepared on the connection that is gone.
    private void Forget() =>
        (begin, commit, mark, release) = (new NpgsqlBatchCommand("BEGIN"), new NpgsqlBatchCommand("COMMIT"), new NpgsqlBatchCommand("SAVEPOINT work"), new NpgsqlBatchCommand("RELEASE SAVEPOINT work"));

    private void Drop()
    {
        gathering = null;
        pending.Clear();
        began = spoilt = false;
    }

    internal override void Mark() => Leave(mark);

    internal override void Unmark()
    {
        if (!pending.Remove(mark))
        {
            Leave(release);
        }
    }

    internal override void ReturnToMark()
    {
        gathering = null;
        int unsent = pending.IndexOf(mark);
        if (unsent >= 0)
        {
            pending.RemoveRange(unsent, pending.Count - unsent);
            return;
        }

        pending.Clear();
        pending.Add(new NpgsqlBatchCommand("ROLLBACK TO SAVEPOINT work"));
        Run(release);
        spoilt = false;
    }

    [SuppressMessage("Security", "CA2100", Justification = "The texts are the embedded migrations of the rooms.")]
    internal override void RunScript(string sql)
    {
        try
        {
            if (pending.Count > 0)
            {
                Run(new NpgsqlBatchCommand("SELECT 1"));
            }

            using NpgsqlCommand command = connection.CreateCommand();
            command.CommandText = PostgresDialect.Translate(sql);
            command.ExecuteNonQuery();
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            spoilt = began;
            throw PostgresDialect.Explain(e, sql);
        }
    }

    internal override int Execute(string sql, object? args)
    {
        NpgsqlBatchCommand command = Command(sql, args);
        Run(command, sql);
        return (int)command.RecordsAffected;
    }

    internal override int ExecuteMany<TRow>(string sql, IReadOnlyList<TRow> rows)
    {
        if (!BulkInsert.TryParse(sql, out BulkInsert? insert))
        {
            int changed = 0;
            foreach (TRow row in rows)
            {
                changed += Execute(sql, row);
            }

            return changed;
        }

        NpgsqlBatchCommand command = Command(insert, rows);
        Run(command, sql);
        return (int)command.RecordsAffected;
    }

    internal override List<T> Query<T>(string sql, object? args)
    {
        var rows = new List<T>();
        Read(sql, args, reader =>
        {
            if (reader.HasRows)
            {
                Func<DbDataReader, T> parse = RowReader<T>.For(reader);
                while (reader.Read())
                {
                    rows.Add(parse(reader));
                }
            }
        });
        return rows;
    }

    internal override void Each(string sql, object? args, Action<DbDataReader> row) => Read(sql, args, reader =>
    {
        while (reader.Read())
        {
            row(reader);
        }
    });

    internal override T? First<T>(string sql, object? args)
        where T : default
    {
        T? first = default;
        Read(sql, args, reader =>
        {
            if (reader.HasRows)
            {
                Func<DbDataReader, T> parse = RowReader<T>.For(reader);
                first = reader.Read() ? parse(reader) : default;
            }
        });
        return first;
    }

    internal override object? Scalar(string sql, object? args)
    {
        object? value = null;
        Read(sql, args, reader => value = reader.Read() && !reader.IsDBNull(0) ? reader.GetValue(0) : null);
        return value;
    }

    private NpgsqlBatchCommand Command(string sql, object? args)
    {
        if (Arguments.AreForeign(args))
        {
            throw new ArgumentException("The arguments are the properties of one object; many rows go through ExecuteMany.");
        }

        if (!known.TryGetValue((sql, args?.GetType()), out PostgresText? text))
        {
            if (known.Count >= MaxKnown)
            {
                known.Clear();
            }

            text = PostgresDialect.Number(sql, Arguments.Of(args));
            known.Add((sql, args?.GetType()), text);
        }

        var command = new NpgsqlBatchCommand(text.Sql);
        foreach (Argument argument in text.Order)
        {
            command.Parameters.Add(PostgresValues.One(argument, args!));
        }

        return command;
    }

    private bool IsFrame(NpgsqlBatchCommand command) => command == begin || command == mark || command == release;

    private void Run(NpgsqlBatchCommand command, string? sql = null) => Read(command, sql, static _ => { });

    private void Read(string sql, object? args, Action<NpgsqlDataReader> read) => Read(Command(sql, args), sql, read);

    private void Read(NpgsqlBatchCommand command, string? sql, Action<NpgsqlDataReader> read)
    {
        Gather();
        using var batch = new NpgsqlBatch(connection);
        foreach (NpgsqlBatchCommand before in pending)
        {
            batch.BatchCommands.Add(before);
        }

        batch.BatchCommands.Add(command);
        pending.Clear();
        running = batch;
        try
        {
            using NpgsqlDataReader reader = batch.ExecuteReader();
            read(reader);
            while (reader.NextResult())
            {
                // To the end, so that a later failure shows.
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
        {
            spoilt = began;
            throw PostgresDialect.Explain(e, sql ?? command.CommandText);
        }
        finally
        {
            running = null;
        }
    }

    public override void Dispose() => connection.Dispose();
}
