using System.Buffers.Binary;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Hufu.Crypto;
using Npgsql;

namespace Hufu.Records;

/// <summary>What makes one PostgreSQL connection the room's only writer, and what tells after a lost connection whether the last commit was carried out.</summary>
/// <remarks>
/// A session advisory lock named after the schema keeps a second writer out and outlives no connection. Every commit counts one up in <c>records_writer</c>: after a connection
/// was lost in the middle of a commit, the count says what became of it; and a count that another writer has moved stops this one, whose memory is then behind.
/// </remarks>
internal sealed class PostgresWriting(NpgsqlConnection connection, DatabaseOptions options)
{
    private const string CountUp = "UPDATE records_writer SET commits = commits + 1 WHERE id = 1";

    private readonly long name = BinaryPrimitives.ReadInt64BigEndian(Sm3.HashData(Encoding.UTF8.GetBytes("hufu writer " + options.Schema)));
    private long commits;
    private DatabaseException? lost;

    internal static string ConnectionText(DatabaseOptions options)
    {
        try
        {
            var text = new NpgsqlConnectionStringBuilder(options.Postgres)
            {
                SearchPath = options.Schema,
                Pooling = false,
                MaxAutoPrepare = 512,
                AutoPrepareMinUsages = 2,
                CommandTimeout = 0,
                TcpKeepAlive = true,
                TcpKeepAliveTime = 10,
                TcpKeepAliveInterval = 5,
                IncludeErrorDetail = false,
            };
            if (!text.ContainsKey("GSS Encryption Mode"))
            {
                text.GssEncryptionMode = GssEncryptionMode.Disable;
            }

            text.ApplicationName ??= "hufu " + options.Schema;
            return text.ToString();
        }
        catch (ArgumentException e)
        {
            throw new DatabaseException(DatabaseError.Failed, $"Database: the PostgreSQL connection string cannot be used: {e.Message}", e);
        }
    }

    internal static NpgsqlBatchCommand Count() => new(CountUp);

    internal void Counted() => commits++;

    /// <summary>Connects, becomes the writer, makes the schema when it is new.</summary>
    internal void Open()
    {
        connection.Open();
        Lock();
        foreach (string setting in (ReadOnlySpan<string>)["fsync", "full_page_writes"])
        {
            if (Scalar("SELECT current_setting('" + setting + "')") is not "on")
            {
                throw new DatabaseException(DatabaseError.Failed, $"Database: the PostgreSQL server runs with {setting} off, so that a commit is not durable. Switch it on.");
            }
        }

        Scalar($"CREATE SCHEMA IF NOT EXISTS \"{options.Schema}\"");
        Scalar("CREATE TABLE IF NOT EXISTS records_writer (id BIGINT PRIMARY KEY CHECK (id = 1), commits BIGINT NOT NULL)");
        Scalar("INSERT INTO records_writer (id, commits) VALUES (1, 0) ON CONFLICT (id) DO NOTHING");
        commits = (long)Scalar("SELECT commits FROM records_writer WHERE id = 1")!;
    }

    /// <summary>Connects again before the next transaction.</summary>
    /// <exception cref="DatabaseException">Failed or InUse, which may pass; or another process has written meanwhile: this one must be started again.</exception>
    internal void Reopen()
    {
        long there = Connect();
        if (there != commits)
        {
            connection.Close();
            throw lost = new DatabaseException(DatabaseError.TransactionLost, "Database: while the connection was lost another process has written. Start this one again.");
        }
    }

    /// <summary>Whether the commit was carried out in the middle of which the connection was lost.</summary>
    internal bool WasCommitted()
    {
        for (var tried = Stopwatch.StartNew(); ;)
        {
            try
            {
                long there = Connect();
                if (there == commits || there == commits + 1)
                {
                    return there == commits + 1;
                }

                break;
            }
            catch (DatabaseException) when (tried.Elapsed < options.BusyTimeout)
            {
                Thread.Sleep(100);
            }
            catch (DatabaseException)
            {
                break;
            }
        }

        connection.Close();
        throw lost = new DatabaseException(
            DatabaseError.TransactionLost, "Database: the connection was lost in the middle of a commit and what became of it cannot be told. Start this process again once the server is back.");
    }

    private long Connect()
    {
        if (lost is not null)
        {
            throw lost;
        }

        try
        {
            connection.Close();
            connection.Open();
            Lock();
            return (long)Scalar("SELECT commits FROM records_writer WHERE id = 1")!;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException)
        {
            throw PostgresDialect.Explain(e, null);
        }
    }

    // The server finds a dead client within seconds, so that its lock does not outlive it; a server that does not flush is not asked to be durable.
    private void Lock()
    {
        Scalar("SET tcp_keepalives_idle = 10");
        Scalar("SET tcp_keepalives_interval = 5");
        Scalar("SET tcp_keepalives_count = 3");
        if (Scalar("SELECT current_setting('synchronous_commit')") is "off")
        {
            Scalar("SET synchronous_commit = on");
        }

        CompressQuickly();
        for (var tried = Stopwatch.StartNew(); ;)
        {
            if (Scalar($"SELECT pg_try_advisory_lock({name})") is true)
            {
                return;
            }

            if (tried.Elapsed >= options.BusyTimeout)
            {
                connection.Close();
                throw new DatabaseException(DatabaseError.InUse, $"Database: another process is the writer of schema {options.Schema}. Stop it first.");
            }

            Thread.Sleep(100);
        }
    }

    // What is stored here is signed, sealed or base64 and hardly shrinks; pglz spends an eighth of the server's time on finding that out. A server that was built without lz4 goes on with its own.
    private void CompressQuickly()
    {
        try
        {
            Scalar("SET default_toast_compression = 'lz4'");
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InvalidParameterValue or PostgresErrorCodes.UndefinedObject)
        {
            // It has only one way.
        }
    }

    [SuppressMessage("Security", "CA2100", Justification = "The texts are this class's own; the schema's name is checked (DatabaseOptions.Check).")]
    private object? Scalar(string sql)
    {
        using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
