using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>The main job clicked in a real browser: an applicant, an entry clerk and a vetter, each with their own token, and the holder again.</summary>
[Collection(nameof(BrowserStage))]
public sealed class StoryTests(BrowserStage stage)
{
    [Fact]
    public async Task A_certificate_is_applied_for_entered_vetted_fetched_and_revoked_by_clicking()
    {
        // The applicant makes the key in a token, fills in the form, hands in the paper.
        IPage holder = await stage.PageAsync();
        await holder.GotoAsync("/apply/person");
        await holder.FillAsync("[name='field.personName']", "苏点击");
        await holder.FillAsync("[name='field.identityNumber']", "110101199003074717");
        await holder.FillAsync("[name='field.phone']", "13800138000");
        await holder.FillAsync("[name='field.email']", "su@example.cn");
        await holder.ClickAsync("[data-agent=request] button");
        await Expect(holder.Locator("#request")).ToHaveValueAsync(new Regex("BEGIN CERTIFICATE REQUEST"));
        await holder.FillAsync("#phrase", "点击也能撤销 2026");
        await holder.CheckAsync("[name=accepted]");
        await ShootAsync(holder, "story-1-form");
        await holder.ClickAsync("form button[type=submit]");
        await Expect(holder).ToHaveURLAsync(new Regex("/applications/[^/]+\\?new=1"));
        string id = Regex.Match(holder.Url, "/applications/([^/?]+)").Groups[1].Value;
        await holder.SetInputFilesAsync("input[type=file]", new FilePayload { Name = "id.png", MimeType = "image/png", Buffer = Journey.Paper });
        await holder.ClickAsync(".form.line button");
        await Expect(holder.Locator(".form.line .good")).ToHaveTextAsync("已上传");
        await holder.ClickAsync("form[action*=submission] button");
        await Expect(holder.Locator(".state")).ToContainTextAsync("待录入");
        await ShootAsync(holder, "story-2-submitted");

        // The entry clerk cannot vet; the vetter, another person, can.
        IPage clerk = await stage.StaffAsync("ra-entry-clerk");
        await clerk.GotoAsync("/desk/ra");
        await Journey.OpenAsync(clerk, "submitted", "苏点击");
        await Expect(clerk.Locator("#approve")).ToBeHiddenAsync();
        await ShootAsync(clerk, "story-3-entry");
        await clerk.ClickAsync("#enter");
        await Expect(clerk.Locator("#sign")).ToBeVisibleAsync();
        await ShootAsync(clerk, "story-4-sign");
        await clerk.ClickAsync("#sign-go");
        await Expect(clerk.Locator("#receipt")).ToContainTextAsync("苏点击");
        await clerk.ClickAsync("[data-queue=entered]");
        await Expect(clerk.Locator("#trouble")).ToBeVisibleAsync(); // the role may not, and the page says so in words

        IPage vetter = await stage.StaffAsync("ra-vetter");
        await vetter.GotoAsync("/desk/ra");
        await Journey.OpenAsync(vetter, "entered", "苏点击");
        foreach (ILocator check in await vetter.Locator("#checks li").AllAsync())
        {
            await check.Locator(".ok").CheckAsync();
            await check.Locator(".how").FillAsync("证件原件");
        }

        await ShootAsync(vetter, "story-5-vetting");
        await vetter.ClickAsync("#approve");
        await vetter.ClickAsync("#sign-go");
        await Expect(vetter.Locator("#receipt")).ToContainTextAsync("苏点击");

        // The code comes by mail; certificates and encryption key go into the token.
        await Expect(holder.Locator(".state")).ToContainTextAsync("待领取", new LocatorAssertionsToContainTextOptions { Timeout = 90_000 });
        await holder.ReloadAsync();
        await holder.FillAsync("#code", await Journey.CodeAsync(stage, "su@example.cn"));
        await holder.ClickAsync("form[data-agent=fetch] button");
        await Expect(holder.Locator(".state")).ToContainTextAsync("已接受", new LocatorAssertionsToContainTextOptions { Timeout = 90_000 });
        await ShootAsync(holder, "story-6-accepted");

        // Looked up, then revoked with the phrase.
        string serial = await holder.Locator("main code").First.InnerTextAsync();
        await holder.GotoAsync("/check?name=" + Uri.EscapeDataString("苏点击"));
        await Expect(holder.Locator(".card").First).ToContainTextAsync("有效");
        await holder.GotoAsync("/revoke?serial=" + serial);
        await holder.SelectOptionAsync("#reason", "KeyCompromise");
        await holder.FillAsync("#phrase", "点击也能撤销 2026");
        await holder.CheckAsync("[name=sure]");
        await holder.ClickAsync("button.danger");
        await Expect(holder.Locator(".note")).ToContainTextAsync(serial);
        await holder.GotoAsync($"/applications/{id}");
        await Expect(holder.Locator(".state")).ToContainTextAsync("已撤销", new LocatorAssertionsToContainTextOptions { Timeout = 90_000 });
        await ShootAsync(holder, "story-7-revoked");
    }

    private static Task<byte[]> ShootAsync(IPage page, string name) => page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(BrowserStage.Screenshots, name + ".png"), FullPage = true });
}
