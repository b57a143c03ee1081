using System.Text.Json;
using Hufu.Contracts;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>Lists that staff read: fees, demands for private data, who works where. Paged, bounded by the reader's offices, no more than the act needs, and on record.</summary>
public sealed class StaffListTests
{
    [Fact]
    [Clause("7.2.1-a")]
    [Clause("7.2.1-b")]
    public async Task Fees_are_listed_by_state_page_by_page_and_one_alone_says_why_it_is_to_be_given_back()
    {
        await using var office = await RaOffice.OpenAsync();
        using TestPerson administrator = await office.InRoleAsync(Roles.BusinessAdministrator, "吴业务"), auditor = await office.InRoleAsync(Roles.Auditor, "钱审计");
        using Applicant one = new(), two = new(), three = new();
        var first = await office.SubmitAsync(one);
        office.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await office.SubmitAsync(two);
        office.Clock.Advance(TimeSpan.FromSeconds(1));
        var third = await office.SubmitAsync(three);

        // Longest due first, newest first, page after page.
        Assert.Equal([first.Id, second.Id, third.Id], await AllAsync(newest: false));
        Assert.Equal([third.Id, second.Id, first.Id], await AllAsync(newest: true));
        var row = (await ListAsync(new FeeQuery(FeeState.Due, 1, "催缴"), office.Clerk)).Rows.Single();
        Assert.Equal(("due", "centre", "organisation", ApplicationState.Submitted, (string?)null), (row.StateToSign, row.Office, row.Profile, row.ApplicationState, row.Means));
        Assert.Equal("北京虎符科技有限公司", row.Title);
        Assert.StartsWith("北***", (await ListAsync(new FeeQuery(FeeState.Due, 1, "审计"), auditor)).Rows.Single().Title, StringComparison.Ordinal);
        Assert.StartsWith("北***", (await ListAsync(new FeeQuery(FeeState.Due, 1, "退费"), administrator)).Rows.Single().Title, StringComparison.Ordinal);

        // Paid, then to be given back: it moves from list to list, and the reason is shown to whoever decides.
        Assert.Null(await ActAsync("payment", ActNames.RaPaymentRecord, "due", new Payment(row.Amount, "转账", "X1"), office.Clerk));
        var paid = (await ListAsync(new FeeQuery(FeeState.Paid, 10, "核对"), administrator)).Rows.Single();
        Assert.Equal((first.Id, "转账", "X1", "paid", office.Clock.GetUtcNow()), (paid.Application, paid.Means, paid.Reference, paid.StateToSign, paid.PaidAt!.Value));
        Assert.Null(await ActAsync("refund", ActNames.RaRefundAsk, "paid", new Refund("撤回申请", true), office.Clerk));
        Assert.Empty((await ListAsync(new FeeQuery(FeeState.Paid, 10, "核对"), administrator)).Rows);
        var asked = (await ListAsync(new FeeQuery(FeeState.RefundAsked, 10, "退费"), administrator)).Rows.Single();
        Assert.Equal((first.Id, true, (string?)null), (asked.Application, asked.OperatorsFault, asked.RefundReason));
        var alone = await office.Site.PostAsync<ActRequest, FeeRow>($"/api/ra/applications/{first.Id}/fee/reading", One(first.Id, "退费", administrator));
        Assert.Equal(("撤回申请", "refund-asked"), (alone.RefundReason, alone.StateToSign));
        Assert.Equal([second.Id, third.Id], await AllAsync(newest: false));

        // Wrongly asked; and each application that was shown says so to its holder.
        foreach (var bad in new[] { new FeeQuery(FeeState.Due, 0, "x"), new FeeQuery(FeeState.Due, 101, "x"), new FeeQuery(FeeState.Due, 1, " "), new FeeQuery(FeeState.Due, 1, "x", "!") })
        {
            Assert.Equal("field-invalid", await office.Site.RefusedAsync("/api/ra/fees/reading", Asking(bad, office.Clerk)));
        }

        Assert.Equal("unknown-object", await office.Site.RefusedAsync("/api/ra/applications/A0000000000000000/fee/reading", One("A0000000000000000", "x", office.Clerk)));
        using var looks = await office.SendAsync(HttpMethod.Get, $"/api/ra/applications/{first.Id}/looks", first.Token);
        var seen = JsonSerializer.Deserialize<DataLooks>(await looks.Content.ReadAsStringAsync(RaOffice.Ct), ContractJson.Options)!;
        Assert.Contains(seen.Looks, look => look is { Act: "ra.application.found", Purpose: "催缴", Role: Roles.EntryClerk });

        async Task<IReadOnlyList<string>> AllAsync(bool newest)
        {
            var found = new List<string>();
            string? after = null;
            do
            {
                var page = await ListAsync(new FeeQuery(FeeState.Due, 1, "催缴", after, newest), office.Clerk);
                found.AddRange(page.Rows.Select(fee => fee.Application));
                after = page.Next;
            }
            while (after is not null);
            return found;
        }

        ActRequest Asking(FeeQuery query, TestPerson by) =>
            by.Act(Rooms.Ra, ActNames.RaFeesRead, $"fees/{JsonNamingPolicy.KebabCaseLower.ConvertName(query.State.ToString())}", query, office.Clock.GetUtcNow());

        Task<FeePage> ListAsync(FeeQuery query, TestPerson by) => office.Site.PostAsync<ActRequest, FeePage>("/api/ra/fees/reading", Asking(query, by));

        ActRequest One(string id, string purpose, TestPerson by) => by.Act(Rooms.Ra, ActNames.RaFeesRead, $"fee/{id}", new ReadingPurpose(purpose), office.Clock.GetUtcNow());

        Task<string?> ActAsync<T>(string path, string act, string state, T payload, TestPerson by) =>
            office.Site.RefusedAsync($"/api/ra/applications/{first.Id}/{path}", by.Act(Rooms.Ra, act, $"fee/{first.Id}", payload, office.Clock.GetUtcNow(), state));
    }

