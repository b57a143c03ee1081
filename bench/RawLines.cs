using Microsoft.Data.Sqlite;
using Npgsql;

/// <summary>Lines as they are, durable.</summary>
internal interface IRawLines : IDisposable
{
    void Insert(byte[][] lines, int count, int group);
}

/// <summary>Plain PostgreSQL: number and line, one prepared statement over arrays for so many to a durable transaction.</summary>
internal sealed class RawPostgresLines : IRawLines
{
    private readonly NpgsqlConnection _connection;
    private long _number;

    public RawPostgresLines(string server)
    {
        _connection = new NpgsqlConnection(server + ";Pooling=false");
        _connection.Open();
        using var command = new NpgsqlCommand("CREATE TABLE raw_line (number BIGINT PRIMARY KEY, line BYTEA NOT NULL)", _connection);
        command.ExecuteNonQuery();
    }

    public void Insert(byte[][] lines, int count, int group)
    {
        using var command = new NpgsqlCommand("INSERT INTO raw_line (number, line) SELECT * FROM unnest($1, $2)", _connection);
        var numbers = new NpgsqlParameter<long[]>();
        var texts = new NpgsqlParameter<byte[][]>();
        command.Parameters.Add(numbers);
        command.Parameters.Add(texts);
        for (var at = 0; at < count; at += group)
        {
            var size = Math.Min(group, count - at);
            numbers.TypedValue = [.. Enumerable.Range(0, size).Select(_ => _number++)];
            texts.TypedValue = [.. Enumerable.Range(at, size).Select(i => lines[i % lines.Length])];
            if (at == 0)
            {
                command.Prepare();
            }

            using var transaction = _connection.BeginTransaction();
            command.Transaction = transaction;
            command.ExecuteNonQuery();
            transaction.Commit();
        }
    }

    public void Dispose() => _connection.Dispose();
}

/// <summary>Plain SQLite: number and line, prepared, so many to a durable transaction.</summary>
internal sealed class RawLines : IRawLines
{
    private readonly SqliteConnection _connection;
    private long _number;

    public RawLines(string file)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        _connection.Open();
        foreach (var sql in new[] { "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA wal_autocheckpoint = 16384", "PRAGMA cache_size = -32768", "CREATE TABLE raw (number INTEGER PRIMARY KEY, line BLOB NOT NULL)" })
        {
            using var command = _connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }

    public void Insert(byte[][] lines, int count, int group)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "INSERT INTO raw (number, line) VALUES (@number, @line)";
        var number = command.Parameters.Add("@number", SqliteType.Integer);
        var line = command.Parameters.Add("@line", SqliteType.Blob);
        for (var at = 0; at < count; at += group)
        {
            using var transaction = _connection.BeginTransaction();
            command.Transaction = transaction;
            for (var i = at; i < Math.Min(count, at + group); i++)
            {
                number.Value = _number++;
                line.Value = lines[i % lines.Length];
                command.ExecuteNonQuery();
            }

            transaction.Commit();
        }
    }

    public void Dispose() => _connection.Dispose();
}
