using System.Net.Http.Json;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>Forms, checklists, exceptions, the counter and the tree of offices.</summary>
public sealed class FormTests
{
    [Fact]
    [Clause("3.3-a")]
    [Clause("6.1.3.2-g")]
    public async Task Every_type_has_a_form_in_two_languages()
    {
        await using var office = await RaOffice.OpenAsync(staffed: false);
        var forms = (await office.Site.Client.GetFromJsonAsync<List<FormText>>("/api/ra/forms", ContractJson.Options, RaOffice.Ct))!;
        Assert.Equal(office.Context.Policy.Profiles.Values.Where(profile => profile.Kind == ProfileKind.Holder).Select(profile => profile.Id).Order(StringComparer.Ordinal), forms.Select(form => form.Profile));
        Assert.All(forms, form =>
        {
            Assert.All(form.Fields, field => Assert.True(field.Zh.Length > 0 && field.En.Length > 0 && field.Private != field.InCertificate));
            Assert.Contains(form.Checks, check => check is { Finding: FindingKind.Entity, When: null });
            Assert.Contains(form.Checks, check => check is { Finding: FindingKind.Belongs, When: null });
            Assert.NotEmpty(form.Documents);
        });
        var person = forms.Single(form => form.Profile == "person");
        Assert.Equal("organisation", person.Documents.Single(paper => paper.Id == "unit-consent").When);
        Assert.Contains("居民身份证", person.Documents[0].Accepts);
        Assert.Equal("profile-unknown", await TestSite.CodeAsync(await office.Site.Client.GetAsync(new Uri("/api/ra/forms/administrator", UriKind.Relative), RaOffice.Ct)));
    }

    [Fact]
    [Clause("6.2.1.1-b")]
    public async Task An_agent_brings_proof_of_authorisation_and_nothing_is_taken_without_it()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var fields = Person();
        fields["agentName"] = "赵经办";
        var created = await office.ApplyAsync(New("person", fields, applicant));
        Assert.Equal(["identity-document", "agent-authorisation"], created.EvidenceMissing);
        var filed = new Filed(created.Id, created.AccessToken, "person", fields, applicant.LastRequest);
        await office.PutAsync(filed, "identity-document", RaOffice.Pdf);
        Assert.Equal("evidence-missing", await RaOffice.CodeOf(await office.SubmitAsync(filed)));
        await office.PutAsync(filed, "agent-authorisation", RaOffice.Pdf);
        Assert.Null(await RaOffice.CodeOf(await office.SubmitAsync(filed)));

