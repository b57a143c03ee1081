using Hufu.Crypto;
using Npgsql;

namespace Hufu.Records;

/// <summary>Scratch databases for a drill, one on each PostgreSQL server that is asked for; taken away again at its end.</summary>
/// <param name="connection">A room's connection string; its user has the right CREATEDB.</param>
public sealed class DrillDatabases(Func<string, string> connection) : IDisposable
{
    private readonly string name = "hufu_drill_" + SecureRandom.NewId();
    private readonly Dictionary<string, string> made = new(StringComparer.Ordinal);

    /// <summary>The connection string of a room's scratch database.</summary>
    /// <param name="room">The room.</param>
    /// <exception cref="BackupException">NotUsable: it cannot be made.</exception>
    public string For(string room)
    {
        ArgumentNullException.ThrowIfNull(room);
        var text = new NpgsqlConnectionStringBuilder(connection(room)) { Pooling = false };
        string server = $"{text.Host}:{text.Port}";
        if (!made.ContainsKey(server))
        {
            Run(text.ToString(), $"CREATE DATABASE {name}");
            made.Add(server, text.ToString());
        }

        text.Database = name;
        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (string server in made.Values)
        {
            Run(server, $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        }
    }

    private static void Run(string server, string sql)
    {
        try
        {
            using var there = new NpgsqlConnection(server);
            there.Open();
            using NpgsqlCommand command = there.CreateCommand();
#pragma warning disable CA2100 // the name is random hex digits
            command.CommandText = sql;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }
        catch (NpgsqlException fault)
        {
            throw new BackupException(BackupError.NotUsable, $"The drill's scratch database: {fault.Message} The drill needs the right CREATEDB.", fault);
        }
    }
}
