using System.Diagnostics;
using System.Net.Http.Json;
using Hufu.Ca.Profiles;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>Profiles are changed by two people, over a difference that is shown (R05), and the RAs take the change by themselves (GM/T 0037).</summary>
public sealed class ProfileChangeTests
{
    private const string Life = "life: P1Y";
    private const string Shorter = "life: P9M";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Clause("6.6.2.6-e")]
    public async Task R05_a_change_takes_two_people_over_the_shown_difference_is_in_force_at_once_and_reaches_the_RA()
    {
        await using var ca = await BornCa.OpenAsync();
        await using var room = await TestRoom.OpenAsync(Rooms.Ra, typeof(RaModule).Assembly, beside: ca.Room);
        await using var ra = new RaModule(room.Context, new RaOptions());
        await ca.RegisterAsync(room);
        room.Context.Post.Start();

        var before = await GetAsync<ProfileInForce>(ca, "profiles/organisation");
        Assert.Equal((1, 0, null), (before.Version, before.Waiting, before.Since));
        var proposed = await ProposeAsync(ca, ca.Administrator, before, before.Text!.Replace(Life, Shorter, StringComparison.Ordinal));
        Assert.Equal(["-" + Life, "+" + Shorter], proposed.Difference.Where(line => line[0] != ' '));
        Assert.Equal($"proposed/{ProfileChange.DigestOf("organisation", before.Digest, proposed.Difference)}", proposed.StateToSign);
        Assert.Equal("P1Y", ca.Room.Context.Policy.Profile("organisation").Life.ToString());
        Assert.Equal(1, (await GetAsync<List<ProfileInForce>>(ca, "profiles")).Single(one => one.Id == "organisation").Waiting);

        // Not by one alone, not by who has not the role, not over another difference.
        Assert.Equal("role-missing", await DecideRefusedAsync(ca, ca.Operator, proposed));
        Assert.Equal("role-missing", await DecideRefusedAsync(ca, ca.Administrator, proposed));
        Assert.Equal("state-wrong", await DecideRefusedAsync(ca, ca.AuditAdministrator, proposed, state: $"proposed/{new string('0', 64)}"));
        var own = await ProposeAsync(ca, ca.Super, before, before.Text!.Replace(Life, "life: P6M", StringComparison.Ordinal));
        Assert.Equal("same-person", await DecideRefusedAsync(ca, ca.Super, own));

        var approved = await DecideAsync(ca, ca.AuditAdministrator, proposed, "approval", ActNames.CaProfileApprove);
        Assert.Equal(("approved", 2), (approved.State, approved.Version));
        Assert.Equal("P9M", ca.Room.Context.Policy.Profile("organisation").Life.ToString());
        Assert.Equal("state-wrong", await DecideRefusedAsync(ca, ca.Super, proposed, state: approved.StateToSign));
        await UntilAsync(() => room.Context.Policy.Profile("organisation").Life.ToString() == "P9M", "the RA has the new text", ca);
        Assert.Contains(await room.LedgerAsync(), line => line.Contains("\"ra.profile.taken\"", StringComparison.Ordinal));
        Assert.Contains(await ca.Room.LedgerAsync(), line => line.Contains("\"ca.profile.changed\"", StringComparison.Ordinal));

        // What was proposed over the old text cannot come into force any more; it can be refused.
        Assert.Equal("stale", (await GetAsync<ProfileChange>(ca, $"profile-changes/{own.Id}")).State);
        Assert.Equal("state-wrong", await DecideRefusedAsync(ca, ca.AuditAdministrator, own));
        Assert.Equal("refused", (await DecideAsync(ca, ca.Super, own, "refusal", ActNames.CaProfileRefuse)).State);

        // Versions and what lies between them are shown.
        Assert.Equal([2L, 1L], (await GetAsync<List<ProfileVersionShown>>(ca, "profiles/organisation/versions")).Select(version => version.Version));
        Assert.Equal(proposed.Difference, (await GetAsync<ProfileDifference>(ca, "profiles/organisation/difference?from=1&to=2")).Lines);
        Assert.Equal(["refused", "approved"], (await GetAsync<List<ProfileChange>>(ca, "profile-changes")).Select(change => change.State).OrderDescending(StringComparer.Ordinal));

        // After a restart it is in force before the first request; the digest of the policy says that it is another.
        var fresh = SourceTree.Policy.ForRoom();
        await ProfileVersions.LoadAsync(ca.Room.Context.Database, fresh, Ct);
        Assert.Equal("P9M", fresh.Profile("organisation").Life.ToString());
        Assert.Equal(ca.Room.Context.Policy.Digest, fresh.Digest);
        Assert.NotEqual(SourceTree.Policy.Digest, fresh.Digest);
        Assert.Equal("P1Y", SourceTree.Policy.Profile("organisation").Life.ToString());
    }

    [Fact]
    public async Task An_RA_that_comes_later_or_has_lost_it_is_told_what_was_changed()
    {
        await using var ca = await BornCa.OpenAsync();
        var before = await GetAsync<ProfileInForce>(ca, "profiles/person");
        var proposed = await ProposeAsync(ca, ca.Administrator, before, before.Text! + "# 说明\n");
        await DecideAsync(ca, ca.Super, proposed, "approval", ActNames.CaProfileApprove);
        await using var room = await TestRoom.OpenAsync(Rooms.Ra, typeof(RaModule).Assembly, beside: ca.Room);
        await using var ra = new RaModule(room.Context, new RaOptions());
        await ca.RegisterAsync(room);
        room.Context.Post.Start();
        await UntilAsync(() => room.Context.Policy.ProfileText("person").EndsWith("# 说明\n", StringComparison.Ordinal), "the RA has the new text", ca);
        Assert.Equal(ca.Room.Context.Policy.Digest, room.Context.Policy.Digest);

        await room.Context.Database.WriteAsync(session => session.Execute("DELETE FROM governance_profiles"), Ct);
        await ca.Site.PostAsync<ActRequest, FactsRepeated>("/api/ca/facts", ca.Act(ca.Operator, ActNames.CaFactsAgain, "room/ra", new FactsAgain(Rooms.Ra, ca.Room.Clock.GetUtcNow())));
        await UntilAsync(async () => await room.Context.Database.ReadAsync(session => session.Scalar<long>("SELECT count(*) FROM governance_profiles"), Ct) == 1, "the version is there again", ca);
    }

    [Fact]
    public async Task R12_a_text_that_is_no_profile_or_another_one_is_refused_with_the_place()
    {
        await using var ca = await BornCa.OpenAsync();
        var before = await GetAsync<ProfileInForce>(ca, "profiles/organisation");
        var text = before.Text!;
        foreach (var wrong in new[]
        {
            text, text + "unknownKey: 1\n", text.Replace("kind: holder", "kind: authority", StringComparison.Ordinal), text.Replace("pairs: dual", "pairs: single", StringComparison.Ordinal),
            text.Replace("identifiedBy: [creditCode]", "identifiedBy: [agentIdentityNumber]", StringComparison.Ordinal), text.Replace("id: organisation", "id: person", StringComparison.Ordinal),
            text.Replace(Life, "life: P30Y", StringComparison.Ordinal), text.Replace("signingUsage: [digital-signature", "signingUsage: [key-cert-sign, digital-signature", StringComparison.Ordinal),
            "", ": : :", new string('-', 70_000), string.Concat(Enumerable.Repeat("- ", 20_000)), new string('[', 20_000), string.Concat(Enumerable.Range(0, 300).Select(i => new string(' ', i) + "a:\n")),
        })
        {
            Assert.Equal("field-invalid", await ca.Site.RefusedAsync(
                "/api/ca/profiles/organisation/changes", ca.Act(ca.Administrator, ActNames.CaProfilePropose, "profile/organisation", new ProfileProposal(before.Digest, wrong, "测试"))));
        }

        Assert.Equal("state-wrong", await ca.Site.RefusedAsync(
            "/api/ca/profiles/organisation/changes", ca.Act(ca.Administrator, ActNames.CaProfilePropose, "profile/organisation", new ProfileProposal(new string('0', 64), text, "测试"))));
        Assert.Equal("profile-unknown", await ca.Site.RefusedAsync(
            "/api/ca/profiles/nothing/changes", ca.Act(ca.Administrator, ActNames.CaProfilePropose, "profile/nothing", new ProfileProposal(before.Digest, text, "测试"))));
        Assert.Empty(await GetAsync<List<ProfileChange>>(ca, "profile-changes"));
    }

    [Fact]
    public async Task R12_what_is_issued_after_the_approval_follows_the_new_text()
    {
        await using var ca = await BornCa.OpenAsync();
        var before = await GetAsync<ProfileInForce>(ca, "profiles/administrator");
        var life = before.Text!.Split('\n').Single(line => line.StartsWith("life:", StringComparison.Ordinal));
        var proposed = await ProposeAsync(ca, ca.Administrator, before, before.Text!.Replace(life, "life: P1M", StringComparison.Ordinal));
        using TestPerson old = new("旧规定"), young = new("新规定");
        await ca.AppointAsync(ca.Administrator, Roles.Operator, old);
        await DecideAsync(ca, ca.AuditAdministrator, proposed, "approval", ActNames.CaProfileApprove);
        await ca.AppointAsync(ca.Administrator, Roles.Operator, young);
        Assert.True(old.Certificate!.NotAfter > young.Certificate!.NotAfter);
        Assert.True(young.Certificate.NotAfter - young.Certificate.NotBefore < TimeSpan.FromDays(31));
    }

    [Fact]
    public void ProfileStaysTheSameKind()
    {
        var profile = SourceTree.Policy.Profile("organisation");
        Hufu.Ca.Rules.ProfileStaysTheSameKind.Demand(profile, profile with { TitleZh = "另一个名称", Life = SourceTree.Policy.Profile("administrator").Life });
        foreach (var other in new[] { profile with { Kind = ProfileKind.Staff }, profile with { Pairs = KeyPairs.Single }, profile with { Issuers = [ProfileIssuer.Root] }, profile with { IdentifiedBy = ["agentPhone"] } })
        {
            Assert.Equal(RefusalCode.FieldInvalid, Assert.Throws<RefusedException>(() => Hufu.Ca.Rules.ProfileStaysTheSameKind.Demand(profile, other)).Refusal.Code);
        }
    }

    [Theory]
    [InlineData("a\nb\nc\n", "a\nc\n", new[] { " a", "-b", " c" })]
    [InlineData("a\n", "b\n", new[] { "-a", "+b" })]
    [InlineData("", "b\n", new[] { "-", "+b" })]
    [InlineData("x\ny\n", "x\r\ny", new[] { " x", " y" })]
    [InlineData("a\nb\n", "b\na\n", new[] { "-a", " b", "+a" })]
    public void The_difference_names_every_line(string left, string right, string[] expected) => Assert.Equal(expected, TextDifference.Of(left, right));

    private static async Task<T> GetAsync<T>(BornCa ca, string address) => (await ca.Site.Client.GetFromJsonAsync<T>("/api/ca/" + address, ContractJson.Options, Ct))!;

    private static Task<ProfileChange> ProposeAsync(BornCa ca, TestPerson person, ProfileInForce before, string text) => ca.Site.PostAsync<ActRequest, ProfileChange>(
        $"/api/ca/profiles/{before.Id}/changes", ca.Act(person, ActNames.CaProfilePropose, $"profile/{before.Id}", new ProfileProposal(before.Digest, text, "有效期缩短")));

    private static Task<ProfileChange> DecideAsync(BornCa ca, TestPerson person, ProfileChange change, string verb, string act) =>
        ca.Site.PostAsync<ActRequest, ProfileChange>($"/api/ca/profile-changes/{change.Id}/{verb}", Deciding(ca, person, change, act, change.StateToSign));

    private static Task<string?> DecideRefusedAsync(BornCa ca, TestPerson person, ProfileChange change, string? state = null) =>
        ca.Site.RefusedAsync($"/api/ca/profile-changes/{change.Id}/approval", Deciding(ca, person, change, ActNames.CaProfileApprove, state ?? change.StateToSign));

    private static ActRequest Deciding(BornCa ca, TestPerson person, ProfileChange change, string act, string state) =>
        person.Act(Rooms.Ca, act, $"profile-change/{change.Id}", new ProfileDecision("同意"), ca.Room.Clock.GetUtcNow(), state);

    private static Task UntilAsync(Func<bool> holds, string what, BornCa ca) => UntilAsync(() => Task.FromResult(holds()), what, ca);

    private static async Task UntilAsync(Func<Task<bool>> holds, string what, BornCa ca)
    {
        var watch = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), $"Never happened: {what}.");
            ca.Room.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(20, Ct);
        }
    }
}
