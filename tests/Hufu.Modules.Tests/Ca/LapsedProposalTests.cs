using System.Net.Http.Json;
using Hufu.Contracts;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>What one person has proposed and nobody approves in time lapses; the lists say so, and it is proposed anew.</summary>
public sealed class LapsedProposalTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Clause("6.6.1.2-b")]
    public async Task ADeedThatNobodyApprovesInTimeIsProposedAnew()
    {
        await using var ca = await BornCa.OpenAsync();
        TimeSpan within = ca.Room.Context.Policy.Values.SecondWithin;
        AuthorityProposal blocking = new(AuthorityDeed.BlockKeys, "operational", "泄露的密钥", Keys: [new string('a', 64)]);
        var first = await ProposeAsync(ca, blocking);
        Assert.Equal(ca.Room.Clock.GetUtcNow() + within, first.Until);
        ca.Room.Clock.Advance(within - TimeSpan.FromMinutes(1));
        Assert.StartsWith("proposed/", (await FindAsync(ca, first.Id)).State, StringComparison.Ordinal);
        var second = await ProposeAsync(ca, blocking with { Keys = [new string('b', 64)] });
        ca.Room.Clock.Advance(TimeSpan.FromMinutes(2));

        var lapsed = await FindAsync(ca, first.Id);
        Assert.StartsWith("expired/", lapsed.State, StringComparison.Ordinal);
        Assert.Contains("anew", Assert.Single(lapsed.Effects), StringComparison.Ordinal);
        var list = (await ca.Site.Client.GetFromJsonAsync<IReadOnlyList<ProposalStanding>>("/api/ca/deeds", ContractJson.Options, Ct))!;
        Assert.Equal([(second.Id, "proposed"), (first.Id, "expired")], list.Select(one => (one.Id, one.State.Split('/')[0])));

        // By whatever state it is signed; and the record says why.
        Assert.Equal("state-wrong", await ApprovalRefusedAsync(ca, first, first.State));
        Assert.Equal("state-wrong", await ApprovalRefusedAsync(ca, first, lapsed.State));
        Assert.Equal(2, (await ca.Room.LedgerAsync()).Count(line => line.Contains("\"ca.proposal.approve\"", StringComparison.Ordinal) && line.Contains("Nobody approved it until", StringComparison.Ordinal)));
        Assert.Null(await ApprovalRefusedAsync(ca, second, second.State));
        ca.Room.Clock.Advance(within * 2);
        Assert.StartsWith("done/", (await FindAsync(ca, second.Id)).State, StringComparison.Ordinal);
        var anew = await ProposeAsync(ca, blocking);
        Assert.Null(await ApprovalRefusedAsync(ca, anew, anew.State));
    }

    [Fact]
    [Clause("6.6.1.2-b")]
    public async Task AChangeOfAProfileThatNobodyDecidesInTimeIsProposedAnew()
    {
        await using var ca = await BornCa.OpenAsync();
        TimeSpan within = ca.Room.Context.Policy.Values.SecondWithin;
        var before = (await ca.Site.Client.GetFromJsonAsync<ProfileInForce>("/api/ca/profiles/organisation", ContractJson.Options, Ct))!;
        var first = await ChangeAsync(ca, before, "life: P9M");
        Assert.Equal(ca.Room.Clock.GetUtcNow() + within, first.Until);
        ca.Room.Clock.Advance(within + TimeSpan.FromMinutes(1));
        var second = await ChangeAsync(ca, before, "life: P6M");
        var list = (await ca.Site.Client.GetFromJsonAsync<IReadOnlyList<ProfileChange>>("/api/ca/profile-changes", ContractJson.Options, Ct))!;
        Assert.Equal([(second.Id, "proposed"), (first.Id, "expired")], list.Select(one => (one.Id, one.State)));
        Assert.Equal(1, (await ca.Site.Client.GetFromJsonAsync<ProfileInForce>("/api/ca/profiles/organisation", ContractJson.Options, Ct))!.Waiting);
        foreach (var (verb, act) in new[] { ("approval", ActNames.CaProfileApprove), ("refusal", ActNames.CaProfileRefuse) })
        {
            Assert.Equal("state-wrong", await DecisionRefusedAsync(ca, first, verb, act));
        }

        Assert.Equal(2, (await ca.Room.LedgerAsync()).Count(line => line.Contains("Nobody decided it until", StringComparison.Ordinal)));
        Assert.Equal("P1Y", ca.Room.Context.Policy.Profile("organisation").Life.ToString());
        Assert.Null(await DecisionRefusedAsync(ca, second, "approval", ActNames.CaProfileApprove));
        Assert.Equal("P6M", ca.Room.Context.Policy.Profile("organisation").Life.ToString());

        // What was decided stays what it is.
        ca.Room.Clock.Advance(within * 2);
        Assert.Equal("approved", (await ca.Site.Client.GetFromJsonAsync<ProfileChange>($"/api/ca/profile-changes/{second.Id}", ContractJson.Options, Ct))!.State);
    }

    private static Task<ProposalStanding> ProposeAsync(BornCa ca, AuthorityProposal proposal) =>
        ca.Site.PostAsync<ActRequest, ProposalStanding>("/api/ca/deeds", ca.Act(ca.Super, ActNames.CaProposalMake, $"ca/{proposal.Name}", proposal));

    private static async Task<ProposalStanding> FindAsync(BornCa ca, string id) => (await ca.Site.Client.GetFromJsonAsync<ProposalStanding>($"/api/ca/deeds/{id}", ContractJson.Options, Ct))!;

    private static Task<string?> ApprovalRefusedAsync(BornCa ca, ProposalStanding made, string state) => ca.Site.RefusedAsync(
        $"/api/ca/deeds/{made.Id}/approval", ca.AuditAdministrator.Act(Rooms.Ca, ActNames.CaProposalApprove, $"proposal/{made.Id}", new ProposalApproval("同意"), ca.Room.Clock.GetUtcNow(), state));

    private static Task<ProfileChange> ChangeAsync(BornCa ca, ProfileInForce before, string life) => ca.Site.PostAsync<ActRequest, ProfileChange>(
        "/api/ca/profiles/organisation/changes",
        ca.Act(ca.Administrator, ActNames.CaProfilePropose, "profile/organisation", new ProfileProposal(before.Digest, before.Text!.Replace("life: P1Y", life, StringComparison.Ordinal), "试")));

    private static Task<string?> DecisionRefusedAsync(BornCa ca, ProfileChange change, string verb, string act) => ca.Site.RefusedAsync(
        $"/api/ca/profile-changes/{change.Id}/{verb}", ca.AuditAdministrator.Act(Rooms.Ca, act, $"profile-change/{change.Id}", new ProfileDecision("同意"), ca.Room.Clock.GetUtcNow(), change.StateToSign));
}
