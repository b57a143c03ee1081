using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Hosting;

/// <summary>
/// Which figures of policy a room has worked with, since when. Taken when the room opens: what differs from the last time is kept, and stands in the ledger as <see cref="Act"/> in the same transaction. The very
/// first time all figures are kept, and the ledger says nothing: nothing has changed.
/// </summary>
internal static class PolicyHistory
{
    /// <summary>The ledger's word for it; nobody's act but the platform's own.</summary>
    public const string Act = "policy.values.change";

    private const int Most = 500;

    /// <summary>Keeps what has changed.</summary>
    public static Task<int> TakeAsync(RoomContext context, CancellationToken ct) => context.Database.WriteAsync(
        session =>
        {
            var before = session.Query<ValueRow>("SELECT name, clause, becomes FROM hosting_policy_values v WHERE number = (SELECT MAX(number) FROM hosting_policy_values w WHERE w.name = v.name)", null)
                .Where(row => row.Becomes is not null).ToDictionary(row => row.Name, StringComparer.Ordinal);
            var now = context.Policy.Values.All.ToDictionary(value => value.Key, StringComparer.Ordinal);
            var changes = now.Values.Where(value => before.GetValueOrDefault(value.Key)?.Becomes != value.Text).Select(value => (Name: value.Key, value.Clause, Was: before.GetValueOrDefault(value.Key)?.Becomes, Becomes: (string?)value.Text))
                .Concat(before.Values.Where(row => !now.ContainsKey(row.Name)).Select(row => (row.Name, row.Clause, Was: row.Becomes, Becomes: (string?)null))).ToList();
            var at = context.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            foreach (var (name, clause, was, becomes) in changes)
            {
                session.Execute(
                    "INSERT INTO hosting_policy_values (at, policy, name, clause, was, becomes) VALUES (@at, @policy, @name, @clause, @was, @becomes)", new { at, policy = context.Policy.Digest, name, clause, was, becomes });
            }

            if (changes.Count > 0 && before.Count > 0)
            {
                context.Ledger.Append(session, new LedgerRecord
                {
                    Actor = "system",
                    Act = Act,
                    Object = $"policy/{context.Policy.Digest}",
                    Outcome = LedgerOutcome.Done,
                    Detail = new JsonObject { ["values"] = new JsonArray([.. changes.Select(change => new JsonObject { ["name"] = change.Name, ["clause"] = change.Clause, ["was"] = change.Was, ["becomes"] = change.Becomes })]) },
                });
            }

            return changes.Count;
        },
        ct);

    public static void MapEndpoints(RoomContext context, IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet($"/api/{context.Name}/policy/history", async (CancellationToken ct) => Results.Json(
            await context.Database.ReadAsync(
                session => session.Query<ValueRow>("SELECT at, policy, name, clause, was, becomes FROM hosting_policy_values ORDER BY number DESC LIMIT @Most", new { Most })
                    .Select(row => new PolicyValueChange(DateTimeOffset.FromUnixTimeMilliseconds(row.At), row.Name, row.Clause, row.Was, row.Becomes, row.Policy)).ToList(), ct).ConfigureAwait(false),
            ContractJson.Options))
            .WithName($"{context.Name}-policy-history").WithTags(context.Name).WithSummary("Which figures of policy the room has worked with, since when").Produces<IReadOnlyList<PolicyValueChange>>().ProducesRefusals();

    private sealed class ValueRow
    {
        public long At { get; set; }

        public string Policy { get; set; } = "";

        public string Name { get; set; } = "";

        public string Clause { get; set; } = "";

        public string? Was { get; set; }

        public string? Becomes { get; set; }
    }
}