    [Fact]
    [Clause("3.9-a")]
    public async Task Who_works_where_is_read_and_lists_show_what_the_readers_offices_cover()
    {
        await using var office = await RaOffice.OpenAsync();
        using TestPerson administrator = await office.InRoleAsync(Roles.BusinessAdministrator, "吴业务"), away = await office.InRoleAsync(Roles.EntryClerk, "孙受理");
        await office.Site.PostAsync<ActRequest, Office>(
            "/api/ra/offices", administrator.Act(Rooms.Ra, ActNames.RaOfficeOpen, "office/haidian", new NewOffice("haidian", "centre", OfficeKind.Regional, "海淀", "中关村", []), office.Clock.GetUtcNow()));
        var person = await office.ReadAsync(session => office.Context.Staff.List(session).Single(one => one.Name == "孙受理").PersonId);
        await office.Site.PostAsync<ActRequest, Office>(
            "/api/ra/offices/haidian/staff", administrator.Act(Rooms.Ra, ActNames.RaOfficeStaff, "office/haidian", new OfficePlacement(person), office.Clock.GetUtcNow()));
        var placed = Assert.Single((await PeopleAsync(new OfficePeopleQuery(10, "haidian"))).Rows);
        Assert.Equal((person, "孙受理", "haidian", office.Clock.GetUtcNow()), (placed.Person, placed.Name, placed.Office, placed.Since!.Value));
        Assert.Equal([Roles.EntryClerk], placed.Roles);
        Assert.DoesNotContain((await PeopleAsync(new OfficePeopleQuery(100, "centre"))).Rows, row => row.Person == person);
        var names = new List<string>();
        string? after = null;
        do
        {
            var page = await PeopleAsync(new OfficePeopleQuery(1, After: after));
            names.AddRange(page.Rows.Select(row => row.Name));
            after = page.Next;
        }
        while (after is not null);
        Assert.Superset(new HashSet<string> { "李录入", "王审核", "吴业务", "孙受理" }, names.ToHashSet());
        Assert.Equal(names.Distinct().Count(), names.Count);
        Assert.Equal("unknown-object", await office.Site.RefusedAsync("/api/ra/offices/people", Asking(new OfficePeopleQuery(1, "nowhere"))));
        Assert.Equal("field-invalid", await office.Site.RefusedAsync("/api/ra/offices/people", Asking(new OfficePeopleQuery(0))));

        // The clerk of an office sees the fees of that office only, and goes on seeing them at the office above when it is closed.
        using Applicant here = new(), there = new();
        var centre = await office.SubmitAsync(here);
        var created = await office.ApplyAsync(there.Application() with { Office = "haidian" });
        await office.WriteAsync(session => session.Execute(
            "INSERT INTO ra_fees (application, amount, state, moved_at, office) VALUES (@Id, 1, 'Due', 5, 'haidian')", new { created.Id }));
        Assert.Equal([created.Id], await FeesAsync(away));
        Assert.Equal(new[] { created.Id, centre.Id }.Order(StringComparer.Ordinal), (await FeesAsync(office.Clerk)).Order(StringComparer.Ordinal));
        Assert.Equal("role-missing", await office.Site.RefusedAsync(
            $"/api/ra/applications/{centre.Id}/fee/reading", away.Act(Rooms.Ra, ActNames.RaFeesRead, $"fee/{centre.Id}", new ReadingPurpose("x"), office.Clock.GetUtcNow())));
        await office.Site.PostAsync<ActRequest, Office>(
            "/api/ra/offices/haidian/closing", administrator.Act(Rooms.Ra, ActNames.RaOfficeClose, "office/haidian", new OfficeClosing("合并"), office.Clock.GetUtcNow()));
        Assert.Equal(2, (await FeesAsync(away)).Count);

        ActRequest Asking(OfficePeopleQuery query) => administrator.Act(Rooms.Ra, ActNames.RaOfficesRead, "offices/people", query, office.Clock.GetUtcNow());

        Task<OfficePeople> PeopleAsync(OfficePeopleQuery query) => office.Site.PostAsync<ActRequest, OfficePeople>("/api/ra/offices/people", Asking(query));

        async Task<IReadOnlyList<string>> FeesAsync(TestPerson by) =>
            [.. (await office.Site.PostAsync<ActRequest, FeePage>("/api/ra/fees/reading", by.Act(Rooms.Ra, ActNames.RaFeesRead, "fees/due", new FeeQuery(FeeState.Due, 10, "催缴"), office.Clock.GetUtcNow()))).Rows.Select(row => row.Application)];
    }

