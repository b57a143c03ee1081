using Hufu.Contracts;
using Hufu.Records;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Records;

/// <summary>What every engine does, on PostgreSQL.</summary>
public sealed class DatabaseOnPostgresTests() : DatabaseTests(Engine.Postgres);

/// <summary>The ledger on PostgreSQL.</summary>
public sealed class LedgerOnPostgresTests() : LedgerTests(Engine.Postgres);

/// <summary>The outbox on PostgreSQL.</summary>
public sealed class OutboxOnPostgresTests() : OutboxTests(Engine.Postgres);

/// <summary>What only a server can do to us.</summary>
public sealed class PostgresTests
{
    private static readonly Migration Things = new("test.room", 1, "shape", "CREATE TABLE test_thing (name TEXT PRIMARY KEY);");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>6.6.2.5-c: the databases open by password; a server that lets in anybody is found.</summary>
    [Fact]
    [Clause("6.6.2.5-c")]
    public async Task A_server_that_does_not_ask_for_the_password_is_refused()
    {
        await using PostgresServer server = await PostgresServer.StartAsync(TestContext.Current.CancellationToken);
        await PostgresAccess.DemandPasswordAsync(server.ConnectionString, TestContext.Current.CancellationToken);
        string bare = server.ConnectionString[..server.ConnectionString.LastIndexOf(";Password", StringComparison.Ordinal)];
        Assert.Contains("has no password", (await Assert.ThrowsAsync<DatabaseException>(() => PostgresAccess.DemandPasswordAsync(bare, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
        await using (Npgsql.NpgsqlConnection connection = new(server.ConnectionString + ";Pooling=false"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using Npgsql.NpgsqlCommand command = new("SHOW hba_file", connection);
            await File.WriteAllTextAsync((string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!, "host all all 127.0.0.1/32 trust\n", TestContext.Current.CancellationToken);
            command.CommandText = "SELECT pg_reload_conf()";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        // The server reads its file again a moment later.
        DatabaseException? refused = null;
        for (var began = System.Diagnostics.Stopwatch.StartNew(); refused is null && began.Elapsed < TimeSpan.FromSeconds(30);)
        {
            refused = await Record.ExceptionAsync(() => PostgresAccess.DemandPasswordAsync(server.ConnectionString, TestContext.Current.CancellationToken)) as DatabaseException;
        }

        Assert.Contains("with any password", refused?.Message ?? "never refused", StringComparison.Ordinal);
    }

    [Fact]
    public void The_dialect_changes_only_what_differs()
    {
        Assert.Equal(
            "CREATE TABLE a (b BYTEA, c BIGINT, e TEXT COLLATE \"C\", f TEXT COLLATE \"C\" NOT NULL);",
            PostgresDialect.Translate("CREATE TABLE a (b BYTEA, c BOOLEAN, e TEXT COLLATE \"C\", f TEXT NOT NULL);"));
        Argument[] arguments = Arguments.Of(new { Name = "", Names = new[] { "" }, Id = 1L });
        PostgresText text = PostgresDialect.Number("SELECT '@Name', a@b FROM t WHERE n = @Name AND m IN @Names AND k NOT IN @Names AND i = @name -- @Id", arguments);
        Assert.Equal("SELECT '@Name', a@b FROM t WHERE n = $1 AND m IN (SELECT unnest($2)) AND k <> ALL($2) AND i = $1 -- @Id", text.Sql);
        Assert.Equal(["@Name", "@Names"], text.Order.Select(a => a.Parameter));
        Assert.True(BulkInsert.TryParse("INSERT INTO t (a, b, c) VALUES (@A, 'x', @B) ON CONFLICT (a) DO NOTHING", out BulkInsert? insert));
        Assert.Equal("INSERT INTO t (a, b, c)  SELECT r.c0, 'x', r.c1 FROM unnest($1, $2) AS r (c0, c1)  ON CONFLICT (a) DO NOTHING", insert.ForPostgres);
        Assert.False(BulkInsert.TryParse("INSERT INTO t (a) SELECT a FROM u WHERE a = @A", out _));
        Assert.False(BulkInsert.TryParse("INSERT INTO t (a) VALUES (coalesce(@A, 1))", out _));
    }

    /// <summary>Rows of one INSERT that are sent in a row are one statement, in their order with what is sent between; a trigger of the server counts.</summary>
    [Fact]
    public async Task Rows_sent_one_after_the_other_travel_as_one_statement_in_their_order()
    {
        Migration counted = new(
            "test.room", 2, "counted",
            """
            CREATE TABLE test_log (at BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, rows BIGINT NOT NULL);
            CREATE FUNCTION count_rows() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO test_log (rows) SELECT count(*) FROM fresh; RETURN NULL; END';
            CREATE TRIGGER counts AFTER INSERT ON test_thing REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION count_rows();
            """);
        await using PostgresServer server = await PostgresServer.StartAsync(Ct);
        await using Database database = await Database.OpenAsync(new DatabaseOptions { Postgres = server.ConnectionString, Schema = "sent", Clock = TimeProvider.System }, [Things, counted], Ct);
        const string Insert = "INSERT INTO test_thing (name) VALUES (@name)";
        await database.WriteAsync(
            s =>
            {
                for (int i = 0; i < 300; i++)
                {
                    s.Send(Insert, new { name = $"a{i:D3}" });
                }

                s.Send("UPDATE test_thing SET name = @name WHERE name = 'a299'", new { name = "moved" });
                s.Send(Insert, new { name = "a299" });
                s.SendMany(Insert, [.. Enumerable.Range(0, 7).Select(i => new { name = $"b{i}" })]);
                s.Send(Insert, new { name = "c" });
                s.Send(Insert + " ON CONFLICT (name) DO UPDATE SET name = excluded.name", new { name = "c" });
                s.Send(Insert + " ON CONFLICT (name) DO UPDATE SET name = excluded.name", new { name = "c" }); // the same row twice is no one statement's
            },
            Ct);
        Assert.Equal(["256", "44", "1", "7", "1", "0", "0"], await database.ReadAsync(s => s.Query<string>("SELECT CAST(rows AS TEXT) FROM test_log ORDER BY at"), Ct));
        Assert.Equal(309, await database.ReadAsync(s => s.Scalar<long>("SELECT count(*) FROM test_thing"), Ct));
    }

    [Fact]
    public async Task A_server_that_is_killed_loses_nothing_acknowledged_and_the_writer_goes_on_when_it_is_back()
    {
        await using PostgresServer server = await PostgresServer.StartAsync(Ct);
        await using Database database = await Database.OpenAsync(
            new DatabaseOptions { Postgres = server.ConnectionString, Schema = "ca", Clock = TimeProvider.System, BusyTimeout = TimeSpan.FromSeconds(10) }, [Things], Ct);
        var kept = new System.Collections.Concurrent.ConcurrentBag<string>();
        int failed = 0;
        using var stop = new CancellationTokenSource();
        Task[] writers = [.. Enumerable.Range(0, 8).Select(w => Task.Run(
            async () =>
            {
                for (int i = 0; !stop.IsCancellationRequested; i++)
                {
                    string name = $"{w}-{i:000000}";
                    try
                    {
                        await database.WriteAsync(s => s.Execute("INSERT INTO test_thing (name) VALUES (@name)", new { name }), CancellationToken.None);
                        kept.Add(name);
                    }
                    catch (DatabaseException e) when (e.Error is DatabaseError.Failed or DatabaseError.TransactionLost)
                    {
                        Interlocked.Increment(ref failed);
                        await Task.Delay(20, CancellationToken.None);
                    }
                }
            },
            CancellationToken.None))];
        for (int round = 0; round < 3; round++)
        {
            await Task.Delay(300, Ct);
            server.Kill();
            await server.RestartAsync(Ct);
        }

        int before = kept.Count;
        for (int i = 0; kept.Count < before + 100 && i < 200; i++)
        {
            await Task.Delay(50, Ct);
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        Assert.True(kept.Count >= before + 100, "the writer does not go on");
        HashSet<string> there = [.. await database.ReadAsync(s => s.Query<string>("SELECT name FROM test_thing"), Ct)];
        Assert.Equal([], kept.Where(name => !there.Contains(name)));
        // What failed is not there either: a failed write is told as failed only when it is.
        Assert.Equal(kept.Count, there.Count);
        Assert.True(failed > 0, "the server was never missed");
    }

    /// <summary>A statement's plan that the server keeps from when the table was small reads all of the table; nobody analyses this one.</summary>
    [Fact]
    public async Task A_plan_that_was_made_while_a_table_was_small_is_let_go()
    {
        const int Rows = 20_000;
        PostgresServer server = await PostgresServer.SharedAsync();
        Migration numbers = new("test.room", 1, "shape", "CREATE TABLE test_number (digest TEXT PRIMARY KEY, line TEXT NOT NULL); ALTER TABLE test_number SET (autovacuum_enabled = false);");
        await using Database database = await Database.OpenAsync(
            new DatabaseOptions { Postgres = server.ConnectionString, Schema = PostgresServer.NewSchema("plans"), Clock = TimeProvider.System }, [numbers], Ct);
        string[] digests = [.. Enumerable.Range(0, 200).Select(i => $"{i * 7:00000000}")];
        await database.WriteAsync(s => s.ExecuteMany("INSERT INTO test_number (digest, line) VALUES (@Digest, @Line)", [.. Enumerable.Range(Rows, 50).Select(i => new NumberRow($"{i:00000000}", "x"))]), Ct);
        for (int i = 0; i < 20; i++)
        {
            await ReadWholeAsync();
        }

        await database.WriteAsync(s => s.ExecuteMany("INSERT INTO test_number (digest, line) VALUES (@Digest, @Line)", [.. Enumerable.Range(0, Rows).Select(i => new NumberRow($"{i:00000000}", new string('x', 200)))]), Ct);
        long read = Rows;
        for (var began = System.Diagnostics.Stopwatch.StartNew(); read > 0 && began.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(50, Ct))
        {
            read = await ReadWholeAsync();
        }

        Assert.Equal(0, read);

        // How many rows the work has read by going through the whole table: the server's own count of this transaction.
        async Task<long> ReadWholeAsync() => await database.WriteAsync(
            s =>
            {
                s.Query<string>("SELECT line FROM test_number WHERE digest IN @digests", new { digests });
                return s.Scalar<long>("SELECT COALESCE(SUM(seq_tup_read), 0)::bigint FROM pg_stat_xact_user_tables WHERE relname = 'test_number' AND schemaname = current_schema()");
            },
            Ct);
    }

    private sealed record NumberRow(string Digest, string Line);

    [Fact]
    public async Task A_server_that_does_not_flush_is_refused()
    {
        await using PostgresServer server = await PostgresServer.StartAsync(Ct);
        await server.RunSqlAsync("postgres", "ALTER SYSTEM SET full_page_writes = off", Ct);
        await server.RunSqlAsync("postgres", "SELECT pg_reload_conf()", Ct);
        await Task.Delay(300, Ct);
        var refused = await Assert.ThrowsAsync<DatabaseException>(() => Database.OpenAsync(
            new DatabaseOptions { Postgres = server.ConnectionString, Schema = "ca", Clock = TimeProvider.System }, [], Ct));
        Assert.Contains("full_page_writes", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>6.6.2.5-c: the database opens by password only.</summary>
    [Fact]
    public async Task Without_the_password_the_database_does_not_open()
    {
        PostgresServer server = await PostgresServer.SharedAsync();
        string wrong = server.ConnectionString[..server.ConnectionString.LastIndexOf('=')] + "=wrong";
        var refused = await Assert.ThrowsAsync<DatabaseException>(() => Database.OpenAsync(
            new DatabaseOptions { Postgres = wrong, Schema = PostgresServer.NewSchema("ca"), Clock = TimeProvider.System }, [], Ct));
        Assert.DoesNotContain("wrong", refused.Message.Replace("hufu", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }
}
