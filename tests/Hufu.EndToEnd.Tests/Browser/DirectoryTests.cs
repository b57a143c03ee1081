using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>A directory is compared with what it is to have, on the page of health, with the operator's token.</summary>
[Collection(nameof(BrowserStage))]
public sealed class DirectoryTests(BrowserStage stage)
{
    [Fact]
    public async Task A_directory_is_compared_what_it_lacks_is_shown_and_it_is_sent_again()
    {
        IPage page = await stage.StaffAsync("ca-operator", "/desk/health");
        // Whatever the rooms say of their health is said in the page's language: no English sentence on a Chinese page.
        Assert.Equal("", await page.EvaluateAsync<string>("() => [...document.querySelectorAll('main td, main th')].map(cell => cell.textContent.trim()).filter(text => /[A-Za-z]{3,} [a-z]{3,}/.test(text)).join(' | ')"));
        await page.FillAsync("#d-token", "not the token");
        await page.ClickAsync("#compare button[type=submit]");
        await Expect(page.Locator("#trouble")).ToBeVisibleAsync();
        await page.FillAsync("#d-token", (await File.ReadAllTextAsync(Path.Combine(stage.Data, "publishing", "operator-token"), TestContext.Current.CancellationToken)).Trim());
        await UntilAsync(page, "good"); // all that was issued has arrived

        // Somebody deletes an authority's entry in the directory.
        string found = await stage.Slapd.SearchAsync("(cACertificate;binary=*)", "dn");
        string entry = found.Split('\n').First(line => line.StartsWith("dn: ", StringComparison.Ordinal))["dn: ".Length..].Trim();
        await stage.Slapd.ToolAsync("ldapdelete", "", entry);
        await UntilAsync(page, "bad");
        await Expect(page.Locator("#differences tbody tr").First).ToContainTextAsync("缺少");
        await BrowserStage.ShootAsync(page, "desk-directory-differs");
        await page.ClickAsync("#resync");
        await Expect(page.Locator("#compared")).ToContainTextAsync("已排队");
        await UntilAsync(page, "good");
        await Expect(page.Locator("#differences")).ToBeHiddenAsync();
    }

    // Compared again and again until it is so: what is on its way counts as different until it has arrived. Two minutes at most.
    private static async Task UntilAsync(IPage page, string look)
    {
        for (int tries = 0; ; tries++)
        {
            await page.EvaluateAsync("() => { const told = document.getElementById('compared'); told.className = ''; told.textContent = ''; }");
            await page.ClickAsync("#compare button[type=submit]");
            await Expect(page.Locator("#compared")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("比较了"));
            if (await page.Locator("#compared").GetAttributeAsync("class") == look)
            {
                return;
            }

            Assert.True(tries < 240, "the directory did not become " + look + ": " + await page.Locator("#compared").InnerTextAsync());
            await Task.Delay(500, TestContext.Current.CancellationToken);
        }
    }
}
