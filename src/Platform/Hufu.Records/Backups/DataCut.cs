using Microsoft.Data.Sqlite;

namespace Hufu.Records;

/// <summary>
/// All rooms' SQLite databases at one moment: every writer is held out for the instant in which a snapshot of each is taken, so that no room knows of a message that another
/// has not sent. The rooms may be served by another process; it waits for milliseconds.
/// </summary>
internal sealed class DataCut : IDisposable
{
    private readonly List<(string File, SqliteConnection Snapshot)> snapshots = [];

    private DataCut()
    {
    }

    internal IReadOnlyList<(string File, SqliteConnection Snapshot)> Snapshots => snapshots;

    internal static DataCut Take(IReadOnlyList<string> files)
    {
        var cut = new DataCut();
        var held = new List<SqliteConnection>();
        try
        {
            foreach (string file in files)
            {
                SqliteConnection lockHolder = Open(file);
                held.Add(lockHolder);
                Run(lockHolder, "BEGIN IMMEDIATE");
            }

            foreach (string file in files)
            {
                SqliteConnection snapshot = Open(file);
                cut.snapshots.Add((file, snapshot));
                Run(snapshot, "BEGIN");
                Run(snapshot, "SELECT count(*) FROM sqlite_schema");
            }

            return cut;
        }
        catch (SqliteException e)
        {
            cut.Dispose();
            throw SqliteDialect.Explain(e, null);
        }
        finally
        {
            foreach (SqliteConnection connection in held)
            {
                connection.Dispose();
            }
        }
    }

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 30 }.ToString());
        connection.Open();
        return connection;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // the texts are this class's own
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    /// <summary>Copies a snapshot into a file of its own.</summary>
    internal static void Copy(SqliteConnection snapshot, string target)
    {
        using var copy = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = target, Pooling = false }.ToString());
        copy.Open();
        snapshot.BackupDatabase(copy);
    }

    internal static T Scalar<T>(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // the texts are this project's own
        command.CommandText = sql;
#pragma warning restore CA2100
        return RowReader<T>.FromColumn(command.ExecuteScalar());
    }

    public void Dispose()
    {
        foreach ((_, SqliteConnection snapshot) in snapshots)
        {
            snapshot.Dispose();
        }
    }
}
