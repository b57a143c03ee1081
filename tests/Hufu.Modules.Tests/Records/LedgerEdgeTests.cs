using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Hufu.Contracts;
using Hufu.Records;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Records;

/// <summary>What the ledger's growing end promises besides what the ledger's own tests see.</summary>
public sealed partial class LedgerEdgeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void R24_The_product_has_no_other_edge_and_no_switch_to_one()
    {
        Assembly records = typeof(Ledger).Assembly;
        Assert.DoesNotContain(records.GetTypes(), type => type.IsSubclassOf(typeof(LedgerEdge)));
        // Only these two can derive from it at all, and neither is part of the product.
        Assert.Equal(["Hufu.Modules.Tests", "bench"], records.GetCustomAttributes<InternalsVisibleToAttribute>().Select(a => a.AssemblyName).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(typeof(LedgerOptions).GetProperties(), property => typeof(Delegate).IsAssignableFrom(property.PropertyType) && property.Name != nameof(LedgerOptions.OnFault));
    }

    [Fact]
    [Clause("6.6.1.4-c")]
    public void No_statement_of_the_product_takes_a_record_out_of_a_ledger_or_changes_one()
    {
        // Kept for good: longer than policy asks (records-kept-after-end). The only DROP is the migration that moved all records into their present table.
        var found = new List<string>();
        int texts = 0;
        foreach (string file in Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "src"), "*", SearchOption.AllDirectories).Where(f => f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith(".sql", StringComparison.Ordinal)))
        {
            string text = File.ReadAllText(file);
            texts += text.Contains("ledger_record", StringComparison.Ordinal) ? 1 : 0;
            found.AddRange(Taking().Matches(text).Select(m => $"{Path.GetFileName(file)}: {m.Value}"));
        }

        Assert.True(texts >= 5, $"{texts} files speak of ledger_record: the search finds nothing");
        Assert.Equal(["0003_ledger_index.sql: DROP TABLE ledger_record"], found);
        Assert.Matches(Taking(), "DELETE FROM ledger_head WHERE number = 1");
        Assert.Matches(Taking(), "UPDATE ledger_record SET line = @line");
    }

    [GeneratedRegex(@"\b(DELETE\s+FROM|UPDATE|TRUNCATE(\s+TABLE)?|DROP\s+TABLE(\s+IF\s+EXISTS)?|REPLACE\s+INTO)\s+""?ledger_(record|head|node|certificate)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Taking();

    [Fact]
    public async Task Works_that_are_rolled_back_in_the_middle_of_a_group_leave_the_log_as_if_they_had_never_been()
    {
        using var place = new RecordsPlace(Engine.Sqlite);
        await using (Database database = await place.OpenDatabaseAsync())
        {
            await using Ledger ledger = await place.OpenLedgerAsync(database);
            using var held = new ManualResetEventSlim();
            // The first work holds the writer until the others stand in its group; every third of them fails after it has appended.
            Task first = database.WriteAsync(_ => held.Wait(TimeSpan.FromMinutes(1)), Ct);
            var works = Enumerable.Range(0, 300).Select(i => database.WriteAsync(
                session =>
                {
                    ledger.Append(session, ledger.Prepare(RecordsPlace.Plain(i)));
                    ledger.Append(session, place.Signed(i));
                    return i % 3 == 1 ? throw new InvalidOperationException("not this one") : i;
                },
                Ct)).ToArray();
            held.Set();
            await first;
            for (int i = 0; i < works.Length; i++)
            {
                if (i % 3 == 1)
                {
                    await Assert.ThrowsAsync<InvalidOperationException>(() => works[i]);
                }
                else
                {
                    Assert.Equal(i, await works[i]);
                }
            }
        }

        LedgerReport report = LedgerVerifier.Verify(place.Audit, since: null);
        Assert.True(report.Verdict == LedgerVerdict.Whole, string.Join('\n', report.Findings));
        // Record 0, the certificate once, and two records of each work that was kept.
        Assert.Equal(2 + (2 * 200), report.Ledgers[0].Records);
        Assert.Equal(200, report.Ledgers[0].Acts);
    }

    [Fact]
    public async Task What_is_searched_is_the_same_whether_it_was_indexed_from_memory_or_read_back()
    {
        using var place = new RecordsPlace(Engine.Sqlite);
        LedgerFilter filter = new() { Object = "note/16000", Limit = 10 };
        long sequence;
        await using (Database database = await place.OpenDatabaseAsync())
        {
            // The first part of the segment is written by one ledger, the rest by another: the index is made of both.
            await using (Ledger ledger = await place.OpenLedgerAsync(database))
            {
                await AppendAsync(database, ledger, 0, 9_000);
            }

            await using (Ledger ledger = await place.OpenLedgerAsync(database))
            {
                await AppendAsync(database, ledger, 9_000, 20_000);
                await LedgerTests.UntilAsync(() => database.ReadAsync(s => LedgerIndex.Next(s), Ct).GetAwaiter().GetResult() >= 1);
                sequence = Assert.Single(await ledger.SearchAsync(filter, Ct)).Sequence;
                Assert.Single(await ledger.SearchAsync(filter with { Object = "note/3" }, Ct));
            }

            IReadOnlyList<byte[]> pages = await database.ReadAsync(s => s.Query<byte[]>("SELECT entries FROM ledger_index ORDER BY field, page, segment"), Ct);
            await database.WriteAsync(s => s.Execute("DELETE FROM ledger_index"), Ct);
            await using (Ledger ledger = await place.OpenLedgerAsync(database))
            {
                await ledger.AppendAsync(RecordsPlace.Plain(20_000), Ct);
                await LedgerTests.UntilAsync(() => database.ReadAsync(s => LedgerIndex.Next(s), Ct).GetAwaiter().GetResult() >= 1);
                Assert.Equal(sequence, Assert.Single(await ledger.SearchAsync(filter, Ct)).Sequence);
            }

            Assert.Equal(pages, await database.ReadAsync(s => s.Query<byte[]>("SELECT entries FROM ledger_index ORDER BY field, page, segment"), Ct));
        }
    }

    private static async Task AppendAsync(Database database, Ledger ledger, int from, int until)
    {
        for (int at = from; at < until; at += 500)
        {
            int first = at;
            await database.WriteAsync(
                session =>
                {
                    for (int i = first; i < Math.Min(first + 500, until); i++)
                    {
                        ledger.Append(session, RecordsPlace.Plain(i));
                    }
                },
                Ct);
        }
    }
}
