using Hufu.Records;
using Xunit;

namespace Hufu.Modules.Tests.Records;

public class DatabaseTests : IDisposable
{
    private readonly RecordsPlace place;

    public DatabaseTests()
        : this(Engine.Sqlite)
    {
    }

    protected DatabaseTests(Engine engine) => place = new RecordsPlace(engine);

    private static CancellationToken Ct => RecordsPlace.Ct;

    public void Dispose()
    {
        place.Dispose();
        GC.SuppressFinalize(this);
    }

    private static Migration Shape(int number, string sql) => new("test.room", number, "shape", sql);

    private static readonly Migration Things = Shape(
        1, "CREATE TABLE test_thing (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name TEXT NOT NULL UNIQUE, body BYTEA, not_before BIGINT, flag BOOLEAN, kind TEXT);");

    private sealed record Thing(long Id, string Name, byte[]? Body);

    private sealed class Wide
    {
        public long Id { get; set; }
        public string Name { get; set; } = "";
        public long? NotBefore { get; set; }
        public bool Flag { get; set; }
        public DayOfWeek Kind { get; set; }
    }

    [Fact]
    public async Task Rows_of_every_column_type_come_back_as_they_went_in()
    {
        await using Database database = await place.OpenDatabaseAsync(null, Things);
        await database.WriteAsync(
            s =>
            {
                s.Execute("INSERT INTO test_thing (name, body, not_before, flag, kind) VALUES (@Name, @Body, @NotBefore, @Flag, @Kind)",
                    new { Name = "没有", Body = (byte[]?)null, NotBefore = (long?)null, Flag = false, Kind = DayOfWeek.Friday });
                s.Execute("INSERT INTO test_thing (name, body, not_before, flag, kind) VALUES (@Name, @Body, @NotBefore, @Flag, @Kind)",
                    new { Name = "b", Body = new byte[] { 0, 1, 255 }, NotBefore = 1_795_000_000_000L, Flag = true, Kind = DayOfWeek.Monday });
            },
            Ct);
        (IReadOnlyList<Thing> things, IReadOnlyList<Wide> wide, long count, string? none) = await database.ReadAsync(
            s => (s.Query<Thing>("SELECT id, name, body FROM test_thing ORDER BY id"),
                s.Query<Wide>("SELECT id, name, not_before, flag, kind FROM test_thing ORDER BY id"),
                s.Scalar<long>("SELECT count(*) FROM test_thing WHERE name IN @names", new { names = new[] { "没有", "b", "c" } }),
                s.QueryFirst<string>("SELECT name FROM test_thing WHERE name = @name", new { name = "absent" })),
            Ct);
        Assert.Equal(["没有", "b"], things.Select(t => t.Name));
        Assert.Null(things[0].Body);
        Assert.Equal([0, 1, 255], things[1].Body!);
        Assert.Equal([null, 1_795_000_000_000L], wide.Select(w => w.NotBefore));
        Assert.Equal([false, true], wide.Select(w => w.Flag));
        Assert.Equal([DayOfWeek.Friday, DayOfWeek.Monday], wide.Select(w => w.Kind));
        Assert.Equal(2, count);
        Assert.Null(none);
    }

    [Fact]
    public async Task A_work_that_throws_keeps_nothing_and_its_caller_gets_the_exception()
    {
        await using Database database = await place.OpenDatabaseAsync(null, Things);
        var thrown = await Assert.ThrowsAsync<FormatException>(() => database.WriteAsync<int>(
            s =>
            {
                s.Execute("INSERT INTO test_thing (name) VALUES ('x')");
                throw new FormatException("mine");
            },
            Ct));
        Assert.Equal("mine", thrown.Message);
        Assert.Equal(0, await database.ReadAsync(s => s.Scalar<long>("SELECT count(*) FROM test_thing"), Ct));
    }

    [Fact]
    public async Task Works_of_one_group_share_a_commit_and_those_that_throw_are_rolled_back_alone()
    {
        await using Database database = await place.OpenDatabaseAsync(null, Things);
        using var hold = new ManualResetEventSlim();
        Task first = database.WriteAsync(s => hold.Wait(Ct), Ct); // keeps the writer busy, so that the others wait together
        var committed = new List<int>();
        Task<int>[] works = [.. Enumerable.Range(0, 100).Select(i => database.WriteAsync(
            s =>
            {
                s.Execute("INSERT INTO test_thing (name) VALUES (@name)", new { name = $"n{i}" });
                s.OnCommitted(() => committed.Add(i));
                return i % 3 == 1 ? throw new InvalidOperationException($"no {i}") : i;
            },
            Ct))];
        hold.Set();
        await first;
        for (int i = 0; i < works.Length; i++)
        {
            if (i % 3 == 1)
            {
                Assert.Equal($"no {i}", (await Assert.ThrowsAsync<InvalidOperationException>(() => works[i])).Message);
            }
            else
            {
                Assert.Equal(i, await works[i]);
            }
        }

        IEnumerable<int> kept = Enumerable.Range(0, 100).Where(i => i % 3 != 1);
        Assert.Equal(kept, committed);
        Assert.Equal(kept.Select(i => $"n{i}"), await database.ReadAsync(s => s.Query<string>("SELECT name FROM test_thing ORDER BY id"), Ct));
    }

