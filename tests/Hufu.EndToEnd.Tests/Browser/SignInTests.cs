using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>Signing in on a page: user name, password and token (6.6.2.5-a); the page then says what this person may do and who may do the rest.</summary>
[Collection(nameof(BrowserStage))]
public sealed class SignInTests(BrowserStage stage)
{
    private const string Password = "Mei7-zhu.lan!"; // the demo's, known to everybody

    [Fact]
    public async Task An_auditor_signs_in_sees_the_rights_and_signs_out()
    {
        IPage page = await stage.PageAsync();
        await page.GotoAsync("/desk");
        await page.Locator("#people button", new PageLocatorOptions { HasText = "22-ra-auditor" }).ClickAsync();
        await Expect(page.Locator("#who")).Not.ToHaveTextAsync("尚未选择人员");
        await page.GotoAsync("/desk/session");
        await page.SelectOptionAsync("[name=room]", "ra");
        // The demo has opened everybody's account; a second one is refused in words.
        await page.FillAsync("[name=user]", "ra-auditor");
        await page.FillAsync("[name=password]", Password);
        await page.ClickAsync("#open-account");
        await Expect(page.Locator("#trouble")).ToBeVisibleAsync();
        await page.FillAsync("[name=password]", "not the password");
        await page.ClickAsync("#session button[type=submit]");
        await Expect(page.Locator("#trouble")).ToBeVisibleAsync();
        await page.FillAsync("[name=password]", Password);
        await page.ClickAsync("#session button[type=submit]");
        await Expect(page.Locator("#s-name")).ToContainTextAsync("审计员");
        await Expect(page.Locator("#rights tbody tr", new PageLocatorOptions { HasText = "审核通过" }).First).ToContainTextAsync("不可以");
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(BrowserStage.Screenshots, "signed-in.png"), FullPage = true });
        await page.ClickAsync("#sign-out");
        await Expect(page.Locator("#session")).ToBeVisibleAsync();
    }
}
