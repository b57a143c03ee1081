using System.Text.Json.Nodes;
using Hufu.Records;
using Xunit;

namespace Hufu.Modules.Tests.Records;

public sealed class SqliteTests : IDisposable
{
    private static readonly Migration Things = new("test.room", 1, "shape", "CREATE TABLE test_thing (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name TEXT NOT NULL UNIQUE, body BYTEA);");

    private readonly RecordsPlace place = new();

    private static CancellationToken Ct => RecordsPlace.Ct;

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task A_full_database_fails_the_whole_group_and_the_next_work_goes_on()
    {
        await using Database database = await place.OpenDatabaseAsync(null, Things);
        await database.WriteAsync(s => s.Execute("PRAGMA max_page_count = 60"), Ct);
        using var hold = new ManualResetEventSlim();
        Task first = database.WriteAsync(s => hold.Wait(Ct), Ct);
        Task small = database.WriteAsync(s => s.Execute("INSERT INTO test_thing (name) VALUES ('small')"), Ct);
        Task large = database.WriteAsync(s => s.Execute("INSERT INTO test_thing (name, body) VALUES ('large', @Body)", new { Body = new byte[1 << 20] }), Ct);
        hold.Set();
        Assert.Equal(DatabaseError.Full, (await Assert.ThrowsAsync<DatabaseException>(() => large)).Error);
        // Where the two shared a transaction the small one is told that it is lost; where they did not (a slow machine) it is kept. What is told is what is there.
        Exception? lost = await Record.ExceptionAsync(() => small);
        Assert.True(lost is null or DatabaseException { Error: DatabaseError.TransactionLost });
        Assert.Equal(lost is null ? 1 : 0, await database.ReadAsync(s => s.Scalar<long>("SELECT count(*) FROM test_thing"), Ct));
        await Record.ExceptionAsync(() => first);
        await database.WriteAsync(s => s.Execute("INSERT INTO test_thing (name) VALUES ('after')"), Ct);
    }

    [Fact]
    public void The_dialect_changes_only_what_differs()
    {
        Assert.Equal(
            "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, b BLOB, c INTEGER, d BIGINT, e TEXT );",
            SqliteDialect.Translate("CREATE TABLE a (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, b BYTEA, c BOOLEAN, d BIGINT, e TEXT COLLATE \"C\");"));
        Assert.Equal("CREATE TABLE a (id INTEGER PRIMARY KEY)", SqliteDialect.Translate("CREATE TABLE a (id BIGINT PRIMARY KEY)"));
    }

    [Fact]
    public async Task R24_A_full_disk_refuses_the_act()
    {
        await using Database database = await place.OpenDatabaseAsync();
        await using Ledger ledger = await place.OpenLedgerAsync(database);
        await database.WriteAsync(s => s.Execute("CREATE TABLE test_deed (n BIGINT)"), Ct);
        long pages = await database.ReadAsync(s => s.Scalar<long>("PRAGMA page_count"), Ct);
        await database.WriteAsync(s => s.Execute($"PRAGMA max_page_count = {pages + 3}"), Ct);
        int done = 0;
        DatabaseException? refused = null;
        while (refused is null)
        {
            try
            {
                await database.WriteAsync(
                    s =>
                    {
                        s.Execute("INSERT INTO test_deed VALUES (@done)", new { done });
                        ledger.Append(s, new LedgerRecord { Actor = "a", Act = "b", Object = "c", Outcome = LedgerOutcome.Done, Detail = new JsonObject { ["filler"] = new string('x', 3_000) } });
                    },
                    Ct);
                done++;
            }
            catch (DatabaseException e)
            {
                refused = e;
            }
        }

        Assert.Equal(DatabaseError.Full, refused.Error);
        Assert.Equal(done, await database.ReadAsync(s => s.Scalar<long>("SELECT count(*) FROM test_deed"), Ct));
        Assert.Equal(done + 1, ledger.Size);
        await database.WriteAsync(s => s.Execute("PRAGMA max_page_count = 1000000"), Ct);
        Assert.Equal(done + 1, (await ledger.AppendAsync(RecordsPlace.Plain(1), Ct)).Sequence);
        await ledger.SignHeadAsync(Ct);
        Assert.Equal(LedgerVerdict.Whole, LedgerVerifier.Verify(place.Audit, since: null).Verdict);
    }
}