    [Fact]
    public async Task A_work_that_ends_the_transaction_fails_and_so_does_its_group()
    {
        await using Database database = await place.OpenDatabaseAsync(null, Things);
        var thrown = await Assert.ThrowsAsync<DatabaseException>(() => database.WriteAsync(
            s =>
            {
                s.Execute("INSERT INTO test_thing (name) VALUES ('x')");
                s.Execute("ROLLBACK");
            },
            Ct));
        Assert.Equal(DatabaseError.TransactionLost, thrown.Error);
        await database.WriteAsync(s => s.Execute("INSERT INTO test_thing (name) VALUES ('y')"), Ct);
        Assert.Equal(["y"], await database.ReadAsync(s => s.Query<string>("SELECT name FROM test_thing"), Ct));
    }

    [Fact]
    public async Task Constraints_are_told_apart_without_the_engines_words()
    {
        await using Database database = await place.OpenDatabaseAsync(
            null, Things, Shape(2, "CREATE TABLE test_part (thing BIGINT NOT NULL REFERENCES test_thing (id), n BIGINT CHECK (n > 0));"));
        await database.WriteAsync(s => s.Execute("INSERT INTO test_thing (name) VALUES ('x')"), Ct);
        async Task<DatabaseError> ErrorOf(string sql) => (await Assert.ThrowsAsync<DatabaseException>(() => database.WriteAsync(s => s.Execute(sql), Ct))).Error;
        Assert.Equal(DatabaseError.UniqueViolation, await ErrorOf("INSERT INTO test_thing (name) VALUES ('x')"));
        Assert.Equal(DatabaseError.ForeignKeyViolation, await ErrorOf("INSERT INTO test_part (thing, n) VALUES (99, 1)"));
        Assert.Equal(DatabaseError.ConstraintViolation, await ErrorOf("INSERT INTO test_part (thing, n) VALUES (1, 0)"));
        Assert.Equal(DatabaseError.ConstraintViolation, await ErrorOf("INSERT INTO test_thing (name) VALUES (NULL)"));
        Assert.Equal(DatabaseError.Other, await ErrorOf("INSERT INTO no_such_table VALUES (1)"));
        var read = await Assert.ThrowsAsync<DatabaseException>(() => database.ReadAsync(s => s.Execute("DELETE FROM test_thing"), Ct));
        Assert.Equal(DatabaseError.ReadOnly, read.Error);
    }

    [Fact]
    public async Task A_reading_session_sees_one_state_while_the_writer_goes_on()
    {
        await using Database database = await place.OpenDatabaseAsync(null, Things);
        using var read = new ManualResetEventSlim();
        using var written = new ManualResetEventSlim();
        Task<(long Before, long After)> reading = database.ReadAsync(
            s =>
            {
                long before = s.Scalar<long>("SELECT count(*) FROM test_thing");
                read.Set();
                written.Wait(Ct);
                return (before, s.Scalar<long>("SELECT count(*) FROM test_thing"));
            },
            Ct);
        read.Wait(Ct);
        await database.WriteAsync(s => s.Execute("INSERT INTO test_thing (name) VALUES ('x')"), Ct);
        written.Set();
        Assert.Equal((0, 0), await reading);
        Assert.Equal(1, await database.ReadAsync(s => s.Scalar<long>("SELECT count(*) FROM test_thing"), Ct));
    }

    [Fact]
    public async Task A_waiting_write_and_a_running_read_can_be_cancelled()
    {
        await using Database database = await place.OpenDatabaseAsync(null, Things);
        using var hold = new ManualResetEventSlim();
        Task first = database.WriteAsync(s => hold.Wait(Ct), Ct);
        using var cancel = new CancellationTokenSource();
        Task waiting = database.WriteAsync(s => s.Execute("INSERT INTO test_thing (name) VALUES ('never')"), cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        hold.Set();
        await first;
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => database.ReadAsync(
            s => s.Scalar<long>("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"), soon.Token));
        Assert.Equal(0, await database.ReadAsync(s => s.Scalar<long>("SELECT count(*) FROM test_thing"), Ct));
    }

