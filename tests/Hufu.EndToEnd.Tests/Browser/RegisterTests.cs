using System.Globalization;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>What people record by hand, and the archive: an entry signed with its scan and corrected by another, a package made, verified when it is read, held and let go.</summary>
[Collection(nameof(BrowserStage))]
public sealed class RegisterTests(BrowserStage stage)
{
    [Fact]
    public async Task A_visitor_is_recorded_with_a_scan_and_the_entry_is_corrected_by_a_new_one()
    {
        IPage clerk = await stage.StaffAsync("ra-entry-clerk", "/desk/registers");
        await RecordAsync(clerk, "设备检修", withScan: true);
        string first = (await clerk.Locator("#receipt").InnerTextAsync()).Split('：', '。')[1];
        Assert.StartsWith("visitors-", first, StringComparison.Ordinal);
        await RecordAsync(clerk, "设备检修与更换", withScan: false, corrects: first);

        // The clerk records and does not read; the room says who may.
        await clerk.ClickAsync("#read");
        await Expect(clerk.Locator("#trouble")).ToContainTextAsync("报编号");
        IPage administrator = await stage.StaffAsync("ra-business-administrator", "/desk/registers");
        await administrator.SelectOptionAsync("#type", "visitors");
        await administrator.ClickAsync("#read");
        ILocator row = administrator.Locator("#entries tbody tr", new PageLocatorOptions { Has = administrator.Locator(".acts button") }).First;
        await Expect(row).ToContainTextAsync("设备检修");
        await Expect(row).ToContainTextAsync("访客甲");
        await Expect(row).ToContainTextAsync("更正"); // the newer entry that corrects it is named
        IDownload scan = await administrator.RunAndWaitForDownloadAsync(() => row.Locator(".acts button").ClickAsync());
        Assert.Equal(Journey.Paper, await File.ReadAllBytesAsync(await scan.PathAsync(), TestContext.Current.CancellationToken));
        await BrowserStage.ShootAsync(administrator, "registers-visitors");

        // A choice in the language of the page, never as the file has it.
        await administrator.GotoAsync("/desk/registers?lang=en");
        await administrator.SelectOptionAsync("#type", "media");
        await Expect(administrator.Locator("#asked select option", new PageLocatorOptions { HasText = "handed out" })).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_package_of_the_log_is_sealed_verified_when_it_is_read_held_and_let_go()
    {
        IPage page = await stage.StaffAsync("ra-business-administrator", "/desk/archive");
        await page.ClickAsync("#read");
        ILocator ledger = page.Locator("#classes tbody tr", new PageLocatorOptions { HasText = "审计日志" });
        await Expect(ledger).ToContainTextAsync("10 年");
        await ledger.Locator("button").ClickAsync();
        await Expect(page.Locator("#trouble")).ToBeVisibleAsync(); // why, is asked first
        await DoAsync(page, ledger.Locator("button"), "季度封存");
        ILocator package = page.Locator("#packages tbody tr", new PageLocatorOptions { HasText = "ra-ledger-" }).First;
        await Expect(package).ToContainTextAsync("ra-ledger-");

        // Whoever takes a file of it hears that all of it was verified.
        IPage auditor = await stage.StaffAsync("ra-auditor", "/desk/archive");
        await auditor.ClickAsync("#read");
        await auditor.FillAsync("#reason", "抽查");
        IDownload manifest = await auditor.RunAndWaitForDownloadAsync(() => auditor.Locator("#packages tbody tr", new PageLocatorOptions { HasText = "ra-ledger-" }).First.Locator("button", new LocatorLocatorOptions { HasText = "清单" }).ClickAsync());
        Assert.EndsWith("-manifest.json", manifest.SuggestedFilename, StringComparison.Ordinal);
        await Expect(auditor.Locator("#receipt")).ToContainTextAsync("完整");

        ILocator held = auditor.Locator("#packages tbody tr", new PageLocatorOptions { HasText = "ra-ledger-" }).First;
        await DoAsync(auditor, held.Locator("button", new LocatorLocatorOptions { HasText = "法律保全" }), "诉讼保全通知 7 号");
        await Expect(held).ToContainTextAsync("诉讼保全通知 7 号");
        await BrowserStage.ShootAsync(auditor, "archive-held");
        await DoAsync(auditor, held.Locator("button", new LocatorLocatorOptions { HasText = "解除保全" }), "诉讼终结");
        await Expect(held).Not.ToContainTextAsync("诉讼保全通知 7 号");
    }

    private static async Task DoAsync(IPage page, ILocator button, string reason)
    {
        await page.FillAsync("#reason", reason);
        await button.ClickAsync();
        await page.ClickAsync("#sign-go");
        await Expect(page.Locator("#reason")).ToHaveValueAsync(""); // emptied when the room has done it
    }

    internal static async Task RecordAsync(IPage page, string purpose, bool withScan, string? corrects = null, string visitor = "访客甲")
    {
        await page.SelectOptionAsync("#type", "visitors");
        await page.FillAsync("#f-visitor", visitor);
        await page.FillAsync("#f-identity", "110101199003074717");
        await page.FillAsync("#f-purpose", purpose);
        await page.FillAsync("#f-escort", "陈录入");
        await page.FillAsync("#f-zone", "机房");
        await page.FillAsync("#f-came", TimeProvider.System.GetUtcNow().AddHours(7).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture)); // an hour ago in Beijing
        if (withScan)
        {
            await page.SetInputFilesAsync("#scans", new FilePayload { Name = "paper.png", MimeType = "image/png", Buffer = Journey.Paper });
        }

        await page.FillAsync("#corrects", corrects ?? "");
        string before = await page.Locator("#receipt").InnerTextAsync();
        await page.ClickAsync("#entry button[type=submit]");
        await page.ClickAsync("#sign-go");
        await Expect(page.Locator("#receipt")).ToContainTextAsync("visitors-");
        await Expect(page.Locator("#receipt")).Not.ToHaveTextAsync(before.Length > 0 ? before : "-");
    }
}
