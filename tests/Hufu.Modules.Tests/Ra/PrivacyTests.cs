using System.Net.Http.Headers;
using System.Net.Http.Json;
using Hufu.Contracts;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>Private data and who sees it; search; prices, payments and refunds.</summary>
public sealed class PrivacyTests
{
    [Fact]
    [Clause("6.4.2-d")]
    public async Task A_holder_sees_and_corrects_data_with_history_but_not_what_the_certificate_shows()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var (filed, _) = await office.AcceptedAsync(applicant);
        Assert.Equal("access-token-wrong", await CorrectAsync(filed with { Token = new string('0', 32) }, "agentPhone", "010-88889999"));
        Assert.Equal("registered-data-changed", await CorrectAsync(filed, "organisationName", "另一个名称"));
        Assert.Equal("registered-data-changed", await CorrectAsync(filed, "creditCode", Applicant.CreditCode));
        Assert.Equal("field-invalid", await CorrectAsync(filed, "agentPhone", "1"));
        Assert.Equal("field-invalid", await CorrectAsync(filed, "colour", "red"));
        Assert.Null(await CorrectAsync(filed, "agentPhone", "010-88889999"));
        using var answer = await office.SendAsync(HttpMethod.Get, $"/api/ra/applications/{filed.Id}/data", filed.Token);
        var data = (await answer.Content.ReadFromJsonAsync<HolderData>(ContractJson.Options, RaOffice.Ct))!;
        Assert.Equal("010-88889999", data.Fields["agentPhone"]);
        Assert.Equal(("agentPhone", Applicant.AgentPhone, "010-88889999"), data.Corrections.Select(change => (change.Field, change.Before, change.After)).Single());
        Assert.Equal(1, (await office.LedgerAsync()).Count(line => line.GetProperty("act").GetString() == "ra.data.read"));

