using System.Collections.Concurrent;
using Hufu.Contracts;
using Hufu.Records;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Records;

/// <summary>6.6.1.7-a, live replication: two real PostgreSQL servers, as docs/backup.md sets them up.</summary>
public sealed class ReplicationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Clause("6.6.1.7-a")]
    public async Task A_standby_that_is_promoted_after_the_primary_was_killed_has_everything_acknowledged_and_a_whole_ledger()
    {
        using var place = new RecordsPlace(Engine.Sqlite); // its folder, keys and records; no database of its own is opened
        await using PostgresServer primary = await PostgresServer.StartAsync(Ct);
        await using PostgresServer standby = await PostgresServer.StartStandbyAsync(primary, Ct);
        await primary.RunSqlAsync("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'", Ct);
        await primary.RunSqlAsync("postgres", "SELECT pg_reload_conf()", Ct);
        await LedgerTests.UntilAsync(() => primary.RunSqlAsync("postgres", "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'", Ct).GetAwaiter().GetResult() == "1");

        var acknowledged = new ConcurrentBag<LedgerReceipt>();
        SignedHead? kept;
        await using (Database database = await OpenAsync(primary, place))
        {
            await using Ledger ledger = await place.OpenLedgerAsync(database, o => o with { Directory = Path.Combine(place.Folder, "audit-primary"), HeadEveryRecords = 50 });
            int failed = 0;
            Task[] writers = [.. Enumerable.Range(0, 6).Select(w => Task.Run(
                async () =>
                {
                    for (int i = 0; Volatile.Read(ref failed) == 0; i++)
                    {
                        try
                        {
                            acknowledged.Add(await ledger.AppendAsync(i % 5 == 0 ? place.Signed((1_000 * w) + i) : RecordsPlace.Plain((1_000 * w) + i), CancellationToken.None));
                        }
                        catch (Exception e) when (e is DatabaseException or LedgerException)
                        {
                            Interlocked.Increment(ref failed);
                        }
                    }
                },
                Ct))];
            await LedgerTests.UntilAsync(() => acknowledged.Count > 400 && ledger.Head is { Size: > 100 });
            kept = ledger.Head;
            primary.Kill();
            await Task.WhenAll(writers);
        }

        await standby.PromoteAsync(Ct);
        string audit = Path.Combine(place.Folder, "audit-standby");
        await using (Database database = await OpenAsync(standby, place))
        {
            await using Ledger ledger = await place.OpenLedgerAsync(database, o => o with { Directory = audit, HeadEveryRecords = 50 });
            Assert.True(ledger.Size > acknowledged.Max(r => r.Sequence));
            foreach (LedgerReceipt receipt in acknowledged)
            {
                Assert.Equal(receipt.Leaf, (await ledger.ProveInclusionAsync(receipt.Sequence, ledger.Size, Ct)).Leaf);
            }

            // It is the writer now, and goes on in the same log.
            long before = ledger.Size;
            LedgerReceipt next = await ledger.AppendAsync(place.Signed(1_000_000), Ct);
            Assert.Equal(before, next.Sequence);
        }

        LedgerReport report = LedgerVerifier.Verify(audit, kept);
        Assert.True(report.Verdict == LedgerVerdict.Whole, string.Join('\n', report.Findings));
        Assert.True(report.Ledgers[0].Records > acknowledged.Count);
        // The primary's own files, as far as they were written, are the beginning of it: auditors' heads of either hold.
        byte[] there = await File.ReadAllBytesAsync(Path.Combine(place.Folder, "audit-primary", "records.jsonl"), Ct);
        Assert.True((await File.ReadAllBytesAsync(Path.Combine(audit, "records.jsonl"), Ct)).AsSpan().StartsWith(there));
    }

    private static Task<Database> OpenAsync(PostgresServer server, RecordsPlace place) => Database.OpenAsync(
        new DatabaseOptions { Postgres = server.ConnectionString, Schema = "ca", Clock = place.Clock, BusyTimeout = TimeSpan.FromSeconds(2) }, [], Ct);
}
