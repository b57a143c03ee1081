using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Records;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Hosting.Trust;

/// <summary>Months are reviewed, and the summary is signed; what is out of the ordinary is listed.</summary>
public sealed class MonthTests
{
    [Fact]
    [Clause("6.6.1.4-b")]
    public async Task A_month_that_is_over_is_a_duty_until_its_signed_summary_is_there()
    {
        await using var desk = await SignInDesk.OpenAsync();
        desk.Room.InstallIdentity();
        using var auditor = await desk.WithAccountAsync(Roles.Auditor, "冯审计", "feng.shenji", life: TimeSpan.FromDays(400));
        using var clerk = await desk.Room.InRoleAsync(Roles.EntryClerk, "李录入");
        var month = desk.Room.Context.Policy.Values.LocalText(desk.Now)[..7];

        ActRequest Review(TestPerson by, MonthReview? review = null) => by.Act(Rooms.Ra, ActNames.AuditMonthReview, $"month/ra/{month}", review ?? new MonthReview("本月无异常", "无"), desk.Now);

        Assert.Equal("state-wrong", await desk.Site.RefusedAsync($"/api/ra/audit/months/ra/{month}", Review(auditor)));
        Assert.Empty((await DutiesAsync(desk, auditor)).Months);
        desk.Room.Clock.Set(AuditMonth.Of(desk.Now, desk.Room.Context.Policy.Values).Until.AddDays(2));
        await desk.FitAsync("冯审计");
        var duty = Assert.Single((await DutiesAsync(desk, auditor)).Months);
        Assert.Equal((Rooms.Ra, month, false), (duty.Ledger, duty.Month, duty.Overdue));
        Assert.Equal("role-missing", await desk.Site.RefusedAsync($"/api/ra/audit/months/ra/{month}", Review(clerk)));
        Assert.Equal("field-invalid", await desk.Site.RefusedAsync($"/api/ra/audit/months/ra/{month}", Review(auditor, new MonthReview(" ", "无"))));
        var reviewed = await desk.Site.PostAsync<ActRequest, MonthReviewed>($"/api/ra/audit/months/ra/{month}", Review(auditor));
        Assert.Empty((await DutiesAsync(desk, auditor)).Months);
        Assert.Equal(reviewed, (await DutiesAsync(desk, auditor)).Reviewed.Single());
        Assert.Equal("state-wrong", await desk.Site.RefusedAsync($"/api/ra/audit/months/ra/{month}", Review(auditor)));

        byte[] paper = await FileAsync(desk, auditor, month, "summary"), signature = await FileAsync(desk, auditor, month, "signature");
        Assert.StartsWith("%PDF-1.7", Encoding.ASCII.GetString(paper, 0, 8), StringComparison.Ordinal);
        Assert.Equal(reviewed.Summary, ActStatement.Digest(paper));
        var message = SignedMessage.Decode(signature);
        Assert.Equal((MessageSyntax.Gm, (ReadOnlyMemory<byte>?)null), (message.Syntax, message.Content));
        var certificate = desk.Room.Context.Identity.AuditCertificate!;
        Assert.Equal(MessageSignature.Valid, message.Signers.Single().Verify(certificate, message.ContentType, paper));
        paper[^10] ^= 1;
        Assert.NotEqual(MessageSignature.Valid, message.Signers.Single().Verify(certificate, message.ContentType, paper));
        Assert.Contains(await desk.Room.LedgerAsync(), line => line.Contains("\"act\":\"audit.month.reviewed\"", StringComparison.Ordinal) && line.Contains(reviewed.Summary, StringComparison.Ordinal));

        // The next month is due ten days after its end.
        desk.Room.Clock.Set(AuditMonth.Of(desk.Now, desk.Room.Context.Policy.Values).Until.AddDays(11));
        await desk.FitAsync("冯审计");
        Assert.True((await DutiesAsync(desk, auditor)).Months[0].Overdue);
    }