        async Task<string?> CorrectAsync(Filed whose, string field, string value)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/ra/applications/{whose.Id}/data") { Content = JsonContent.Create(new DataCorrection(new Dictionary<string, string> { [field] = value }), options: ContractJson.Options) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", whose.Token);
            return await RaOffice.CodeOf(await office.Site.Client.SendAsync(request, RaOffice.Ct));
        }
    }

    [Fact]
    [Clause("6.4.2-c")]
    [Clause("6.4.2-d")]
    [Clause("7.2.3-b")]
    public async Task Data_is_given_to_officers_by_two_people_on_recorded_papers_and_no_more_than_asked()
    {
        await using var office = await RaOffice.OpenAsync();
        using var administrator = await office.InRoleAsync(Roles.BusinessAdministrator, "吴业务");
        using var applicant = new Applicant();
        var filed = await office.SubmitAsync(applicant);
        var demand = new NewDisclosure(filed.Id, DisclosureGround.Judicial, "某市公安局 刘警官 陈警官", "调取证据通知书〔2026〕7号", ["agentName", "agentPhone"]);
        Assert.Equal("role-missing", await EnterAsync(demand, office.Clerk));
        Assert.Equal("field-invalid", await EnterAsync(demand with { Papers = " " }, office.Vetter));
        Assert.Equal("field-invalid", await EnterAsync(demand with { Fields = ["colour"] }, office.Vetter));
        var entered = await office.Site.PostAsync<ActRequest, DisclosureEntered>("/api/ra/disclosures", office.Vetter.Act(Rooms.Ra, ActNames.RaDisclosureEnter, "disclosure/new", demand, office.Clock.GetUtcNow()));
        Assert.Equal("role-missing", await office.Site.RefusedAsync($"/api/ra/disclosures/{entered.Id}/release", Release(office.Vetter)));
        var given = await office.Site.PostAsync<ActRequest, DisclosedData>($"/api/ra/disclosures/{entered.Id}/release", Release(administrator));
        Assert.Equal(["agentName", "agentPhone"], given.Fields.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("state-wrong", await office.Site.RefusedAsync($"/api/ra/disclosures/{entered.Id}/release", Release(administrator)));
        Assert.Equal(1, (await office.LedgerAsync()).Count(line => line.GetProperty("act").GetString() == ActNames.RaDisclosureRelease && line.GetProperty("outcome").GetString() == "done"));

        Task<string?> EnterAsync(NewDisclosure what, TestPerson by) => office.Site.RefusedAsync("/api/ra/disclosures", by.Act(Rooms.Ra, ActNames.RaDisclosureEnter, "disclosure/new", what, office.Clock.GetUtcNow()));

        ActRequest Release(TestPerson by) => by.Act(Rooms.Ra, ActNames.RaDisclosureRelease, $"disclosure/{entered.Id}", new DisclosureRelease("文书与证件核对无误"), office.Clock.GetUtcNow(), "entered");
    }

    [Fact]
    [Clause("6.4.2-d")]
    public async Task R26_search_finds_by_number_serial_name_and_holder_and_masks_for_those_who_need_not_know()
    {
        await using var office = await RaOffice.OpenAsync();
        using var auditor = await office.InRoleAsync(Roles.Auditor, "钱审计");
        using Applicant one = new(), two = new(), three = new();
        var (first, _) = await office.IssuedAsync(one);
        var second = await office.SubmitAsync(two);
        var third = await office.DraftAsync(three);
        var serial = (await office.StatusAsync(first)).SigningSerial!;
        Assert.Equal([first.Id], (await FindAsync(new SearchQuery(10, "核对", Id: first.Id))).Rows.Select(row => row.Id));
        Assert.Equal([first.Id], (await FindAsync(new SearchQuery(10, "核对", Serial: serial.ToUpperInvariant()))).Rows.Select(row => row.Id));
        Assert.Equal(3, (await FindAsync(new SearchQuery(10, "核对", Title: "北京虎符"))).Rows.Count);
        Assert.Empty((await FindAsync(new SearchQuery(10, "核对", Title: "南京"))).Rows);
        Assert.Equal([second.Id], (await FindAsync(new SearchQuery(10, "核对", Title: "北京", State: ApplicationState.Submitted))).Rows.Select(row => row.Id));
        Assert.Equal(3, (await FindAsync(new SearchQuery(10, "核对", Holder: new Dictionary<string, string> { ["creditCode"] = Applicant.CreditCode }, Profile: "organisation"))).Rows.Count);
        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await FindAsync(new SearchQuery(1, "核对", Title: "北京", After: after));
            seen.AddRange(page.Rows.Select(row => row.Id));
            after = page.Next;
        }
        while (after is not null);
        Assert.Equal(new[] { first.Id, second.Id, third.Id }.Order(StringComparer.Ordinal), seen);
        Assert.StartsWith("北***", (await FindAsync(new SearchQuery(10, "审计", Id: first.Id), auditor)).Rows.Single().Title, StringComparison.Ordinal);
        foreach (var bad in new[] { new SearchQuery(10, "x"), new SearchQuery(0, "x", Id: "1"), new SearchQuery(10, " ", Id: "1"), new SearchQuery(10, "x", Id: "1", Serial: "1"), new SearchQuery(10, "x", Title: "北"), new SearchQuery(10, "x", Id: "1", After: "!") })
        {
            Assert.Equal("field-invalid", await office.Site.RefusedAsync("/api/ra/search", Act(bad, office.Clerk)));
        }

        Assert.Equal("field-missing", await office.Site.RefusedAsync("/api/ra/search", Act(new SearchQuery(10, "x", Holder: new Dictionary<string, string>()), office.Clerk)));
        foreach (var (columns, index) in new[] { ("title >= 'a' AND title < 'b' ORDER BY title, id", "ra_applications_title"), ("holder = 'x' ORDER BY id", "ra_applications_holder") })
        {
            var plan = await office.ReadAsync(session => session.Query<PlanRow>($"EXPLAIN QUERY PLAN SELECT id FROM ra_applications WHERE {columns} LIMIT 50"));
            Assert.Contains(index, Assert.Single(plan).Detail, StringComparison.Ordinal);
        }

        ActRequest Act(SearchQuery query, TestPerson by) => by.Act(Rooms.Ra, ActNames.RaApplicationSearch, "search/applications", query, office.Clock.GetUtcNow());

        Task<SearchPage> FindAsync(SearchQuery query, TestPerson? by = null) => office.Site.PostAsync<ActRequest, SearchPage>("/api/ra/search", Act(query, by ?? office.Clerk));
    }

    [Fact]
    [Clause("7.2.1-a")]
    [Clause("7.2.1-b")]
    public async Task Fees_are_listed_paid_and_refunded_by_the_rules()
    {
        await using var office = await RaOffice.OpenAsync();
        using var administrator = await office.InRoleAsync(Roles.BusinessAdministrator, "吴业务");
        var prices = (await office.Site.Client.GetFromJsonAsync<List<Price>>("/api/ra/prices", ContractJson.Options, RaOffice.Ct))!;
        var price = prices.Single(one => one.Profile == "organisation");
        Assert.True(price.First > 0 && price.Renewal > 0);
        using Applicant applicant = new(), early = new();
        var filed = await office.SubmitAsync(early);
        Assert.Equal("field-invalid", await PostAsync(filed, "payment", ActNames.RaPaymentRecord, "due", new Payment(1, "转账", "X1"), office.Clerk));
        Assert.Equal("state-wrong", await PostAsync(filed, "refund", ActNames.RaRefundAsk, "due", new Refund("不要了", false), office.Clerk));
        Assert.Null(await PostAsync(filed, "payment", ActNames.RaPaymentRecord, "due", new Payment(price.First, "转账", "X1"), office.Clerk));
        Assert.Equal("state-wrong", await PostAsync(filed, "payment", ActNames.RaPaymentRecord, "paid", new Payment(price.First, "转账", "X1"), office.Clerk));
        Assert.Null(await PostAsync(filed, "refund", ActNames.RaRefundAsk, "paid", new Refund("撤回申请", false), office.Clerk));
        Assert.Equal("role-missing", await PostAsync(filed, "refund/approval", ActNames.RaRefundApprove, "refund-asked", new RefundApproval("可"), office.Clerk));
        Assert.Null(await PostAsync(filed, "refund/approval", ActNames.RaRefundApprove, "refund-asked", new RefundApproval("可"), administrator));
        using var answer = await office.SendAsync(HttpMethod.Get, $"/api/ra/applications/{filed.Id}/fee", filed.Token);
        Assert.Equal(FeeState.Refunded, (await answer.Content.ReadFromJsonAsync<Fee>(ContractJson.Options, RaOffice.Ct))!.State);

        // After acceptance only for the operator's fault.
        var (accepted, _) = await office.AcceptedAsync(applicant);
        await PostAsync(accepted, "payment", ActNames.RaPaymentRecord, "due", new Payment(price.First, "现金", "X2"), office.Clerk);
        Assert.Equal("state-wrong", await PostAsync(accepted, "refund", ActNames.RaRefundAsk, "paid", new Refund("后悔", false), office.Clerk));
        Assert.Null(await PostAsync(accepted, "refund", ActNames.RaRefundAsk, "paid", new Refund("证书无法使用", true), office.Clerk));

        Task<string?> PostAsync<T>(Filed what, string path, string act, string state, T payload, TestPerson by) =>
            office.Site.RefusedAsync($"/api/ra/applications/{what.Id}/{path}", by.Act(Rooms.Ra, act, $"fee/{what.Id}", payload, office.Clock.GetUtcNow(), state));
    }

    private sealed class PlanRow
    {
        public string Detail { get; set; } = "";
    }
}
