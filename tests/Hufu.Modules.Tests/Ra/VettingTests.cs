using Hufu.Contracts;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>Queues, entry and decision: signed acts of two people over exactly the data.</summary>
public sealed class VettingTests
{
    [Fact]
    [Clause("6.2.2.3-a")]
    public async Task R25_a_queue_shows_those_who_may_act_what_is_due_first()
    {
        await using var office = await RaOffice.OpenAsync();
        using TestPerson auditor = await office.InRoleAsync(Roles.Auditor, "钱审计"), stranger = office.Ca.Room.Authority.Person("陌生人");
        var filed = new List<Filed>();
        for (var i = 0; i < 4; i++)
        {
            using var applicant = new Applicant();
            filed.Add(await office.SubmitAsync(applicant));
            office.Clock.Advance(TimeSpan.FromMinutes(7));
        }

        // Somebody has let the last one wait so long that it is due first.
        await office.WriteAsync(session => session.Execute("UPDATE ra_applications SET due_at = due_at - 86400000 WHERE id = @Id", new { filed[3].Id }));
        var (page, _) = await office.QueueAsync(office.Clerk, ApplicationState.Submitted);
        Assert.Equal([filed[3].Id, filed[0].Id, filed[1].Id, filed[2].Id], page!.Rows.Select(row => row.Id));
        Assert.Equal(4, page.Total);
        Assert.All(page.Rows.Zip([filed[3], filed[0], filed[1], filed[2]]), pair => Assert.Equal($"submitted/{pair.Second.Digest}", pair.First.StateToSign));
        Assert.Equal(office.Clock.GetUtcNow().AddMinutes(-28), page.Rows[1].Since);
        Assert.Equal(page.Rows[1].Since.AddHours(48), page.Rows[1].Due);
        Assert.Equal(2, (await office.QueueAsync(office.Clerk, ApplicationState.Submitted, 2)).Page!.Rows.Count);

        // Exactly those who may do the queue's next act.
        await office.EnterAsync(filed[0]);
        Assert.Equal([filed[0].Id], (await office.QueueAsync(office.Vetter, ApplicationState.Entered)).Page!.Rows.Select(row => row.Id));
        Assert.Equal("role-missing", (await office.QueueAsync(office.Vetter, ApplicationState.Submitted)).Refused);
        Assert.Equal("role-missing", (await office.QueueAsync(office.Clerk, ApplicationState.Entered)).Refused);
        Assert.Equal("role-missing", (await office.QueueAsync(auditor, ApplicationState.Submitted)).Refused);
        Assert.Equal("person-unknown", (await office.QueueAsync(stranger, ApplicationState.Submitted)).Refused);
        Assert.Equal("field-invalid", (await office.QueueAsync(office.Clerk, ApplicationState.Submitted, 101)).Refused);
        Assert.Equal("field-invalid", (await office.QueueAsync(office.Clerk, ApplicationState.Submitted, 0)).Refused);

        // Whoever has entered an application and became a vetter later does not find it in the queue.
        await office.WriteAsync(session => session.Execute("UPDATE staff_roles SET ended_at = 1 WHERE role = 'entry-clerk'"));
        await office.WriteAsync(session => session.Execute("INSERT INTO staff_roles (person_id, role, appointed_at) SELECT person_id, 'vetter', 0 FROM staff_roles WHERE role = 'entry-clerk'"));
        var own = (await office.QueueAsync(office.Clerk, ApplicationState.Entered)).Page!;
        Assert.Equal((0, 0), (own.Rows.Count, (int)own.Total));
    }

    [Fact]
    public async Task R26_a_queue_is_read_by_its_index()
    {
        await using var office = await RaOffice.OpenAsync();
        foreach (var (state, sql) in new[] { ("Submitted", "ra_applications_queue"), ("Entered", "ra_applications_queue") })
        {
            var plan = await office.ReadAsync(session => session.Query<PlanRow>(
                "EXPLAIN QUERY PLAN SELECT id FROM ra_applications WHERE state = @state ORDER BY due_at, id LIMIT 50", new { state }));
            Assert.Contains(sql, Assert.Single(plan).Detail, StringComparison.Ordinal);
        }

        var serial = await office.ReadAsync(session => session.Query<PlanRow>("EXPLAIN QUERY PLAN SELECT id FROM ra_applications WHERE signing_serial = 'x'"));
        Assert.Contains("ra_applications_serial", Assert.Single(serial).Detail, StringComparison.Ordinal);
    }