    [Fact]
    [Clause("6.6.1.4-g")]
    public async Task Refused_acts_failed_sign_ins_odd_hours_and_a_clock_gone_back_are_listed_with_rule_and_clause()
    {
        await using var desk = await SignInDesk.OpenAsync();
        using var auditor = await desk.Room.InRoleAsync(Roles.Auditor, "冯审计", TimeSpan.FromDays(400));
        using var clerk = await desk.WithAccountAsync(Roles.EntryClerk, "李录入", "liluru");
        var start = desk.Now;
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("role-missing", await desk.Site.RefusedAsync("/api/ra/audit/records", clerk.Act(Rooms.Ra, ActNames.AuditRecordsRead, "ledger/ra", new RecordQuery(Rooms.Ra, 1), desk.Now)));
        }

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("sign-in-failed", (await desk.SignInAsync(clerk, "liluru", "Wrong0-pass.word")).Code);
        }

        await desk.Room.Context.Ledger.AppendAsync(new LedgerRecord { Actor = "system", Act = "test.after", Object = "x/1", Outcome = LedgerOutcome.Done }, CancellationToken.None);
        desk.Room.Clock.Set(desk.Now.AddMinutes(-2));
        await desk.Room.Context.Ledger.AppendAsync(new LedgerRecord { Actor = "system", Act = "test.back", Object = "x/1", Outcome = LedgerOutcome.Done }, CancellationToken.None);
        // A Sunday at three in the morning, eight days later.
        desk.Room.Clock.Set(NextSunday(start.AddDays(8)));
        Assert.Equal("role-missing", await desk.Site.RefusedAsync("/api/ra/audit/records", clerk.Act(Rooms.Ra, ActNames.AuditRecordsRead, "ledger/ra", new RecordQuery(Rooms.Ra, 1), desk.Now)));
        var report = await desk.Site.PostAsync<ActRequest, AnomalyReport>(
            "/api/ra/audit/anomalies", auditor.Act(Rooms.Ra, ActNames.AuditAnomaliesRead, "ledger/ra", new AnomalyQuery(Rooms.Ra, start.AddDays(-1), start.AddDays(30)), desk.Now));
        Assert.True(report.Whole);
        foreach (var rule in new[] { "refused-acts", "failed-sign-ins", "odd-hours", "clock-back", "silence" })
        {
            Assert.Contains(report.Found, anomaly => anomaly.Rule == rule);
        }

        var refusals = report.Found.First(anomaly => anomaly.Rule == "refused-acts");
        Assert.StartsWith("李录入", refusals.Actor, StringComparison.Ordinal);
        Assert.Equal((5, "6.6.1.4-g"), (refusals.Count, refusals.Clause));
        Assert.DoesNotContain(report.Found, anomaly => anomaly.Rule is "gap" or "volume");
        Assert.Equal(desk.Room.Context.Policy.Anomalies.Count, report.Rules.Count);
        Assert.Equal("field-invalid", await desk.Site.RefusedAsync(
            "/api/ra/audit/anomalies", auditor.Act(Rooms.Ra, ActNames.AuditAnomaliesRead, "ledger/ra", new AnomalyQuery(Rooms.Ra, start, start.AddDays(401)), desk.Now)));
    }

    private static DateTimeOffset NextSunday(DateTimeOffset after)
    {
        var day = after.ToOffset(TimeSpan.FromHours(8)).Date;
        while (day.DayOfWeek != DayOfWeek.Sunday)
        {
            day = day.AddDays(1);
        }

        return new DateTimeOffset(day.AddHours(3), TimeSpan.FromHours(8));
    }

    private static async Task<AuditDuties> DutiesAsync(SignInDesk desk, TestPerson auditor)
    {
        var (cookie, code) = await desk.SignInAsync(auditor, "feng.shenji");
        Assert.Null(code);
        return (await desk.CallAsync(HttpMethod.Get, "/api/ra/audit/duties", cookie)).Body.Deserialize<AuditDuties>(ContractJson.Options)!;
    }

    private static async Task<byte[]> FileAsync(SignInDesk desk, TestPerson auditor, string month, string what)
    {
        using var response = await desk.Site.PostAsync(
            $"/api/ra/audit/months/ra/{month}/{what}", auditor.Act(Rooms.Ra, ActNames.AuditMonthRead, $"month/ra/{month}", new ReadingPurpose("存档"), desk.Now));
        Assert.True(response.IsSuccessStatusCode);
        return await response.Content.ReadAsByteArrayAsync();
    }
}