    [Fact]
    public async Task Writes_are_there_after_the_database_is_opened_again_and_only_one_process_may_open_it()
    {
        await using (Database database = await place.OpenDatabaseAsync(null, Things))
        {
            await database.WriteAsync(s => s.Execute("INSERT INTO test_thing (name) VALUES ('x')"), Ct);
            Assert.Equal(DatabaseError.InUse, (await Assert.ThrowsAsync<DatabaseException>(() => place.OpenDatabaseAsync(null, Things))).Error);
        }

        await using Database again = await place.OpenDatabaseAsync(null, Things);
        Assert.Equal(["x"], await again.ReadAsync(s => s.Query<string>("SELECT name FROM test_thing"), Ct));
        if (File.Exists(place.DatabaseFile) && !OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(place.DatabaseFile));
        }
    }

    [Fact]
    public async Task After_disposal_works_are_refused_and_those_that_waited_were_carried_out()
    {
        Database database = await place.OpenDatabaseAsync(null, Things);
        Task[] writes = [.. Enumerable.Range(0, 200).Select(i => database.WriteAsync(s => s.Execute("INSERT INTO test_thing (name) VALUES (@n)", new { n = $"{i}" }), Ct))];
        await database.DisposeAsync();
        await Task.WhenAll(writes);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => database.WriteAsync(s => 1, Ct));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => database.ReadAsync(s => 1, Ct));
        await using Database again = await place.OpenDatabaseAsync(null, Things);
        Assert.Equal(200, await again.ReadAsync(s => s.Scalar<long>("SELECT count(*) FROM test_thing"), Ct));
    }

    [Fact]
    public async Task An_exception_after_the_commit_does_not_fail_the_act()
    {
        var faults = new List<Exception>();
        await using Database database = await place.OpenDatabaseAsync(place.DatabaseOptions() with { OnFault = faults.Add }, Things);
        await database.WriteAsync(s => s.OnCommitted(() => throw new FormatException("late")), Ct);
        Assert.Equal("late", Assert.Single(faults).Message);
    }

    [Fact]
    public async Task Times_are_refused_as_arguments_unless_they_are_milliseconds()
    {
        await using Database database = await place.OpenDatabaseAsync(null, Things);
        await Assert.ThrowsAsync<ArgumentException>(() => database.WriteAsync(
            s => s.Execute("INSERT INTO test_thing (name, not_before) VALUES ('x', @At)", new { At = DateTimeOffset.UnixEpoch }), Ct));
    }

    [Fact]
    public async Task A_migration_is_applied_once_a_changed_one_is_refused_and_a_newer_database_too()
    {
        Migration second = Shape(2, "ALTER TABLE test_thing ADD COLUMN extra TEXT;");
        await (await place.OpenDatabaseAsync(null, Things, second)).DisposeAsync();
        await (await place.OpenDatabaseAsync(null, Things, second, Things)).DisposeAsync(); // given twice: once
        Migration changed = Shape(2, "ALTER TABLE test_thing ADD COLUMN other TEXT;");
        Assert.Equal(DatabaseError.MigrationChanged, (await Assert.ThrowsAsync<DatabaseException>(() => place.OpenDatabaseAsync(null, Things, changed))).Error);
        Assert.Equal(DatabaseError.MigrationUnknown, (await Assert.ThrowsAsync<DatabaseException>(() => place.OpenDatabaseAsync(null, Things))).Error);
        await using Database other = await place.OpenDatabaseAsync(null, new Migration("other.room", 1, "shape", "CREATE TABLE other_thing (id BIGINT PRIMARY KEY);"));
        Assert.Equal(2, await other.ReadAsync(s => s.Scalar<long>("SELECT count(*) FROM records_migration WHERE space = 'test.room'"), Ct));
        Assert.Equal(Things.Digest, await other.ReadAsync(s => s.QueryFirst<string>("SELECT digest FROM records_migration WHERE space = 'test.room' AND number = 1"), Ct));
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_nothing()
    {
        Migration broken = Shape(2, "CREATE TABLE test_half (id BIGINT PRIMARY KEY); CREATE TABLE test_thing (id BIGINT);");
        await Assert.ThrowsAsync<DatabaseException>(() => place.OpenDatabaseAsync(null, Things, broken));
        await using Database database = await place.OpenDatabaseAsync(null, Things);
        await Assert.ThrowsAsync<DatabaseException>(() => database.ReadAsync(s => s.Scalar<long>("SELECT count(*) FROM test_half"), Ct));
    }

    [Fact]
    public void The_embedded_migrations_of_an_assembly_are_read_in_order()
    {
        IReadOnlyList<Migration> own = Migration.FromAssembly(typeof(Database).Assembly);
        Assert.Equal([1, 2, 3], own.Select(m => m.Number));
        Assert.Equal(["outbox", "ledger", "ledger_index"], own.Select(m => m.Name));
        Assert.All(own, m => Assert.Equal("Hufu.Records", m.Space));
        Assert.Empty(Migration.FromAssembly(typeof(FactAttribute).Assembly));
    }

    [Fact]
    public async Task Many_rows_go_in_by_one_statement_and_come_back_as_they_were()
    {
        await using Database database = await place.OpenDatabaseAsync(null, Things);
        Wide[] rows = [.. Enumerable.Range(0, 100).Select(i => new Wide { Name = $"行{i:000}", NotBefore = i % 3 == 0 ? null : i, Flag = i % 2 == 1, Kind = (DayOfWeek)(i % 7) })];
        const string insert = "INSERT INTO test_thing (name, not_before, flag, kind, body) VALUES (@Name, @NotBefore, @Flag, @Kind, NULL) ON CONFLICT (name) DO NOTHING";
        Assert.Equal(100, await database.WriteAsync(s => s.ExecuteMany(insert, rows), Ct));
        Assert.Equal(0, await database.WriteAsync(s => s.ExecuteMany(insert, rows[..40]), Ct));
        Assert.Equal(2, await database.WriteAsync(s => s.ExecuteMany("UPDATE test_thing SET not_before = 7 WHERE name = @Name", rows[..2]), Ct));
        Assert.Equal(0, await database.WriteAsync(s => s.ExecuteMany(insert, Array.Empty<Wide>()), Ct));
        IReadOnlyList<Wide> there = await database.ReadAsync(s => s.Query<Wide>("SELECT name, not_before, flag, kind FROM test_thing ORDER BY name"), Ct);
        Assert.Equal(rows.Select(r => (r.Name, r.Flag, r.Kind)), there.Select(r => (r.Name, r.Flag, r.Kind)));
        Assert.Equal(rows.Skip(2).Select(r => r.NotBefore), there.Skip(2).Select(r => r.NotBefore));
        Assert.Equal([7L, 7L], there.Take(2).Select(r => r.NotBefore));
        DatabaseException doubled = await Assert.ThrowsAsync<DatabaseException>(() => database.WriteAsync(
            s => s.ExecuteMany("INSERT INTO test_thing (name) VALUES (@Name)", rows), Ct));
        Assert.Equal(DatabaseError.UniqueViolation, doubled.Error);
    }

    [Fact]
    public async Task What_was_sent_without_waiting_fails_its_work_and_no_other()
    {
        await using Database database = await place.OpenDatabaseAsync(null, Things);
        using var hold = new ManualResetEventSlim();
        Task first = database.WriteAsync(s => hold.Wait(Ct), Ct);
        Task<int>[] works = [.. Enumerable.Range(0, 20).Select(i => database.WriteAsync(
            s =>
            {
                s.Send("INSERT INTO test_thing (name) VALUES (@name)", new { name = $"n{i}" });
                s.Send("INSERT INTO test_thing (name) VALUES (@name)", new { name = i % 5 == 2 ? $"n{i}" : $"m{i}" });
                return i;
            },
            Ct))];
        hold.Set();
        await first;
        for (int i = 0; i < works.Length; i++)
        {
            if (i % 5 == 2)
            {
                Assert.Equal(DatabaseError.UniqueViolation, (await Assert.ThrowsAsync<DatabaseException>(() => works[i])).Error);
            }
            else
            {
                Assert.Equal(i, await works[i]);
            }
        }

        Assert.Equal(32, await database.ReadAsync(s => s.Scalar<long>("SELECT count(*) FROM test_thing"), Ct));
    }

    [Fact]
    public async Task A_work_that_swallows_a_failed_statement_is_whole_or_fails()
    {
        await using Database database = await place.OpenDatabaseAsync(null, Things);
        using var hold = new ManualResetEventSlim();
        Task first = database.WriteAsync(s => hold.Wait(Ct), Ct);
        Task before = database.WriteAsync(s => s.Execute("INSERT INTO test_thing (name) VALUES ('before')"), Ct);
        Task swallowing = database.WriteAsync(
            s =>
            {
                s.Execute("INSERT INTO test_thing (name) VALUES ('x')");
                try
                {
                    s.Execute("INSERT INTO test_thing (name) VALUES ('x')");
                }
                catch (DatabaseException)
                {
                    // PostgreSQL takes nothing more in this work, SQLite does: neither may keep half of it unsaid.
                }
            },
            Ct);
        Task after = database.WriteAsync(s => s.Execute("INSERT INTO test_thing (name) VALUES ('after')"), Ct);
        hold.Set();
        await first;
        await before;
        await after;
        Exception? told = await Record.ExceptionAsync(() => swallowing);
        Assert.True(told is null or DatabaseException { Error: DatabaseError.TransactionLost });
        string[] kept = told is null ? ["after", "before", "x"] : ["after", "before"];
        Assert.Equal(kept, await database.ReadAsync(s => s.Query<string>("SELECT name FROM test_thing ORDER BY name"), Ct));
    }
}
