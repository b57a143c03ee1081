using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Hufu.Records;

/// <summary>A room's SQLite file at the moment of the cut; each is held while the others are opened.</summary>
internal sealed class SqliteSnapshot : RoomSnapshot
{
    private readonly SqliteConnection connection;

    private SqliteSnapshot(string room, SqliteConnection connection)
        : base(room) => this.connection = connection;

    protected override DbConnection Connection => connection;

    /// <summary>Keeps the file's writer out until what it returns is disposed.</summary>
    internal static IDisposable Hold(string file)
    {
        SqliteConnection connection = Open(file);
        Run(connection, "BEGIN IMMEDIATE");
        return connection;
    }

    internal static SqliteSnapshot Take(string room, string file)
    {
        SqliteConnection connection = Open(file);
        Run(connection, "BEGIN");
        Run(connection, "SELECT count(*) FROM sqlite_schema");
        return new SqliteSnapshot(room, connection);
    }

    internal override IEnumerable<(string File, string Path)> Copy(string scratch)
    {
        string target = Path.Combine(scratch, "database");
        using (var copy = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = target, Pooling = false }.ToString()))
        {
            copy.Open();
            connection.BackupDatabase(copy);
        }

        yield return (target, $"{Room}/{Room}.db");
    }

    protected override DbCommand Command(string sql) => NewCommand(connection, sql);

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 30 }.ToString());
        connection.Open();
        return connection;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = NewCommand(connection, sql);
        command.ExecuteNonQuery();
    }

    private static SqliteCommand NewCommand(SqliteConnection connection, string sql)
    {
        SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // the texts are this project's own
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
