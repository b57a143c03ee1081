using Hufu.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Hosting;

/// <summary>
/// Gives the ledger's signed head to whoever wants to keep one: <c>GET /api/{room}/ledger/head</c>. Public, because the log's honesty rests on heads being in many hands; a head tells
/// a size and a hash and nothing of what is recorded.
/// </summary>
/// <param name="context">The room.</param>
internal sealed class LedgerDesk(RoomContext context)
{
    [Clause("6.6.1.4-d")]
    public void MapEndpoints(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet($"/api/{context.Name}/ledger/head", async (CancellationToken ct) =>
        {
            // One signature for each record at most, however often it is asked for.
            var head = context.Ledger.Head is { } kept && kept.Size == context.Ledger.Size ? kept : await context.Ledger.SignHeadAsync(ct).ConfigureAwait(false);
            return Results.Text(head.ToJson() + "\n", "application/json");
        }).WithName($"{context.Name}-ledger-head").WithTags(context.Name).WithSummary("The ledger's head as it stands in heads.jsonl: keep it, and hold it against the ledger later").ProducesRefusals();
}
