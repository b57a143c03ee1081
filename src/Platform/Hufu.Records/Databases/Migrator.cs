namespace Hufu.Records;

/// <summary>Brings a database to the shape of the migrations, forward only, each in its own transaction.</summary>
internal static class Migrator
{
    private const string Table = """
        CREATE TABLE IF NOT EXISTS records_migration (
          space TEXT NOT NULL, number BIGINT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL, applied BIGINT NOT NULL,
          PRIMARY KEY (space, number))
        """;

    internal static void Apply(DatabaseLink link, IReadOnlyList<Migration> migrations, TimeProvider clock)
    {
        link.RunScript(Table);
        Dictionary<(string Space, long Number), Applied> applied = link.Query<Applied>("SELECT space, number, name, digest FROM records_migration", null)
            .ToDictionary(a => (a.Space, a.Number));
        var known = new HashSet<(string Space, long Number)>();
        foreach (Migration migration in migrations)
        {
            if (!known.Add((migration.Space, migration.Number)))
            {
                continue; // the same assembly given twice
            }

            if (!applied.TryGetValue((migration.Space, migration.Number), out Applied? row))
            {
                Step(link, migration, clock);
            }
            else if (!string.Equals(row.Digest, migration.Digest, StringComparison.Ordinal))
            {
                throw new DatabaseException(
                    DatabaseError.MigrationChanged,
                    $"Migration {migration.Space} {migration.Number:0000}_{migration.Name} was applied with another text. A change is a new migration with the next number.");
            }
        }

        foreach (Applied row in applied.Values)
        {
            // A space that this program does not carry at all belongs to a room that is not started here; a number beyond those of its space is from a newer program.
            if (!known.Contains((row.Space, row.Number)) && known.Any(k => k.Space == row.Space))
            {
                throw new DatabaseException(
                    DatabaseError.MigrationUnknown,
                    $"The database knows migration {row.Space} {row.Number:0000}_{row.Name}, this program does not: it was written by a newer one. Start that one.");
            }
        }
    }

    private static void Step(DatabaseLink link, Migration migration, TimeProvider clock)
    {
        link.BeginWriting();
        try
        {
            link.RunScript(migration.Sql);
            link.Execute(
                "INSERT INTO records_migration (space, number, name, digest, applied) VALUES (@Space, @Number, @Name, @Digest, @Now)",
                new { migration.Space, migration.Number, migration.Name, migration.Digest, Now = clock.GetUtcNow().ToUnixTimeMilliseconds() });
            link.Commit();
        }
        catch
        {
            if (link.InTransaction)
            {
                link.Rollback();
            }

            throw;
        }
    }

    private sealed record Applied(string Space, long Number, string Name, string Digest);
}
