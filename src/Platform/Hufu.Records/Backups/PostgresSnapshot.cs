using System.Data.Common;
using Npgsql;

namespace Hufu.Records;

/// <summary>A room's PostgreSQL schema at the moment of the cut: an exported snapshot that pg_dump reads.</summary>
/// <remarks>The writer is kept out by a lock on <c>records_writer</c>, in which every commit counts up: one that has begun waits there, and nothing of it is in the snapshot.</remarks>
internal sealed class PostgresSnapshot : RoomSnapshot
{
    /// <summary>The folder of a room's dump in a backup.</summary>
    internal const string Folder = "postgres";

    private readonly NpgsqlConnection connection;
    private readonly string text;
    private readonly string? programs;
    private readonly string snapshot;

    private PostgresSnapshot(string room, NpgsqlConnection connection, string text, string? programs, string snapshot)
        : base(room) => (this.connection, this.text, this.programs, this.snapshot) = (connection, text, programs, snapshot);

    protected override DbConnection Connection => connection;

    /// <summary>Whether the room has its tables there.</summary>
    internal static bool Exists(string text, string room)
    {
        using NpgsqlConnection connection = Open(text, room);
        using var command = new NpgsqlCommand("SELECT to_regclass('ledger_record') IS NOT NULL", connection);
        return command.ExecuteScalar() is true;
    }

    /// <summary>Keeps the room's writer out until what it returns is disposed.</summary>
    internal static IDisposable Hold(string text, string room)
    {
        NpgsqlConnection connection = Open(text, room);
        Run(connection, "BEGIN");
        Run(connection, "SET LOCAL lock_timeout = '30s'");
        Run(connection, "LOCK TABLE records_writer IN SHARE MODE");
        return connection;
    }

    internal static PostgresSnapshot Take(string text, string room, string? programs)
    {
        NpgsqlConnection connection = Open(text, room);
        Run(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        using var command = new NpgsqlCommand("SELECT pg_export_snapshot()", connection);
        return new PostgresSnapshot(room, connection, text, programs, (string)command.ExecuteScalar()!);
    }

    internal override BackupRoom Describe() => base.Describe() with { Engine = Folder };

    internal override IEnumerable<(string File, string Path)> Copy(string scratch)
    {
        string target = Path.Combine(scratch, Folder);
        PostgresPrograms.Run(
            programs, "pg_dump", text,
            ["--format=directory", "--compress=0", "--no-owner", "--no-privileges", "--no-password", $"--snapshot={snapshot}", $"--schema=\"{Room}\"", $"--file={target}"]);
        foreach (string file in Directory.EnumerateFiles(target).Order(StringComparer.Ordinal))
        {
            yield return (file, $"{Room}/{Folder}/{Path.GetFileName(file)}");
        }

        Directory.Delete(target, recursive: true);
    }

    internal static NpgsqlConnection Open(string text, string room)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(text) { SearchPath = room, Pooling = false, CommandTimeout = 0, GssEncryptionMode = GssEncryptionMode.Disable }.ToString());
        connection.Open();
        return connection;
    }

    internal static void Run(NpgsqlConnection connection, string sql)
    {
        using NpgsqlCommand command = NewCommand(connection, sql);
        command.ExecuteNonQuery();
    }

    protected override DbCommand Command(string sql) => NewCommand(connection, sql);

    private static NpgsqlCommand NewCommand(NpgsqlConnection connection, string sql)
    {
        NpgsqlCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // the texts are this project's own
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