    [Fact]
    [Clause("6.6.1.2-d")]
    public async Task R15_nobody_can_enter_and_approve_the_same_application()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var filed = await office.SubmitAsync(applicant);
        Assert.Equal("role-missing", await RaOffice.CodeOf(await office.EnterAsync(filed, office.Entry(filed, office.Vetter))));
        Assert.Null(await RaOffice.CodeOf(await office.EnterAsync(filed)));
        Assert.Equal("role-missing", await RaOffice.CodeOf(await office.DecideAsync(filed, office.Decision(filed, RaOffice.Approval, office.Clerk))));

        // Whoever gets at the database and gives the clerk both roles at once, or one after the other, gains nothing.
        await office.WriteAsync(session => session.Execute("INSERT INTO staff_roles (person_id, role, appointed_at) SELECT person_id, 'vetter', 0 FROM staff_roles WHERE role = 'entry-clerk'"));
        Assert.Equal("roles-incompatible", await RaOffice.CodeOf(await office.DecideAsync(filed, office.Decision(filed, RaOffice.Approval, office.Clerk))));
        await office.WriteAsync(session => session.Execute("UPDATE staff_roles SET ended_at = 1 WHERE role = 'entry-clerk'"));
        Assert.Equal("same-person", await RaOffice.CodeOf(await office.DecideAsync(filed, office.Decision(filed, RaOffice.Approval, office.Clerk))));
        Assert.Equal("same-person", await RaOffice.CodeOf(await office.DecideAsync(filed, office.Decision(filed, RaOffice.Rejection("不行"), office.Clerk))));
        Assert.Equal("Entered", await office.StateAsync(filed));
        Assert.Equal(0, await office.CountAsync("outbox_item"));
        Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(filed)));
    }

    [Fact]
    public async Task R06_staff_sign_exactly_the_data_that_they_saw()
    {
        await using var office = await RaOffice.OpenAsync();
        using Applicant applicant = new(), other = new();
        var (filed, second) = (await office.SubmitAsync(applicant), await office.SubmitAsync(other));
        Assert.Equal("state-wrong", await RaOffice.CodeOf(await office.EnterAsync(filed, office.Entry(filed, state: "submitted/" + second.Digest))));
        Assert.Equal("state-wrong", await RaOffice.CodeOf(await office.EnterAsync(filed, office.Entry(filed, state: "submitted"))));
        Assert.Equal("state-wrong", await RaOffice.CodeOf(await office.EnterAsync(filed, office.Entry(filed, state: "entered/" + filed.Digest))));
        Assert.Equal("statement-mismatch", await RaOffice.CodeOf(await office.EnterAsync(filed, office.Entry(second))));
        Assert.Equal("unknown-object", await RaOffice.CodeOf(await office.EnterAsync(filed with { Id = "A2026112200000000" }, office.Entry(filed with { Id = "A2026112200000000" }))));
        Assert.Equal("unknown-object", await RaOffice.CodeOf(await office.EnterAsync(filed with { Id = new string('9', 3000) }, office.Entry(filed))));
        var act = office.Entry(filed);
        Assert.Null(await RaOffice.CodeOf(await office.EnterAsync(filed, act)));
        Assert.Equal("statement-replayed", await RaOffice.CodeOf(await office.EnterAsync(filed, act)));
        Assert.Equal("state-wrong", await RaOffice.CodeOf(await office.DecideAsync(filed, office.Decision(filed, RaOffice.Approval, state: "entered/" + second.Digest))));

        // An approval sent under the act of a refusal, and the other way round.
        var approval = office.Decision(filed, RaOffice.Approval);
        var rejection = office.Decision(filed, RaOffice.Rejection("不行"));
        Assert.Equal("statement-mismatch", await RaOffice.CodeOf(await office.DecideAsync(filed, approval with { Payload = rejection.Payload })));
        Assert.Equal("statement-replayed", await RaOffice.CodeOf(await office.DecideAsync(filed, approval)));
        Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(filed)));
    }

    [Fact]
    public async Task R14_what_both_signed_travels_to_the_CA_and_covers_the_data_that_is_ordered()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var filed = await office.ApprovedAsync(applicant);
        await office.UntilStateAsync(filed, ApplicationState.Issued);
        var order = Assert.Single(office.Ca.Orders);
        var digest = ApplicationData.Digest(order.Profile, order.Fields, order.Request, order.Papers, order.RenewalOf);
        Assert.Equal(["authorisation", "licence"], order.Papers!.Keys.Order());
        Assert.NotEqual(digest, ApplicationData.Digest(order.Profile, order.Fields, order.Request));
        Assert.True(ActStatement.TryParse(order.Entry.Statement, out var entered));
        Assert.True(ActStatement.TryParse(order.Approval.Statement, out var approved));
        Assert.Equal(("submitted/" + digest, "entered/" + digest), (entered.State, approved.State));
        Assert.True(order.Entry.Verify(office.Clerk.Certificate!.PublicKey));
        Assert.True(order.Approval.Verify(office.Vetter.Certificate!.PublicKey));
        Assert.Equal(office.Clerk.Certificate.Encode(), order.EntryCertificate);
        Assert.Equal(office.Vetter.Certificate.Encode(), order.ApprovalCertificate);
    }

    public static TheoryData<string, string> HalfDone => new()
    {
        { """{"approve":true,"findings":[]}""", "field-missing" },
        { """{"approve":true,"findings":[{"check":"exists","passed":true,"how":"查验原件"}]}""", "field-missing" },
        { """{"approve":true,"findings":[{"check":"exists","passed":true,"how":"查验原件"},{"check":"authorised","passed":false,"how":"电话无人接听"}]}""", "field-missing" },
        { """{"approve":true,"findings":[{"check":"exists","passed":true,"how":"查验原件"},{"check":"authorised","passed":true,"how":" "}]}""", "field-missing" },
        { """{"approve":true,"findings":[{"check":"exists","passed":true,"how":"a"},{"check":"exists","passed":true,"how":"b"},{"check":"authorised","passed":true,"how":"c"}]}""", "field-invalid" },
        { """{"approve":true,"findings":[{"check":"exists","passed":true,"how":"a"},{"check":"authorised","passed":true,"how":"b"},{"check":"magic","passed":true,"how":"c"}]}""", "field-invalid" },
        { """{"approve":true,"findings":[null]}""", "malformed" },
        { """{"approve":true,"findings":null}""", "malformed" },
        { """{"approve":true,"finding":[]}""", "malformed" },
        { "[]", "malformed" },
    };

    [Theory]
    [Clause("6.1.3.2-b")]
    [Clause("7.2.6-c")]
    [Clause("6.2.2.2-a")]
    [MemberData(nameof(HalfDone))]
    public async Task No_approval_before_every_check_is_answered(string payload, string code)
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var filed = await office.SubmitAsync(applicant);
        await office.EnterAsync(filed);
        var before = await office.LeftAsync();
        var act = office.Vetter.Act(Rooms.Ra, ActNames.RaApplicationApprove, $"application/{filed.Id}", $"entered/{filed.Digest}", payload, office.Clock.GetUtcNow());
        Assert.Equal(code, await RaOffice.CodeOf(await office.DecideAsync(filed, act)));
        Assert.Equal(before, await office.LeftAsync());
        Assert.Equal("Entered", await office.StateAsync(filed));
    }

    [Fact]
    public async Task A_refusal_goes_back_with_its_reason_and_the_applicant_is_told_by_mail()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var filed = await office.SubmitAsync(applicant);
        await office.EnterAsync(filed);
        Assert.Equal("field-missing", await RaOffice.CodeOf(await office.DecideAsync(filed, office.Decision(filed, RaOffice.Rejection(" ")))));
        Assert.Equal("too-large", await RaOffice.CodeOf(await office.DecideAsync(filed, office.Decision(filed, RaOffice.Rejection(new string('长', 501))))));
        Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(filed, office.Decision(filed, RaOffice.Rejection("授权书未盖章")))));
        var status = await office.StatusAsync(filed);
        Assert.Equal((ApplicationState.Refused, "授权书未盖章", null), (status.State, status.Reason, status.Due));
        var mail = await office.MailAsync(filed.Id, "授权书未盖章");
        Assert.Contains($"X-Receiver: {Applicant.AgentEmail}", mail, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, await office.CountAsync("outbox_item"));

        // Mended papers, in again, entered by another clerk, approved.
        await office.PutAsync(filed, "authorisation", [.. RaOffice.Pdf, .. "\n"u8]);
        Assert.Null(await RaOffice.CodeOf(await office.SubmitAsync(filed)));
        Assert.Null((await office.StatusAsync(filed)).Reason);
        Assert.Null(await RaOffice.CodeOf(await office.EnterAsync(filed)));
        Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(filed)));
        await office.UntilStateAsync(filed, ApplicationState.Issued);
    }

    private sealed class PlanRow
    {
        public string Detail { get; set; } = "";
    }
}