    [Fact]
    [Clause("6.4.2-c")]
    [Clause("6.4.2-d")]
    public async Task Demands_are_listed_and_read_without_data_and_the_holder_is_not_warned()
    {
        await using var office = await RaOffice.OpenAsync();
        using TestPerson administrator = await office.InRoleAsync(Roles.BusinessAdministrator, "吴业务"), auditor = await office.InRoleAsync(Roles.Auditor, "钱审计");
        using var applicant = new Applicant();
        var filed = await office.SubmitAsync(applicant);
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add((await office.Site.PostAsync<ActRequest, DisclosureEntered>("/api/ra/disclosures", office.Vetter.Act(
                Rooms.Ra, ActNames.RaDisclosureEnter, "disclosure/new", new NewDisclosure(filed.Id, DisclosureGround.Judicial, "某某机关 甲、乙", $"调取证据通知书 {i} 号", ["agentName", "agentPhone"]), office.Clock.GetUtcNow()))).Id);
            office.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var first = await ListAsync(new DisclosureQuery(DisclosureState.Entered, 2, "审批"), administrator);
        Assert.Equal(ids[..2], first.Rows.Select(row => row.Id));
        Assert.Equal([ids[2]], (await ListAsync(new DisclosureQuery(DisclosureState.Entered, 2, "审批", first.Next), administrator)).Rows.Select(row => row.Id));
        Assert.Equal(ids.AsEnumerable().Reverse(), (await ListAsync(new DisclosureQuery(DisclosureState.Entered, 9, "审计", Newest: true), auditor)).Rows.Select(row => row.Id));
        var vetter = await office.ReadAsync(session => office.Context.Staff.List(session).Single(one => one.Name == "王审核").PersonId);
        Assert.Equal((filed.Id, DisclosureGround.Judicial, vetter), (first.Rows[0].Application, first.Rows[0].Ground, first.Rows[0].EnteredBy));
        var file = await office.Site.PostAsync<ActRequest, DisclosureFile>($"/api/ra/disclosures/{ids[0]}/reading", One(ids[0], administrator));
        Assert.Equal(("某某机关 甲、乙", "调取证据通知书 0 号"), (file.To, file.Papers));
        Assert.Equal(["agentName", "agentPhone"], file.Fields);
        Assert.Equal("role-missing", await office.Site.RefusedAsync($"/api/ra/disclosures/{ids[0]}/reading", One(ids[0], office.Clerk)));
        Assert.Equal("unknown-object", await office.Site.RefusedAsync("/api/ra/disclosures/P0/reading", One("P0", auditor)));
        Assert.Null(await office.Site.RefusedAsync(
            $"/api/ra/disclosures/{ids[0]}/release", administrator.Act(Rooms.Ra, ActNames.RaDisclosureRelease, $"disclosure/{ids[0]}", new DisclosureRelease("核对无误"), office.Clock.GetUtcNow(), "entered")));
        var released = Assert.Single((await ListAsync(new DisclosureQuery(DisclosureState.Released, 9, "审计"), auditor)).Rows);
        Assert.Equal((ids[0], office.Clock.GetUtcNow()), (released.Id, released.ReleasedAt!.Value));
        foreach (var bad in new[] { new DisclosureQuery(DisclosureState.Entered, 0, "x"), new DisclosureQuery(DisclosureState.Entered, 1, ""), new DisclosureQuery(DisclosureState.Entered, 1, "x", "1") })
        {
            Assert.Equal("field-invalid", await office.Site.RefusedAsync("/api/ra/disclosures/reading", Asking(bad, administrator)));
        }

        // Who looked is in the ledger; the holder reads nothing of it.
        Assert.Contains(await office.LedgerAsync(), line => line.GetProperty("act").GetString() == ActNames.RaDisclosuresRead && line.GetProperty("object").GetString() == $"disclosure/{ids[0]}");
        using var looks = await office.SendAsync(HttpMethod.Get, $"/api/ra/applications/{filed.Id}/looks", filed.Token);
        Assert.Empty(JsonSerializer.Deserialize<DataLooks>(await looks.Content.ReadAsStringAsync(RaOffice.Ct), ContractJson.Options)!.Looks);

        ActRequest Asking(DisclosureQuery query, TestPerson by) =>
            by.Act(Rooms.Ra, ActNames.RaDisclosuresRead, $"disclosures/{JsonNamingPolicy.KebabCaseLower.ConvertName(query.State.ToString())}", query, office.Clock.GetUtcNow());

        Task<DisclosurePage> ListAsync(DisclosureQuery query, TestPerson by) => office.Site.PostAsync<ActRequest, DisclosurePage>("/api/ra/disclosures/reading", Asking(query, by));

        ActRequest One(string id, TestPerson by) => by.Act(Rooms.Ra, ActNames.RaDisclosuresRead, $"disclosure/{id}", new ReadingPurpose("审批"), office.Clock.GetUtcNow());
    }

