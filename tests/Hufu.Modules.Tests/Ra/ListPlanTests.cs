using Hufu.Contracts;
using Hufu.Ra.Cases;
using Hufu.Ra.Delivery;
using Hufu.Ra.Fees;
using Hufu.Ra.Lists;
using Hufu.Ra.Privacy;
using Hufu.Ra.Retention;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>R26 on SQLite: the very statements of the lists that staff read are planned over an index in their order, with nothing sorted; <see cref="PagesByIndexTests"/> has them on PostgreSQL.</summary>
public sealed class ListPlanTests
{
    [Fact]
    public async Task R26_every_list_is_read_by_its_index_and_sorts_no_more_than_its_page()
    {
        await using var office = await RaOffice.OpenAsync(staffed: false);
        foreach (var newest in new[] { false, true })
        {
            foreach (var after in new[] { null, new ListPlace(5, "x") })
            {
                foreach (var place in new[] { null, "centre" })
                {
                    var of = place is null ? "" : "_office";
                    await ExpectAsync(FeeStore.Sql(new FeeStore.Ask(FeeState.Paid, null, after, newest, 9), place), place is null ? "ra_fees_state" : "ra_fees_office");
                    await ExpectAsync(DisclosureStore.Sql(new DisclosureStore.Ask(DisclosureState.Entered, null, after, newest, 9), place), place is null ? "ra_disclosures_state" : "ra_disclosures_office");
                    await ExpectAsync(DeliveryStore.Sql(new DeliveryStore.Ask(null, after, newest, 9), place), "ra_applications_issued" + of);
                    await ExpectAsync(DeliveryStore.Sql(new DeliveryStore.Ask(null, after, newest, 9, ReceiptMissing: true), place), "ra_deliveries_receipt" + of);
                    var cases = new CaseStore.Ask(CertificateCaseState.Entered, null, null, CertificateCaseOrder.Due, newest, null, after, 9);
                    await ExpectAsync(CaseStore.Sql(cases, place), $"ra_cases{of}_due");
                    await ExpectAsync(CaseStore.Sql(cases with { DueBefore = 7 }, place), $"ra_cases{of}_due");
                    await ExpectAsync(CaseStore.Sql(cases with { Order = CertificateCaseOrder.Asked }, place), $"ra_cases{of}_asked");
                }

                await ExpectAsync(ReadDestructions.Sql(after, newest), "ra_destructions_state");
            }
        }

        // The check can fail.
        var bad = await PlanAsync("SELECT id FROM ra_cases WHERE state = @State ORDER BY reason LIMIT @Limit");
        Assert.Contains(bad, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));

        async Task ExpectAsync(string sql, string index)
        {
            var plan = await PlanAsync(sql);
            Assert.True(plan.Any(step => step.Contains($"INDEX {index} (", StringComparison.Ordinal)), $"{sql}\n{string.Join('\n', plan)}");
            Assert.DoesNotContain(plan, step => step.StartsWith("SCAN ra_", StringComparison.Ordinal));
            // A page that was read in order may be put in order again around its join: a hundred rows.
            Assert.True(plan.Count(step => step.Contains("TEMP B-TREE", StringComparison.Ordinal)) <= (sql.Contains(" JOIN ", StringComparison.Ordinal) ? 1 : 0), $"{sql}\n{string.Join('\n', plan)}");
        }

        async Task<IReadOnlyList<string>> PlanAsync(string sql) => await office.ReadAsync(session => session.Query<PlanRow>(
            "EXPLAIN QUERY PLAN " + sql, new { State = "x", Kind = "x", Office = "x", DueBefore = 1L, AfterTime = 1L, AfterId = "x", Limit = 9 }).Select(row => row.Detail).ToList());
    }

    private sealed class PlanRow
    {
        public string Detail { get; set; } = "";
    }
}
