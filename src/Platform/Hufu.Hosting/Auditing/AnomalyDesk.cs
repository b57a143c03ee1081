using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Hosting;

/// <summary>Lists what is out of the ordinary: <c>POST /api/{room}/audit/anomalies</c>, a signed act.</summary>
/// <param name="context">The room whose auditors look.</param>
/// <param name="ledgers">What they look after.</param>
internal sealed class AnomalyDesk(RoomContext context, AuditedLedgers ledgers)
{
    /// <summary>Records that are looked at in one go.</summary>
    public const int MostRecords = 300_000;

    private const int MostFound = 500;
    private static readonly TimeSpan LongestSpan = TimeSpan.FromDays(400);

    public void MapEndpoints(IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost($"/api/{context.Name}/audit/anomalies", async (ActRequest request, CancellationToken ct) => Results.Json(await FindAsync(request, ct), ContractJson.Options))
            .WithName($"{context.Name}-audit-anomalies").WithTags(context.Name).WithSummary("What is out of the ordinary in a span of time (AnomalyQuery)").Produces<AnomalyReport>().ProducesRefusals();

    private async Task<AnomalyReport> FindAsync(ActRequest request, CancellationToken ct)
    {
        var query = await context.Acts.RunAsync<AnomalyQuery, AnomalyQuery>(
            request, ActNames.AuditAnomaliesRead, asked => new ExpectedAct(ActNames.AuditAnomaliesRead, ledgers.ObjectOf(asked.Ledger)), (session, act, asked) =>
            {
                _ = ledgers.Of(asked.Ledger);
                if (asked.Until <= asked.From || asked.Until - asked.From > LongestSpan)
                {
                    throw new RefusedException(RefusalCode.FieldInvalid, $"After 'from', and at most {LongestSpan.TotalDays:0} days after it.", "until");
                }

                act.Detail["from"] = asked.From.ToUniversalTime().ToString("O");
                act.Detail["until"] = asked.Until.ToUniversalTime().ToString("O");
                return asked;
            },
            ct).ConfigureAwait(false);
        var (records, whole) = await SpanAsync(ledgers.Of(query.Ledger).Ledger, query.From, query.Until, ct).ConfigureAwait(false);
        var found = new AnomalyFinder(context.Policy).Find(records, query.From, query.Until);
        return new AnomalyReport(
            query.Ledger, records.Count, whole,
            [.. context.Policy.Anomalies.Select(rule => new AnomalyRule(
                rule.Id, rule.Clause, rule.Zh, rule.En, rule.AtLeast, rule.Within is { } within ? new CalendarPeriod(0, within).ToString() : null, found.Count(anomaly => anomaly.Rule == rule.Id)))],
            [.. found.Take(MostFound)]);
    }

    /// <summary>The records of a span in their order; the newest when there are more than <see cref="MostRecords"/>.</summary>
    internal static async Task<(IReadOnlyList<LookedAt> Records, bool Whole)> SpanAsync(Ledger ledger, DateTimeOffset from, DateTimeOffset until, CancellationToken ct)
    {
        var records = new List<LookedAt>();
        long? below = null;
        while (records.Count < MostRecords)
        {
            var page = await ledger.SearchAsync(new LedgerFilter { From = from, Until = until, Below = below, Limit = LedgerFilter.MaxLimit }, ct).ConfigureAwait(false);
            records.AddRange(page.Select(AnomalyFinder.Look));
            if (page.Count < LedgerFilter.MaxLimit)
            {
                records.Reverse();
                return (records, true);
            }

            below = page[^1].Sequence;
        }

        records.Reverse();
        return (records, false);
    }
}
