using System.Net.Http.Json;
using Hufu.Contracts;
using Hufu.Records;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>Who has looked at my data: the holder's own view of the room's log.</summary>
public sealed class LooksTests
{
    [Fact]
    [Clause("6.4.2-a")]
    [Clause("6.4.2-d")]
    public async Task A_holder_sees_who_looked_by_role_and_purpose_without_a_name()
    {
        await using var office = await RaOffice.OpenAsync();
        using var auditor = await office.InRoleAsync(Roles.Auditor, "钱审计");
        using Applicant applicant = new(), other = new();
        var filed = await office.SubmitAsync(applicant);
        var stranger = await office.SubmitAsync(other);
        Assert.Equal("access-token-wrong", await RaOffice.CodeOf(await office.SendAsync(HttpMethod.Get, $"/api/ra/applications/{filed.Id}/looks", stranger.Token)));
        Assert.Empty((await LooksAsync(office, filed)).Looks);

        await office.Site.PostAsync<ActRequest, ApplicationFile>(
            $"/api/ra/applications/{filed.Id}/reading",
            office.Clerk.Act(Rooms.Ra, ActNames.RaApplicationRead, $"application/{filed.Id}", new ReadingPurpose("录入前核对"), office.Clock.GetUtcNow(), $"submitted/{filed.Digest}"));
        Assert.Null(await RaOffice.CodeOf(await office.EnterAsync(filed)));
        await office.Site.PostAsync<ActRequest, SearchPage>(
            "/api/ra/search", auditor.Act(Rooms.Ra, ActNames.RaApplicationSearch, "search/applications", new SearchQuery(10, "年度抽查", Id: filed.Id), office.Clock.GetUtcNow()));
        // Refused: nothing was seen, so it is no look.
        Assert.NotNull(await office.Site.RefusedAsync(
            $"/api/ra/applications/{filed.Id}/reading",
            auditor.Act(Rooms.Ra, ActNames.RaApplicationRead, $"application/{filed.Id}", new ReadingPurpose("好奇"), office.Clock.GetUtcNow(), $"entered/{filed.Digest}")));
        Assert.Null(await RaOffice.CodeOf(await office.SendAsync(HttpMethod.Get, $"/api/ra/applications/{filed.Id}/data", filed.Token)));

        var looks = await LooksAsync(office, filed);
        Assert.Equal(
            [("holder", "ra.data.read", null), (Roles.Auditor, "ra.application.found", "年度抽查"), (Roles.EntryClerk, ActNames.RaApplicationEnter, null), (Roles.EntryClerk, ActNames.RaApplicationRead, "录入前核对")],
            looks.Looks.Select(look => (look.Role, look.Act, look.Purpose)));
        Assert.Equal(("录入员", "Entry clerk", "查看申请资料和证明材料"), (looks.Looks[3].RoleZh, looks.Looks[3].RoleEn, looks.Looks[3].WhatZh));
        Assert.Null(looks.Next);
        using var answer = await office.SendAsync(HttpMethod.Get, $"/api/ra/applications/{filed.Id}/looks", filed.Token);
        var text = await answer.Content.ReadAsStringAsync(RaOffice.Ct);
        Assert.DoesNotContain("李录入", text, StringComparison.Ordinal);
        Assert.DoesNotContain("钱审计", text, StringComparison.Ordinal);
        Assert.Empty((await LooksAsync(office, stranger)).Looks);
    }

    [Fact]
    [Clause("6.4.2-d")]
    public async Task Looks_come_a_hundred_at_a_time_and_none_twice()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var filed = await office.SubmitAsync(applicant);
        await office.Context.Database.WriteAsync(
            session =>
            {
                for (var i = 0; i < 250; i++)
                {
                    office.Context.Ledger.Append(session, new LedgerRecord { Actor = "holder", Act = i % 2 == 0 ? "ra.data.read" : "ra.unknown", Object = $"application/{filed.Id}", Outcome = LedgerOutcome.Done });
                }
            },
            RaOffice.Ct);
        var first = await LooksAsync(office, filed);
        var second = await LooksAsync(office, filed, first.Next);
        Assert.Equal((100, 25), (first.Looks.Count, second.Looks.Count));
        Assert.Null(second.Next);
        Assert.Equal(125, first.Looks.Concat(second.Looks).Select(look => look.Number).Distinct().Count());
        Assert.All(first.Looks, look => Assert.True(look.Number > second.Looks[0].Number));
    }

    [Fact]
    [Clause("6.4.2-d")]
    public async Task A_disclosure_is_told_at_once_with_consent_and_later_without()
    {
        await using var office = await RaOffice.OpenAsync();
        using var administrator = await office.InRoleAsync(Roles.BusinessAdministrator, "吴业务");
        using var applicant = new Applicant();
        var filed = await office.SubmitAsync(applicant);
        foreach (var ground in new[] { DisclosureGround.Judicial, DisclosureGround.OwnersConsent })
        {
            var entered = await office.Site.PostAsync<ActRequest, DisclosureEntered>(
                "/api/ra/disclosures",
                office.Vetter.Act(Rooms.Ra, ActNames.RaDisclosureEnter, "disclosure/new", new NewDisclosure(filed.Id, ground, "某机关 某警官", "文书 1", ["agentName"]), office.Clock.GetUtcNow()));
            await office.Site.PostAsync<ActRequest, DisclosedData>(
                $"/api/ra/disclosures/{entered.Id}/release",
                administrator.Act(Rooms.Ra, ActNames.RaDisclosureRelease, $"disclosure/{entered.Id}", new DisclosureRelease("核对"), office.Clock.GetUtcNow(), "entered"));
        }

        Assert.Single((await LooksAsync(office, filed)).Looks, look => look.Act == "ra.data.disclosed");
        office.Clock.Advance(TimeSpan.FromDays(367));
        Assert.Equal(2, (await LooksAsync(office, filed)).Looks.Count(look => look.Act == "ra.data.disclosed"));
    }

    private static async Task<DataLooks> LooksAsync(RaOffice office, Filed filed, long? below = null)
    {
        using var answer = await office.SendAsync(HttpMethod.Get, $"/api/ra/applications/{filed.Id}/looks{(below is null ? "" : $"?below={below}")}", filed.Token);
        Assert.True(answer.IsSuccessStatusCode);
        return (await answer.Content.ReadFromJsonAsync<DataLooks>(ContractJson.Options, RaOffice.Ct))!;
    }
}