    [Fact]
    [Clause("6.2.4.1-a")]
    public async Task What_was_issued_and_waits_is_listed_with_what_handing_over_has_to_sign()
    {
        await using var office = await RaOffice.OpenAsync();
        using var auditor = await office.InRoleAsync(Roles.Auditor, "钱审计");
        using Applicant one = new(), two = new(), three = new();
        var (first, _) = await office.IssuedAsync(one);
        office.Clock.Advance(TimeSpan.FromSeconds(1));
        var (second, _) = await office.IssuedAsync(two);
        await office.SubmitAsync(three);
        var page = await ListAsync(new DeliveryQuery(1, "交付"), office.Clerk);
        Assert.Equal([first.Id], page.Rows.Select(row => row.Application));
        Assert.Equal([second.Id], (await ListAsync(new DeliveryQuery(1, "交付", page.Next), office.Clerk)).Rows.Select(row => row.Application));
        var latest = await ListAsync(new DeliveryQuery(9, "审计", Newest: true), auditor);
        Assert.Equal([second.Id, first.Id], latest.Rows.Select(row => row.Application));
        Assert.Null(latest.Next);
        Assert.StartsWith("北***", latest.Rows[0].Title, StringComparison.Ordinal);
        var row = page.Rows.Single();
        var serial = (await office.StatusAsync(first)).SigningSerial;
        Assert.Equal(("北京虎符科技有限公司", serial, $"issued/{serial}", 1L, "centre", ApplicationChannel.Online), (row.Title, row.SigningSerial, row.StateToSign, row.CodesMade, row.Office, row.Channel));
        Assert.True(row.CodeUntil > office.Clock.GetUtcNow() && row.NotAfter > row.CodeUntil && row.CodeTries > 0);

        // Handed over with that state, it waits no more.
        Assert.Null(await office.Site.RefusedAsync(
            $"/api/ra/applications/{first.Id}/hand-over", office.Clerk.Act(Rooms.Ra, ActNames.RaPairHandOver, $"application/{first.Id}", new HandOver("赵经办", "身份证原件"), office.Clock.GetUtcNow(), row.StateToSign)));
        Assert.Equal([second.Id], (await ListAsync(new DeliveryQuery(9, "交付"), office.Clerk)).Rows.Select(waiting => waiting.Application));
        foreach (var bad in new[] { new DeliveryQuery(0, "x"), new DeliveryQuery(1, ""), new DeliveryQuery(1, "x", "-1.A") })
        {
            Assert.Equal("field-invalid", await office.Site.RefusedAsync("/api/ra/deliveries/reading", Asking(bad, office.Clerk)));
        }

        ActRequest Asking(DeliveryQuery query, TestPerson by) => by.Act(Rooms.Ra, ActNames.RaDeliveriesRead, "deliveries/issued", query, office.Clock.GetUtcNow());

        Task<DeliveryPage> ListAsync(DeliveryQuery query, TestPerson by) => office.Site.PostAsync<ActRequest, DeliveryPage>("/api/ra/deliveries/reading", Asking(query, by));
    }