        // An operated device is applied for at a counter, by whom the clerk identifies.
        using var device = new Applicant();
        Assert.NotNull(await office.Site.RefusedAsync("/api/ra/applications", device.Application() with { Profile = "operated-device" }));
    }

    [Fact]
    [Clause("6.1.3.2-d")]
    [Clause("6.1.3.2-e")]
    public async Task A_person_with_an_organisation_needs_its_consent_and_a_call_to_it()
    {
        await using var office = await RaOffice.OpenAsync();
        using Applicant alone = new(), member = new();
        var filed = await FileAsync(office, alone, "person", Person());
        Assert.Null(await RaOffice.CodeOf(await office.EnterAsync(filed)));
        Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(filed, office.Decision(filed, new VettingDecision(true, PersonFindings(), null)))));

        var fields = Person();
        fields["organisation"] = "国家虎符局信息中心";
        var created = await office.ApplyAsync(New("person", fields, member));
        Assert.Equal(["identity-document", "unit-consent", "licence"], created.EvidenceMissing);
        var second = new Filed(created.Id, created.AccessToken, "person", fields, member.LastRequest);
        await office.PutAsync(second, "identity-document", RaOffice.Pdf);
        Assert.Equal("evidence-missing", await RaOffice.CodeOf(await office.SubmitAsync(second)));
        await office.PutAsync(second, "unit-consent", RaOffice.Pdf);
        Assert.Equal("evidence-missing", await RaOffice.CodeOf(await office.SubmitAsync(second)));
        await office.PutAsync(second, "licence", RaOffice.Pdf);
        Assert.Null(await RaOffice.CodeOf(await office.SubmitAsync(second)));
        Assert.Null(await RaOffice.CodeOf(await office.EnterAsync(second)));
        Assert.Equal("field-missing", await DecideAsync(second, PersonFindings()));

        // A call back tells number, origin and who answered; and the number is none of the form's.
        Assert.Equal("field-missing", await DecideAsync(second, [.. PersonFindings(), new CheckFinding("member", true, "已回拨", CheckMeans.CallBack)]));
        Assert.Equal("field-invalid", await DecideAsync(second, [.. PersonFindings(), Called("86-139-0000-0000")]));
        Assert.Equal("field-invalid", await DecideAsync(second, [.. PersonFindings(), Called("12")]));
        Assert.Equal("field-invalid", await DecideAsync(second, [.. PersonFindings(), new CheckFinding("member", true, "当面", CheckMeans.FaceToFace)]));
        Assert.Equal("evidence-missing", await DecideAsync(second, [.. PersonFindings(), Called("010-11112222") with { Evidence = [new string('0', 64)] }]));
        Assert.Null(await DecideAsync(second, [.. PersonFindings(), Called("010-11112222") with { Evidence = [second.Papers["unit-consent"]] }]));

        Task<string?> DecideAsync(Filed what, IReadOnlyList<CheckFinding> findings) => Code(office.DecideAsync(what, office.Decision(what, new VettingDecision(true, findings, null))));

        static CheckFinding Called(string number) => new("member", true, "总机转人事处确认", CheckMeans.CallBack, new CallBack(number, "单位官网公布的总机", "人事处张老师"));
    }

    [Fact]
    [Clause("6.1.3.2-c")]
    public async Task A_device_has_a_third_check_that_the_organisation_may_use_it()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var fields = Applicant.Fields();
        fields.Remove("province");
        fields["hostName"] = "www.unit.example";
        var filed = await FileAsync(office, applicant, "server", fields);
        Assert.Equal(["authorisation", "domain-proof", "licence"], filed.Papers.Keys.Order());
        Assert.Null(await Code(office.EnterAsync(filed)));
        Assert.Equal("field-missing", await Code(office.DecideAsync(filed)));
        Assert.Null(await Code(office.DecideAsync(filed, office.Decision(filed, RaOffice.Approval with { Findings = [.. RaOffice.Approval.Findings, new CheckFinding("owns-device", true, "注册商查询结果一致", CheckMeans.Registrar)] }))));
    }

    [Fact]
    [Clause("6.1.3.2-f")]
    public async Task R15_an_exception_needs_a_second_vetter_who_is_neither_the_clerk_nor_the_first()
    {
        await using var office = await RaOffice.OpenAsync();
        using var second = await office.InRoleAsync(Roles.Vetter, "周复核");
        using Applicant applicant = new(), other = new();
        var filed = await office.SubmitAsync(applicant);
        await office.EnterAsync(filed);
        var excepted = new VettingDecision(true, [RaOffice.Approval.Findings[0], new CheckFinding("authorised", false, "机构总机停机，改以盖章函件确认", Excepted: true)], null);
        Assert.Equal(ApplicationState.Excepted, (await Read(office.DecideAsync(filed, office.Decision(filed, excepted)))).State);
        Assert.Equal(0, await office.CountAsync("outbox_item"));

        // It stands in the second vetter's queue, and in no queue of those who had a hand in it.
        Assert.Equal([filed.Id], (await office.QueueAsync(second, ApplicationState.Excepted)).Page!.Rows.Select(row => row.Id));
        Assert.Empty((await office.QueueAsync(office.Vetter, ApplicationState.Excepted)).Page!.Rows);
        Assert.Equal("role-missing", (await office.QueueAsync(office.Clerk, ApplicationState.Excepted)).Refused);
        Assert.Equal("same-person", await ExceptAsync(office.Vetter, true));
        Assert.Equal("role-missing", await ExceptAsync(office.Clerk, true));
        Assert.Equal("field-invalid", await ExceptAsync(second, true, " "));
        Assert.Equal("state-wrong", await Code(office.DecideAsync(filed)));
        Assert.Null(await ExceptAsync(second, true));
        await office.UntilStateAsync(filed, ApplicationState.Issued);

        var refused = await office.SubmitAsync(other);
        await office.EnterAsync(refused);
        await office.DecideAsync(refused, office.Decision(refused, excepted));
        filed = refused;
        Assert.Null(await ExceptAsync(second, false, "不足以替代回拨"));
        Assert.Equal((ApplicationState.Refused, "不足以替代回拨"), ((await office.StatusAsync(refused)).State, (await office.StatusAsync(refused)).Reason));

        Task<string?> ExceptAsync(TestPerson by, bool confirm, string reason = "函件核对无误") => office.Site.RefusedAsync(
            $"/api/ra/applications/{filed.Id}/exception",
            by.Act(Rooms.Ra, confirm ? ActNames.RaExceptionConfirm : ActNames.RaExceptionRefuse, $"application/{filed.Id}", new ExceptionDecision(confirm, reason), office.Clock.GetUtcNow(), $"excepted/{filed.Digest}"));
    }

    [Fact]
    [Clause("6.2.1.1-c")]
    public async Task The_vetter_asks_for_further_papers_and_the_application_waits_for_them()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var filed = await office.SubmitAsync(applicant);
        await office.EnterAsync(filed);
        Assert.Equal("field-invalid", await Code(office.DecideAsync(filed, office.Decision(filed, new VettingDecision(false, [], "需补充", [new FurtherPaper("Bad Kind", "x")])))));
        Assert.Null(await Code(office.DecideAsync(filed, office.Decision(filed, new VettingDecision(false, [], "需补充", [new FurtherPaper("merger-proof", "机构更名证明")])))));
        Assert.Equal("evidence-missing", await Code(office.SubmitAsync(filed)));
        Assert.Equal("field-invalid", await Code(office.PutAsync(filed, "another", RaOffice.Pdf)));
        await office.PutAsync(filed, "merger-proof", RaOffice.Pdf);
        Assert.Null(await Code(office.SubmitAsync(filed)));
        Assert.Null(await Code(office.EnterAsync(filed)));
        Assert.Null(await Code(office.DecideAsync(filed)));
    }

    [Fact]
    [Clause("6.2.1.3-c")]
    [Clause("3.9-a")]
    public async Task Offices_bound_what_staff_see_and_do()
    {
        await using var office = await RaOffice.OpenAsync();
        using TestPerson administrator = await office.InRoleAsync(Roles.BusinessAdministrator, "吴业务"), local = await office.InRoleAsync(Roles.EntryClerk, "何录入");
        using Applicant here = new(), there = new(), counter = new();
        Assert.Equal("role-missing", await OpenAsync(office.Clerk, new NewOffice("south", "centre", OfficeKind.Regional, "南方注册机构", "", [])));
        Assert.Null(await OpenAsync(administrator, new NewOffice("south", "centre", OfficeKind.Regional, "南方注册机构", "广州市", [])));
        Assert.Null(await OpenAsync(administrator, new NewOffice("south-1", "south", OfficeKind.Counter, "第一受理点", "工作日 9:00–17:00", ["organisation"])));
        Assert.Equal("field-invalid", await OpenAsync(administrator, new NewOffice("south-1-1", "south-1", OfficeKind.Counter, "x", "", [])));
        Assert.Equal("state-wrong", await OpenAsync(administrator, new NewOffice("south", "centre", OfficeKind.Regional, "又一个", "", [])));
        Assert.Equal("unknown-object", await OpenAsync(administrator, new NewOffice("x", "nowhere", OfficeKind.Regional, "x", "", [])));
        var offices = (await office.Site.Client.GetFromJsonAsync<List<Office>>("/api/ra/offices", ContractJson.Options, RaOffice.Ct))!;
        Assert.Equal(["centre", "south", "south-1"], offices.Select(one => one.Id));

        var number = await office.ReadAsync(session => session.Scalar<string>("SELECT id FROM staff_people WHERE name = '何录入'"));
        Assert.Equal("person-unknown", await office.Site.RefusedAsync("/api/ra/offices/south/staff", administrator.Act(Rooms.Ra, ActNames.RaOfficeStaff, "office/south", new OfficePlacement("P9999"), office.Clock.GetUtcNow())));
        Assert.Null(await office.Site.RefusedAsync("/api/ra/offices/south/staff", administrator.Act(Rooms.Ra, ActNames.RaOfficeStaff, "office/south", new OfficePlacement(number), office.Clock.GetUtcNow())));

        Assert.Equal("profile-unknown", await office.Site.RefusedAsync("/api/ra/applications", New("person", Person(), here) with { Office = "south-1" }));
        Assert.Equal("unknown-object", await office.Site.RefusedAsync("/api/ra/applications", here.Application() with { Office = "nowhere" }));
        var near = await SubmitAsync(here.Application() with { Office = "south-1" }, here);
        var far = await office.SubmitAsync(there);
        Assert.Equal([near.Id], (await office.QueueAsync(local, ApplicationState.Submitted)).Page!.Rows.Select(row => row.Id));
        Assert.Equal(2, (await office.QueueAsync(office.Clerk, ApplicationState.Submitted)).Page!.Total);
        Assert.Equal("role-missing", await Code(office.EnterAsync(far, office.Entry(far, local))));
        Assert.Null(await Code(office.EnterAsync(near, office.Entry(near, local))));

        // What the clerk takes at the counter belongs to the clerk's office.
        var taken = await office.Site.PostAsync<ActRequest, ApplicationCreated>(
            "/api/ra/counter/applications", local.Act(Rooms.Ra, ActNames.RaApplicationTake, "application/new", new CounterApplication(counter.Application(), "赵经办", "身份证原件"), office.Clock.GetUtcNow()));
        Assert.Equal("south", await office.ReadAsync(session => session.Scalar<string>("SELECT office FROM ra_applications WHERE id = @Id AND channel = 'Counter'", new { taken.Id })));
        Assert.Equal("role-missing", await office.Site.RefusedAsync(
            "/api/ra/counter/applications", office.Vetter.Act(Rooms.Ra, ActNames.RaApplicationTake, "application/new", new CounterApplication(counter.Application(), "赵经办", "身份证原件"), office.Clock.GetUtcNow())));

        // Closed from below; what waits goes up.
        Assert.Equal("state-wrong", await CloseAsync("south"));
        Assert.Equal("state-wrong", await CloseAsync("centre"));
        Assert.Null(await CloseAsync("south-1"));
        Assert.Null(await CloseAsync("south"));
        Assert.Equal(3, await office.CountAsync("ra_applications", "office = 'centre'"));

        Task<string?> OpenAsync(TestPerson by, NewOffice asked) => office.Site.RefusedAsync("/api/ra/offices", by.Act(Rooms.Ra, ActNames.RaOfficeOpen, $"office/{asked.Id}", asked, office.Clock.GetUtcNow()));

        Task<string?> CloseAsync(string id) => office.Site.RefusedAsync($"/api/ra/offices/{id}/closing", administrator.Act(Rooms.Ra, ActNames.RaOfficeClose, $"office/{id}", new OfficeClosing("合并"), office.Clock.GetUtcNow()));

        async Task<Filed> SubmitAsync(NewApplication application, Applicant applicant)
        {
            var created = await office.ApplyAsync(application);
            var filed = new Filed(created.Id, created.AccessToken, application.Profile, application.Fields, application.Request);
            await office.PutAsync(filed, "licence", RaOffice.Pdf);
            await office.PutAsync(filed, "authorisation", RaOffice.Pdf);
            Assert.Null(await Code(office.SubmitAsync(filed)));
            Assert.NotNull(applicant);
            return filed;
        }
    }

    [Fact]
    public async Task R26_a_queue_is_paged_filtered_and_counted_on_the_server()
    {
        await using var office = await RaOffice.OpenAsync();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            using var applicant = new Applicant();
            ids.Add((await office.SubmitAsync(applicant)).Id);
            office.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await PageAsync(new QueueQuery(ApplicationState.Submitted, 2, after));
            Assert.Equal(5, page.Total);
            seen.AddRange(page.Rows.Select(row => row.Id));
            after = page.Next;
        }
        while (after is not null);
        Assert.Equal(ids, seen);
        Assert.Equal(5, (await PageAsync(new QueueQuery(ApplicationState.Submitted, 50, Profile: "organisation"))).Rows.Count);
        Assert.Empty((await PageAsync(new QueueQuery(ApplicationState.Submitted, 50, Profile: "person"))).Rows);
        Assert.Empty((await PageAsync(new QueueQuery(ApplicationState.Submitted, 50, Overdue: true))).Rows);
        office.Clock.Advance(TimeSpan.FromHours(48) - TimeSpan.FromMinutes(3) + TimeSpan.FromSeconds(1));
        var overdue = await PageAsync(new QueueQuery(ApplicationState.Submitted, 50, Overdue: true));
        Assert.Equal(ids[..3], overdue.Rows.Select(row => row.Id));
        Assert.All(overdue.Rows, row => Assert.True(row.Overdue));
        foreach (var bad in new[] { "x", "1", ".A", new string('9', 80) })
        {
            Assert.Equal("field-invalid", await office.Site.RefusedAsync("/api/ra/queue", office.Clerk.Act(Rooms.Ra, ActNames.RaQueueRead, "queue/submitted", new QueueQuery(ApplicationState.Submitted, 5, bad), office.Clock.GetUtcNow())));
        }

        Task<QueuePage> PageAsync(QueueQuery query) => office.Site.PostAsync<ActRequest, QueuePage>("/api/ra/queue", office.Clerk.Act(Rooms.Ra, ActNames.RaQueueRead, "queue/submitted", query, office.Clock.GetUtcNow()));
    }

    [Theory]
    [Clause("6.2.2.3-a")]
    [InlineData("2026-11-24T10:00", "2026-11-26T10:00")] // Tuesday → Thursday
    [InlineData("2026-11-20T16:00", "2026-11-20T18:00")] // Friday: 48 hours end on Sunday, so be done on Friday
    [InlineData("2026-11-20T19:00", "2026-11-22T19:00")] // Friday evening: nobody works in between, the figure stands
    [InlineData("2026-11-21T10:00", "2026-11-23T10:00")] // Saturday → Monday
    [InlineData("2026-11-24T20:00", "2026-11-26T18:00")] // ends in the evening: before closing
    [InlineData("2026-09-30T17:00", "2026-09-30T18:00")] // before the National Day holidays
    [InlineData("2026-10-09T12:00", "2026-10-10T18:00")] // Saturday 10 October is worked
    public void A_deadline_is_never_later_than_the_figure_and_falls_into_working_hours(string came, string due)
    {
        var calendar = SourceTree.Policy.Calendar;
        Assert.Equal(DeadlineCounting.AllHours, calendar.Counting);
        Assert.Equal(Beijing(due), calendar.Deadline(Beijing(came), TimeSpan.FromHours(48)));
        Assert.True(calendar.Deadline(Beijing(came), TimeSpan.FromHours(48)) <= Beijing(came).AddHours(48));

        static DateTimeOffset Beijing(string text) => DateTimeOffset.Parse(text + ":00+08:00", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<Filed> FileAsync(RaOffice office, Applicant applicant, string profile, Dictionary<string, string> fields)
    {
        var application = New(profile, fields, applicant);
        var created = await office.ApplyAsync(application);
        var filed = new Filed(created.Id, created.AccessToken, profile, fields, application.Request);
        foreach (var kind in created.EvidenceMissing)
        {
            await office.PutAsync(filed, kind, RaOffice.Pdf);
        }

        Assert.Null(await Code(office.SubmitAsync(filed)));
        return filed;
    }

    private static NewApplication New(string profile, Dictionary<string, string> fields, Applicant applicant) => applicant.Application() with { Profile = profile, Fields = fields };

    private static Dictionary<string, string> Person() => new() { ["personName"] = "林持有", ["identityNumber"] = "310101197501011231", ["phone"] = "13900000000", ["email"] = "person@example.cn" };

    private static CheckFinding[] PersonFindings() => [new("exists", true, "查验身份证原件", CheckMeans.Document), new("authorised", true, "当面确认", CheckMeans.FaceToFace)];

    private static async Task<string?> Code(Task<HttpResponseMessage> response) => await RaOffice.CodeOf(await response);

    private static async Task<ApplicationStatus> Read(Task<HttpResponseMessage> response)
    {
        using var answer = await response;
        return (await answer.Content.ReadFromJsonAsync<ApplicationStatus>(ContractJson.Options, RaOffice.Ct))!;
    }
}
