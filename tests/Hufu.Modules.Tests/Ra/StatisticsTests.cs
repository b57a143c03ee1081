using System.Net.Http.Headers;
using System.Net.Http.Json;
using Hufu.Contracts;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>Kept figures say what a count would, and queues come in several orders.</summary>
public sealed class StatisticsTests
{
    [Fact]
    [Clause("6.4.2-a")]
    public async Task Figures_are_what_counting_finds_after_every_kind_of_move()
    {
        await using var office = await RaOffice.OpenAsync();
        using Applicant accepted = new(), refused = new(), withdrawn = new(), draft = new(), revoked = new();
        await office.AcceptedAsync(accepted);
        var bad = await office.SubmitAsync(refused);
        Assert.Null(await RaOffice.CodeOf(await office.EnterAsync(bad)));
        Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(bad, office.Decision(bad, RaOffice.Rejection("材料不清")))));
        var gone = await office.SubmitAsync(withdrawn);
        Assert.Null(await RaOffice.CodeOf(await SendAsync(office, gone, new Withdrawal())));
        await office.DraftAsync(draft);
        var (ended, pair) = await office.AcceptedAsync(revoked);
        Assert.Null(await RaOffice.CodeOf(await office.Site.PostAsync("/api/ra/revocations", new SelfRevocation(RaOffice.SerialOf(pair), Applicant.Phrase, RevocationReason.KeyCompromise))));
        await office.UntilStateAsync(ended, ApplicationState.Revoked);

        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(office.Clock.GetUtcNow(), office.Context.Policy.Values.TimeZone).DateTime);
        var read = await ReadAsync(office, new StatisticsQuery(today, today));
        var counted = await office.ReadAsync(session => session.Query<Counted>("SELECT state, COUNT(*) AS number FROM ra_applications GROUP BY state ORDER BY state"));
        Assert.Equal(counted.Select(row => (row.State.ToString(), row.Number)).Order(), read.Standing.Select(row => (row.State.ToString(), row.Applications)).Order());
        Assert.Equal(5, Moved(RegistrationPath.Apply, ApplicationState.Draft));
        Assert.Equal(4, Moved(RegistrationPath.Apply, ApplicationState.Submitted));
        Assert.Equal(2, Moved(RegistrationPath.Apply, ApplicationState.Accepted));
        Assert.Equal(1, Moved(RegistrationPath.Apply, ApplicationState.Refused));
        Assert.Equal(1, Moved(RegistrationPath.Revoke, ApplicationState.Revoked));
        Assert.All(read.Moves, move => Assert.Equal(today, move.Period));
        var month = await ReadAsync(office, new StatisticsQuery(today.AddYears(-3), today, StatisticsStep.Month));
        Assert.All(month.Moves, move => Assert.Equal(new DateOnly(today.Year, today.Month, 1), move.Period));
        Assert.Equal(read.Moves.Sum(move => move.Applications), month.Moves.Sum(move => move.Applications));
        Assert.Empty((await ReadAsync(office, new StatisticsQuery(today, today, Profile: "person"))).Standing);
        foreach (var query in new[] { new StatisticsQuery(today, today.AddDays(-1)), new StatisticsQuery(today.AddDays(-400), today), new StatisticsQuery(today.AddYears(-11), today, StatisticsStep.Month) })
        {
            Assert.Equal("field-invalid", await office.Site.RefusedAsync("/api/ra/statistics", Act(office, query)));
        }

        Assert.Equal("profile-unknown", await office.Site.RefusedAsync("/api/ra/statistics", Act(office, new StatisticsQuery(today, today, Profile: "colour"))));

        long Moved(RegistrationPath path, ApplicationState to) => read.Moves.Where(move => move.Path == path && move.To == to).Sum(move => move.Applications);
    }

    [Fact]
    [Clause("3.9-a")]
    public async Task An_office_that_closes_leaves_its_figures_to_the_one_above_and_readers_see_their_own()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        await office.SubmitAsync(applicant);
        await office.WriteAsync(session =>
        {
            session.Execute("INSERT INTO ra_offices (id, parent, kind, name, address, path, profiles, opened_at) VALUES ('north', 'centre', 'Regional', '北区', '', 'centre/north/', '', 0)");
            session.Execute("UPDATE ra_applications SET office = 'north'");
            Hufu.Ra.Statistics.StatisticsStore.Merge(session, "centre", "north");
            session.Execute("INSERT INTO ra_office_staff (person, office, since) SELECT id, 'north', 0 FROM staff_people WHERE name = '王审核'");
        });
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(office.Clock.GetUtcNow(), office.Context.Policy.Values.TimeZone).DateTime);
        Assert.Single((await ReadAsync(office, new StatisticsQuery(today, today), office.Vetter)).Standing);
        using var administrator = await office.InRoleAsync(Roles.BusinessAdministrator, "吴业务");
        Assert.Null(await office.Site.RefusedAsync("/api/ra/offices/north/closing", administrator.Act(Rooms.Ra, ActNames.RaOfficeClose, "office/north", new OfficeClosing("合并"), office.Clock.GetUtcNow())));
        Assert.Equal(2, await office.ReadAsync(session => session.Scalar<long>("SELECT COUNT(*) FROM ra_moves WHERE office = 'centre'")));
        Assert.Equal(1, (await ReadAsync(office, new StatisticsQuery(today, today))).Standing.Sum(row => row.Applications));
    }

    [Fact]
    [Clause("6.2.2.3-a")]
    public async Task R25_queues_come_in_the_order_asked_for_page_after_page_without_gap_or_repeat()
    {
        await using var office = await RaOffice.OpenAsync();
        var ids = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            using var applicant = new Applicant();
            ids.Add((await office.SubmitAsync(applicant)).Id);
        }

        await office.WriteAsync(session =>
        {
            for (var i = 0; i < ids.Count; i++)
            {
                session.Execute(
                    "UPDATE ra_applications SET title = @Title, profile = @Profile, office = @Office, due_at = @Due, waiting_since = @Since WHERE id = @Id",
                    new { Title = new[] { "乙𠮷", "甲", "丙", "甲", "Ａ", "a", "乙" }[i], Profile = i % 2 == 0 ? "organisation" : "server", Office = i % 3 == 0 ? "centre" : "north", Due = 9_000_000_000_000 + (i * 7 % 5), Since = 1_000 + (i * 3 % 4), Id = ids[i] });
            }

            session.Execute("INSERT INTO ra_offices (id, parent, kind, name, address, path, profiles, opened_at) VALUES ('north', 'centre', 'Regional', '北区', '', 'centre/north/', '', 0)");
        });
        foreach (var (order, sql) in new[]
        {
            (QueueOrder.Due, "due_at, id"), (QueueOrder.Since, "waiting_since, id"), (QueueOrder.Type, "profile, due_at, id"), (QueueOrder.Office, "office, due_at, id"), (QueueOrder.Title, "title, id"),
        })
        {
            foreach (var profile in new[] { null, "server" })
            {
                foreach (var offices in new[] { null, new[] { "north", "centre" } })
                {
                    var expected = await office.ReadAsync(session => session.Query<string>($"SELECT id FROM ra_applications{(profile is null ? "" : " WHERE profile = 'server'")} ORDER BY {sql}"));
                    var ask = new Hufu.Ra.Vetting.QueueStore.Ask(ApplicationState.Submitted, "P0001", offices, profile, null, null, 2, order);
                    var read = new List<string>();
                    while (true)
                    {
                        var page = await office.ReadAsync(session => Hufu.Ra.Vetting.QueueStore.Page(session, ask));
                        read.AddRange(page.Select(row => row.Id));
                        if (page.Count == 0)
                        {
                            break;
                        }

                        ask = ask with { After = Hufu.Ra.Vetting.QueueStore.ParseAfter(order, Hufu.Ra.Vetting.QueueStore.NextAfter(order, page[^1])) };
                    }

                    Assert.Equal(expected, read);
                }
            }
        }

        var query = new QueueQuery(ApplicationState.Submitted, 3, Order: QueueOrder.Title);
        var first = await office.Site.PostAsync<ActRequest, QueuePage>("/api/ra/queue", Queue(query));
        var rest = await office.Site.PostAsync<ActRequest, QueuePage>("/api/ra/queue", Queue(query with { After = first.Next, Limit = 100 }));
        Assert.Equal(7, first.Rows.Concat(rest.Rows).Select(row => row.Id).Distinct().Count());
        foreach (var bad in new[] { query with { Overdue = true }, query with { After = "1.A" }, new QueueQuery(ApplicationState.Submitted, 3, first.Next), query with { After = "x" } })
        {
            Assert.Equal("field-invalid", await office.Site.RefusedAsync("/api/ra/queue", Queue(bad)));
        }

        ActRequest Queue(QueueQuery asked) => office.Clerk.Act(Rooms.Ra, ActNames.RaQueueRead, "queue/submitted", asked, office.Clock.GetUtcNow());
    }

    [Fact]
    [Clause("6.2.2.2-b")]
    public async Task How_soon_refusals_reach_their_applicants_is_measured_and_shown()
    {
        // A port that nobody listens on: no mail leaves.
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var dead = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        await using var office = await RaOffice.OpenAsync(new Hufu.Hosting.MailSettings { SmtpHost = "127.0.0.1", SmtpPort = dead, From = "ra@ca.example" });
        using Applicant one = new(), two = new();
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(office.Clock.GetUtcNow(), office.Context.Policy.Values.TimeZone).DateTime);
        foreach (var applicant in new[] { one, two })
        {
            var filed = await office.SubmitAsync(applicant);
            Assert.Null(await RaOffice.CodeOf(await office.EnterAsync(filed)));
            Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(filed, office.Decision(filed, RaOffice.Rejection("材料不清")))));
        }

        var before = (await ReadAsync(office, new StatisticsQuery(today, today))).Refusals;
        Assert.Equal((TimeSpan.FromHours(24), 0, 0, 2), (before.Within, before.InTime, before.Late, before.Waiting));
        Assert.True(await HealthyAsync());

        // One is told after two hours; the other not within the day.
        await office.WriteAsync(session => session.Execute(
            "UPDATE ra_notices SET state = 'sent', sent_at = made_at + 7200000 WHERE template = 'refused' AND application = (SELECT MIN(application) FROM ra_notices WHERE template = 'refused')"));
        office.Clock.Advance(TimeSpan.FromHours(25));
        var after = (await ReadAsync(office, new StatisticsQuery(today, today.AddDays(1)))).Refusals;
        Assert.Equal((1, 1, 0, TimeSpan.FromHours(2)), (after.InTime, after.Late, after.Waiting, after.Longest));
        Assert.False(await HealthyAsync());

        async Task<bool> HealthyAsync() => (await office.HealthAsync()).Single(check => check.Name == "refusals-told").Healthy;
    }

    private static async Task<HttpResponseMessage> SendAsync(RaOffice office, Filed filed, Withdrawal withdrawal)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/ra/applications/{filed.Id}/withdrawal") { Content = JsonContent.Create(withdrawal, options: ContractJson.Options) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", filed.Token);
        return await office.Site.Client.SendAsync(request, RaOffice.Ct);
    }

    private static Task<RegistrationStatistics> ReadAsync(RaOffice office, StatisticsQuery query, TestPerson? by = null) =>
        office.Site.PostAsync<ActRequest, RegistrationStatistics>("/api/ra/statistics", Act(office, query, by));

    private static ActRequest Act(RaOffice office, StatisticsQuery query, TestPerson? by = null) =>
        (by ?? office.Clerk).Act(Rooms.Ra, ActNames.RaStatisticsRead, "statistics/registration", query, office.Clock.GetUtcNow());

    private sealed class Counted
    {
        public ApplicationState State { get; set; }

        public long Number { get; set; }
    }
}
