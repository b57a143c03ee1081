using Hufu.Records;
using Xunit;

namespace Hufu.Modules.Tests.Records;

public sealed class LedgerSearchTests
{
    /// <summary>R26: searching goes through the index once segments are whole, and finds the same as reading all.</summary>
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task R26_Search_by_any_fields_finds_what_reading_all_finds_before_and_behind_the_index(Engine engine)
    {
        using var place = new RecordsPlace(engine);
        await using Database database = await place.OpenDatabaseAsync();
        await using Ledger ledger = await place.OpenLedgerAsync(database, o => o with { ExportEvery = TimeSpan.FromDays(1) });
        const int Count = (2 * LedgerIndex.SegmentSize) + 500;
        for (int from = 0; from < Count; from += 2_000)
        {
            await database.WriteAsync(
                s =>
                {
                    for (int i = from; i < Math.Min(Count, from + 2_000); i++)
                    {
                        place.Clock.Advance(TimeSpan.FromMilliseconds(1));
                        ledger.Append(s, new LedgerRecord
                        {
                            Actor = i % 3 == 0 ? "李四" : "张三", Act = $"act.{i % 5}", Object = $"thing/{i % 4_000}", Outcome = i % 50 == 7 ? LedgerOutcome.Refused : LedgerOutcome.Done,
                        });
                    }
                },
                RecordsPlace.Ct);
        }

        LedgerFilter[] filters =
        [
            new() { Object = "thing/17" }, new() { Object = "thing/18", Actor = "李四" }, new() { Act = "act.2", Outcome = LedgerOutcome.Refused }, new() { Outcome = LedgerOutcome.Refused },
            new() { Actor = "张三", Act = "act.4", Below = 9_000, Limit = 7 }, new() { Object = "thing/5000" }, new() { Act = "act.2", Actor = "李四", Outcome = LedgerOutcome.Done, Limit = 1_000 },
            new() { Object = "thing/17", From = place.Clock.GetUtcNow().AddMilliseconds(-20_000), Until = place.Clock.GetUtcNow().AddMilliseconds(-3_000) }, new() { Limit = 3 },
        ];
        var before = new List<IReadOnlyList<long>>();
        foreach (LedgerFilter filter in filters)
        {
            before.Add([.. (await ledger.SearchAsync(filter, RecordsPlace.Ct)).Select(e => e.Sequence)]);
        }

        Assert.Equal([32_018, 28_018, 24_018, 20_018, 16_018, 12_018, 8_018, 4_018, 18], before[0]);
        await ledger.IndexAsync(RecordsPlace.Ct);
        Assert.Equal(2, await database.ReadAsync(LedgerIndex.Next, RecordsPlace.Ct));
        for (int i = 0; i < filters.Length; i++)
        {
            Assert.Equal(before[i], (await ledger.SearchAsync(filters[i], RecordsPlace.Ct)).Select(e => e.Sequence));
        }
    }
}
