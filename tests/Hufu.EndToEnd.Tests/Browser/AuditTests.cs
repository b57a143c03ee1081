using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>The auditor's own place: records in any combination with the state of their verification, marks, proofs, anomalies; a record that somebody changed in the database turns red.</summary>
[Collection(nameof(BrowserStage))]
public sealed partial class AuditTests(BrowserStage stage)
{
    [Fact]
    public async Task A_record_that_is_changed_in_the_database_turns_red_and_only_it()
    {
        IPage page = await stage.StaffAsync("ra-auditor", "/desk/audit");
        await page.SelectOptionAsync("#q-ledger", "ra");
        await page.FillAsync("#q-act", "ra.application.approve");
        await page.ClickAsync("#query button[type=submit]");
        await Expect(page.Locator("#records tbody tr.record").First).ToBeVisibleAsync();
        await Expect(page.Locator("#records tbody tr.broken")).ToHaveCountAsync(0);
        await Expect(page.Locator("#head-state")).ToHaveClassAsync("good");
        int rows = await page.Locator("#records tbody tr.record").CountAsync();
        long sequence = long.Parse((await page.Locator("#records tbody tr.record").First.GetAttributeAsync("data-sequence"))!, CultureInfo.InvariantCulture);
        await page.Locator("#records .verified").First.ClickAsync();
        await BrowserStage.ShootAsync(page, "audit-records");

        await TurnsRedAsync(page, sequence, rows, line => Regex.Replace(line, "\"object\":\"application/[^\"]+\"", "\"object\":\"application/A2026112299999999\""), "A2026112299999999");
        // What the person has not signed, the log alone holds: who changes that is found as well.
        await TurnsRedAsync(page, sequence, rows, line => line.Replace("\"outcome\":\"done\"", "\"outcome\":\"failed\"", StringComparison.Ordinal), sequence.ToString(CultureInfo.InvariantCulture));
        await page.ReloadAsync();
        await page.FillAsync("#q-act", "ra.application.approve");
        await page.ClickAsync("#query button[type=submit]");
        await Expect(page.Locator("#records tbody tr.record").First).ToBeVisibleAsync();
        await Expect(page.Locator("#records tbody tr.broken, #records tbody tr.doubt")).ToHaveCountAsync(0);
    }

    // Under the running platform somebody changes a row of the database.
    private async Task TurnsRedAsync(IPage page, long sequence, int rows, Func<string, string> change, string shows)
    {
        byte[] before = Line(sequence);
        string changed = change(Encoding.UTF8.GetString(before));
        Assert.NotEqual(Encoding.UTF8.GetString(before), changed);
        Write(sequence, Encoding.UTF8.GetBytes(changed));
        try
        {
            await page.ReloadAsync();
            await page.SelectOptionAsync("#q-ledger", "ra");
            await page.FillAsync("#q-act", "ra.application.approve");
            await page.ClickAsync("#query button[type=submit]");
            ILocator broken = page.Locator("#records tbody tr.broken");
            await Expect(broken).ToHaveCountAsync(1);
            await Expect(broken).ToContainTextAsync(shows);
            await Expect(page.Locator("#records tbody tr.record")).ToHaveCountAsync(rows);

            // The tree around it does not hold either; the others' own signed acts do, and the page tells the two apart. Around it are the 256 records of its segment, whose hash is kept once it is whole; until then all.
            long[] sequences = await page.Locator("#records tbody tr.record").EvaluateAllAsync<long[]>("rows => rows.map(row => Number(row.dataset.sequence))");
            int around = sequences.Count(one => one / 256 == sequence / 256) - 1;
            int doubted = -1;
            for (var waited = System.Diagnostics.Stopwatch.StartNew(); doubted != around && doubted != rows - 1 && waited.Elapsed < TimeSpan.FromSeconds(90);)
            {
                doubted = await page.Locator("#records tbody tr.doubt").CountAsync();
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }

            Assert.Contains(doubted, new[] { around, rows - 1 });
            await broken.Locator(".verified").ClickAsync();
            await Expect(page.Locator("#records .proof:visible dd.bad").First).ToHaveTextAsync("未通过");
            await BrowserStage.ShootAsync(page, "audit-tampered");
        }
        finally
        {
            Write(sequence, before);
        }
    }

