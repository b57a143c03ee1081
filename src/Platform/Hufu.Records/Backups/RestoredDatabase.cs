using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Hufu.Records;

/// <summary>A room's database where a restore put it: looked over, and its ledger's files written from it.</summary>
internal static class RestoredDatabase
{
    /// <summary>Writes records.jsonl and heads.jsonl.</summary>
    /// <param name="connection">The room's database; its tables are found by name.</param>
    /// <param name="audit">The folder of the ledger's files.</param>
    internal static void WriteFiles(DbConnection connection, string audit)
    {
        PrivateFiles.MakeDirectory(audit);
        WriteLines(connection, "SELECT line FROM ledger_record ORDER BY sequence", Path.Combine(audit, LedgerFiles.RecordsName));
        WriteLines(connection, "SELECT line FROM ledger_head ORDER BY number", Path.Combine(audit, LedgerFiles.HeadsName));
    }

    /// <summary>SQLite's own check of a file, after which its ledger's files are written.</summary>
    /// <returns><c>ok</c>, or what is wrong.</returns>
    internal static string CheckSqlite(string file, string audit)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        string said = (string)command.ExecuteScalar()!;
        WriteFiles(connection, audit);
        return said;
    }

    /// <summary>Loads a room's dump into a database that has no schema of the room's name, and writes its ledger's files.</summary>
    /// <param name="connection">The connection string.</param>
    /// <param name="room">The room, which is the schema.</param>
    /// <param name="dump">The folder that pg_dump made.</param>
    /// <param name="audit">The folder of the ledger's files.</param>
    /// <param name="programs">Where pg_restore lies; null to look in PATH.</param>
    /// <param name="ledgerSize">The records that the backup says it has.</param>
    /// <returns><c>ok</c>, or what is wrong.</returns>
    /// <exception cref="BackupException">NotUsable: the schema is there already, or pg_restore failed; it leaves nothing then.</exception>
    internal static string LoadPostgres(string connection, string room, string dump, string audit, string? programs, long ledgerSize)
    {
        using NpgsqlConnection there = PostgresSnapshot.Open(connection, room);
        using (var exists = new NpgsqlCommand("SELECT to_regnamespace($1) IS NOT NULL", there) { Parameters = { new NpgsqlParameter<string> { TypedValue = room } } })
        {
            if (exists.ExecuteScalar() is true)
            {
                throw new BackupException(BackupError.NotUsable, $"Restore: the PostgreSQL database has a schema {room} already. A backup is put back beside what is there, never over it: give another database.");
            }
        }

        PostgresPrograms.Run(
            programs, "pg_restore", connection,
            ["--format=directory", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-password", $"--dbname={PostgresPrograms.Database(connection)}", dump]);
        WriteFiles(there, audit);
        using var count = new NpgsqlCommand("SELECT count(*) FROM ledger_record", there);
        long records = (long)count.ExecuteScalar()!;
        return records == ledgerSize ? "ok" : $"{records} ledger records instead of {ledgerSize}";
    }

    /// <summary>Takes a schema away that <see cref="LoadPostgres"/> made.</summary>
    internal static void Drop(string connection, string room)
    {
        using NpgsqlConnection there = PostgresSnapshot.Open(connection, room);
        PostgresSnapshot.Run(there, $"DROP SCHEMA IF EXISTS \"{room}\" CASCADE");
    }

    private static void WriteLines(DbConnection connection, string sql, string path)
    {
        using DbCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // the texts are this class's own
        command.CommandText = sql;
#pragma warning restore CA2100
        using DbDataReader reader = command.ExecuteReader();
        using var stream = new BufferedStream(PrivateFiles.Open(path, FileMode.Create, FileAccess.Write), 1 << 20);
        while (reader.Read())
        {
            stream.Write((byte[])reader.GetValue(0));
            stream.WriteByte((byte)'\n');
        }
    }
}
