using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>A profile is changed by two people over a difference that both see.</summary>
[Collection(nameof(BrowserStage))]
public sealed class ProfileTests(BrowserStage stage)
{
    [Fact]
    public async Task A_profile_is_changed_by_two_people_over_a_shown_difference()
    {
        IPage one = await stage.StaffAsync("ca-business-administrator", "/desk/profiles?p=code-signing");
        string text = await one.InputValueAsync("#text");
        await LooksRightAsync("/desk/profiles?p=code-signing", "desk-profile");
        const string Added = "# reviewed by clicking";
        await one.FillAsync("#text", text + Added + "\n");
        await Expect(one.Locator("#shown .added")).ToContainTextAsync(Added); // seen before it is signed
        await Expect(one.Locator("#shown .removed")).ToHaveCountAsync(0);
        await one.FillAsync("#p-words", "注明已复核");
        await one.Locator("form[data-act='ca.profile.propose'] button[type=submit]").ClickAsync();
        await one.ClickAsync("#sign-go");
        await one.Locator("form[data-act='ca.profile.propose'] .done a.button").ClickAsync();
        await Expect(one.Locator("#change")).ToContainTextAsync("待批准");
        await Expect(one.Locator(".diff .added")).ToContainTextAsync(Added);
        await BrowserStage.ShootAsync(one, "desk-profile-change");
        string address = one.Url;
        await LooksRightAsync(new Uri(address).PathAndQuery, "desk-profile-change");

        // Whoever proposed does not approve; another does, and it is in force at once.
        await one.FillAsync("#n-words", "");
        await one.FillAsync("#y-words", "同意");
        await one.Locator("form[data-act='ca.profile.approve'] button[type=submit]").ClickAsync();
        await one.ClickAsync("#sign-go");
        await Expect(one.Locator("#trouble")).ToBeVisibleAsync();
        IPage two = await stage.StaffAsync("ca-super-administrator");
        await two.GotoAsync(address);
        await two.FillAsync("#y-words", "差异只有一行注释");
        await two.Locator("form[data-act='ca.profile.approve'] button[type=submit]").ClickAsync();
        await Expect(two.Locator("#sign-text")).ToContainTextAsync("state: proposed/");
        await two.ClickAsync("#sign-go");
        await Expect(two.Locator("form[data-act='ca.profile.approve'] .done .good")).ToBeVisibleAsync();
        await two.GotoAsync("/desk/profiles?p=code-signing");
        await Expect(two.Locator("#versions tbody tr")).ToHaveCountAsync(2);
        await Expect(two.Locator("#text")).ToHaveValueAsync(text + Added + "\n");
        await two.Locator("#versions a.button").ClickAsync();
        await Expect(two.Locator("#difference .added")).ToContainTextAsync(Added);
        await BrowserStage.ShootAsync(two, "desk-profile-versions");

        // Another proposal, with markup in the text and in the words, is text everywhere; it is refused.
        await one.GotoAsync("/desk/profiles?p=code-signing&lang=en");
        await one.FillAsync("#text", text + Added + "\n# <img src=x onerror=alert(1)>\n");
        await Expect(one.Locator("#shown .added")).ToContainTextAsync("<img src=x");
        await one.FillAsync("#p-words", "<img src=x onerror=alert(1)>");
        await one.Locator("form[data-act='ca.profile.propose'] button[type=submit]").ClickAsync();
        await one.ClickAsync("#sign-go");
        await one.Locator("form[data-act='ca.profile.propose'] .done a.button").ClickAsync();
        await Expect(one.Locator(".diff .added")).ToContainTextAsync("<img src=x");
        Assert.Equal(0, await one.Locator("img[src=x]").CountAsync());
        await one.FillAsync("#n-words", "not needed");
        await one.Locator("form[data-act='ca.profile.refuse'] button[type=submit]").ClickAsync();
        await one.ClickAsync("#sign-go");
        await Expect(one.Locator("form[data-act='ca.profile.refuse'] .done .good")).ToBeVisibleAsync();
        await one.GotoAsync("/desk/profiles");
        await Expect(one.Locator("#changes")).ToContainTextAsync("已拒绝");
        Assert.Equal(0, await one.Locator("img[src=x]").CountAsync());
    }

    // Side by side, as every page is looked at.
    private Task LooksRightAsync(string path, string name) => Task.WhenAll(BrowserStage.Looks.Select(async look =>
    {
        IPage page = await stage.PageAsync(look.Width);
        await page.GotoAsync(look.Language == "zh" ? path : path + "&lang=en");
        await BrowserStage.ShootAsync(page, $"{name}-{look.Language}-{look.Width}");
        Assert.Equal(0, await page.EvaluateAsync<int>("Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)"));
        Assert.Equal("", await stage.AxeAsync(page) ?? "");
        await page.Context.DisposeAsync();
    }));
}