    [Fact]
    public async Task An_auditor_marks_records_takes_a_proof_and_looks_for_anomalies()
    {
        IPage page = await stage.StaffAsync("ra-auditor", "/desk/audit");
        await page.SelectOptionAsync("#q-ledger", "ra");
        await page.FillAsync("#q-act", "ra.application.enter");
        await page.ClickAsync("#query button[type=submit]");
        ILocator first = page.Locator("#records tbody tr.record").First;
        await first.Locator("input[type=checkbox]").CheckAsync();
        await page.SelectOptionAsync("#m-kind", "needs-answer");
        await page.FillAsync("#m-words", "请说明为何在下班后录入");
        await page.ClickAsync("#marking button");
        await page.ClickAsync("#sign-go");
        await Expect(page.Locator("#records tbody tr.record").First).ToContainTextAsync("请说明为何在下班后录入");
        await page.SelectOptionAsync("#q-marked", "needs-answer");
        await page.ClickAsync("#query button[type=submit]");
        await Expect(page.Locator("#records tbody tr.record")).ToHaveCountAsync(1);

        await page.Locator("#records .verified").First.ClickAsync();
        IDownload proof = await page.RunAndWaitForDownloadAsync(() => page.Locator("#records .proof:visible button", new PageLocatorOptions { HasText = "下载证明" }).First.ClickAsync());
        Assert.StartsWith("hufu-proof-ra-", proof.SuggestedFilename, StringComparison.Ordinal);
        Assert.True(new FileInfo(await proof.PathAsync()).Length > 200);

        await page.ClickAsync("#anomalies");
        await Expect(page.Locator("#anomaly-list tbody tr").First).ToBeVisibleAsync();
        await BrowserStage.ShootAsync(page, "audit-marked");

        // Another than an auditor reads nothing.
        IPage clerk = await stage.StaffAsync("ra-entry-clerk", "/desk/audit");
        await clerk.ClickAsync("#query button[type=submit]");
        await Expect(clerk.Locator("#trouble")).ToBeVisibleAsync();
        await Expect(clerk.Locator("#records tbody tr.record")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Private_fields_of_a_record_are_shown_to_an_auditor_who_signs_for_it_and_the_look_is_in_the_log()
    {
        IPage clerk = await stage.StaffAsync("ra-entry-clerk", "/desk/registers");
        await RegisterTests.RecordAsync(clerk, "巡检空调", withScan: false, visitor: "访客密");
        IPage auditor = await stage.StaffAsync("ra-auditor", "/desk/audit");
        await auditor.FillAsync("#q-act", "register.entry.record");
        await auditor.ClickAsync("#query button[type=submit]");
        ILocator row = auditor.Locator("#records tbody tr.record").First;
        await row.Locator(".verified").ClickAsync();
        ILocator opened = auditor.Locator("#records .proof:visible");
        await Expect(opened).Not.ToContainTextAsync("访客密"); // the record holds a digest
        await opened.Locator("button", new LocatorLocatorOptions { HasText = "个人信息" }).ClickAsync();
        await auditor.ClickAsync("#sign-go");
        await Expect(opened).ToContainTextAsync("访客密");
        await auditor.FillAsync("#q-act", "audit.private.read");
        await auditor.ClickAsync("#query button[type=submit]");
        await Expect(auditor.Locator("#records tbody tr.record").First).ToContainTextAsync("冯审计");
    }

    [Fact]
    public async Task A_months_review_is_written_and_signed_and_the_room_decides_whether_the_month_is_over()
    {
        IPage auditor = await stage.StaffAsync("ra-auditor");
        await BrowserStage.SignInAsync(auditor, "ra", "ra-auditor");
        await auditor.GotoAsync("/desk/audit");
        await auditor.ClickAsync("#duties");
        await Expect(auditor.Locator("#duty-list p").First).ToBeVisibleAsync(); // the demo is of today: no month has ended

        // The page with a month that waits, as an auditor has it next month; what is signed goes to the real room.
        string month = TimeProvider.System.GetUtcNow().AddHours(8).ToString("yyyy-MM", CultureInfo.InvariantCulture);
        await auditor.RouteAsync("**/api/ra/audit/duties", route => route.FulfillAsync(new RouteFulfillOptions
        {
            ContentType = "application/json",
            Body = $$"""{ "months": [{ "ledger": "ra", "month": "{{month}}", "due": "2026-12-10T00:00:00Z", "overdue": false }], "reviewed": [], "answers": [], "revocations": [] }""",
        }));
        await auditor.ClickAsync("#duties");
        await auditor.FillAsync("#conclusion", "本月无异常");
        await auditor.FillAsync("#breaches", "无");
        await auditor.Locator("#duty-list button").ClickAsync();
        await Expect(auditor.Locator("#sign-text")).ToContainTextAsync("本月无异常");
        await BrowserStage.ShootAsync(auditor, "audit-month-sign");
        await auditor.ClickAsync("#sign-go");
        await Expect(auditor.Locator("#trouble")).ToContainTextAsync("代码"); // a month that is not over is not concluded
    }

    [Fact]
    public async Task A_month_that_is_over_is_concluded_and_its_summary_is_kept()
    {
        // The key centre's log began forty days ago, for this test: a month has ended since, whatever today is.
        const string First = "UPDATE ledger_record SET line = @line WHERE sequence = 0";
        byte[] line = Line(0, "kmc");
        Assert.Equal(1, stage.Change("kmc", First, ("@line", Encoding.UTF8.GetBytes(Written().Replace(
            Encoding.UTF8.GetString(line), found => DateTimeOffset.Parse(found.Value, CultureInfo.InvariantCulture).AddDays(-40).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), 1)))));
        try
        {
            IPage auditor = await stage.StaffAsync("kmc-auditor");
            await BrowserStage.SignInAsync(auditor, "kmc", "kmc-auditor");
            await auditor.GotoAsync("/desk/audit");
            await auditor.SelectOptionAsync("#duty-room", "kmc");
            await auditor.ClickAsync("#duties");
            ILocator conclude = auditor.Locator("#duty-list button", new PageLocatorOptions { HasText = "提交本月总结" });
            await Expect(conclude.First).ToBeVisibleAsync();
            int open = await conclude.CountAsync();
            await auditor.FillAsync("#conclusion", "本月无异常");
            await auditor.FillAsync("#breaches", "无");
            await conclude.First.ClickAsync();
            await auditor.ClickAsync("#sign-go");
            ILocator summary = auditor.Locator("#duty-list button", new PageLocatorOptions { HasText = "总结（PDF）" });
            await Expect(summary).ToHaveCountAsync(1);
            await Expect(conclude).ToHaveCountAsync(open - 1);
            await BrowserStage.ShootAsync(auditor, "audit-month-concluded");
            IDownload paper = await auditor.RunAndWaitForDownloadAsync(() => summary.ClickAsync());
            Assert.StartsWith("%PDF-", await File.ReadAllTextAsync(await paper.PathAsync(), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        finally
        {
            stage.Change("kmc", First, ("@line", line));
        }
    }

    // A record's own moment stands last in its line.
    [GeneratedRegex("(?<=\"time\":\")[0-9-]{10}T[0-9:.]+Z", RegexOptions.RightToLeft)]
    private static partial Regex Written();

    private SqliteConnection Open(string room)
    {
        SqliteConnection connection = new($"Data Source={Path.Combine(stage.Data, room, room + ".db")};Default Timeout=30;Pooling=False");
        connection.Open();
        return connection;
    }

    private byte[] Line(long sequence, string room = "ra")
    {
        using SqliteConnection connection = Open(room);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT line FROM ledger_record WHERE sequence = @sequence";
        command.Parameters.AddWithValue("@sequence", sequence);
        return (byte[])command.ExecuteScalar()!;
    }

    private void Write(long sequence, byte[] line)
    {
        using SqliteConnection connection = Open("ra");
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "UPDATE ledger_record SET line = @line WHERE sequence = @sequence";
        command.Parameters.AddWithValue("@line", line);
        command.Parameters.AddWithValue("@sequence", sequence);
        Assert.Equal(1, command.ExecuteNonQuery());
    }
}