    [Fact]
    [Clause("6.2.4.1-a")]
    public async Task Hand_overs_whose_named_receipt_has_not_come_are_listed_until_it_is_here()
    {
        await using var office = await RaOffice.OpenAsync();
        using var auditor = await office.InRoleAsync(Roles.Auditor, "钱审计");
        using Applicant one = new(), two = new(), three = new();
        byte[][] scans = [[.. RaOffice.Pdf, 1], [.. RaOffice.Pdf, 2]];
        var first = await HandedAsync(one, ActStatement.Digest(scans[0]));
        office.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await HandedAsync(two, ActStatement.Digest(scans[1]));
        await HandedAsync(three, null);

        var page = await ListAsync(new DeliveryQuery(1, "催收", ReceiptMissing: true), auditor);
        var row = page.Rows.Single();
        Assert.Equal((first.Id, ActStatement.Digest(scans[0]), office.Clock.GetUtcNow().AddSeconds(-1)), (row.Application, row.Receipt, row.Since));
        Assert.StartsWith("accepted/", row.StateToSign, StringComparison.Ordinal);
        Assert.NotNull(row.HandedOverBy);
        Assert.Equal([second.Id], (await ListAsync(new DeliveryQuery(9, "催收", page.Next, ReceiptMissing: true), auditor)).Rows.Select(missing => missing.Application));
        Assert.Equal([second.Id, first.Id], (await ListAsync(new DeliveryQuery(9, "催收", Newest: true, ReceiptMissing: true), office.Clerk)).Rows.Select(missing => missing.Application));
        Assert.Empty((await ListAsync(new DeliveryQuery(9, "交付"), office.Clerk)).Rows);

        // Each list is signed for by its own name; the holder is told of the look.
        Assert.NotNull(await office.Site.RefusedAsync(
            "/api/ra/deliveries/reading", auditor.Act(Rooms.Ra, ActNames.RaDeliveriesRead, "deliveries/issued", new DeliveryQuery(9, "催收", ReceiptMissing: true), office.Clock.GetUtcNow())));
        using var looks = await office.SendAsync(HttpMethod.Get, $"/api/ra/applications/{first.Id}/looks", first.Token);
        Assert.Contains("催收", await looks.Content.ReadAsStringAsync(RaOffice.Ct), StringComparison.Ordinal);

        // It comes, and is missing no more.
        using var scan = new ByteArrayContent(scans[0]);
        Assert.Null(await RaOffice.CodeOf(await office.Site.Client.PutAsync($"/api/ra/applications/{first.Id}/receipts/{row.Receipt}", scan, RaOffice.Ct)));
        Assert.Equal([second.Id], (await ListAsync(new DeliveryQuery(9, "催收", ReceiptMissing: true), auditor)).Rows.Select(missing => missing.Application));

        async Task<Filed> HandedAsync(Applicant applicant, string? receipt)
        {
            var (filed, _) = await office.IssuedAsync(applicant);
            var serial = (await office.StatusAsync(filed)).SigningSerial;
            Assert.Null(await office.Site.RefusedAsync(
                $"/api/ra/applications/{filed.Id}/hand-over",
                office.Clerk.Act(Rooms.Ra, ActNames.RaPairHandOver, $"application/{filed.Id}", new HandOver("赵经办", "身份证原件", receipt), office.Clock.GetUtcNow(), $"issued/{serial}")));
            return filed;
        }

        Task<DeliveryPage> ListAsync(DeliveryQuery query, TestPerson by) => office.Site.PostAsync<ActRequest, DeliveryPage>(
            "/api/ra/deliveries/reading", by.Act(Rooms.Ra, ActNames.RaDeliveriesRead, query.ReceiptMissing ? "deliveries/receipts" : "deliveries/issued", query, office.Clock.GetUtcNow()));
    }
}
