using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>A holder's certificates through their life: seen in words, renewed and given a new key with one signature, data corrected, revoked with the key.</summary>
[Collection(nameof(BrowserStage))]
public sealed class LifeTests(BrowserStage stage)
{
    [Fact]
    public async Task A_certificate_is_renewed_given_a_new_key_and_revoked_with_one_signature_each()
    {
        (IPage holder, string id, string signing, string encryption) = await Journey.IssuedAsync(stage, "江更新", "jiang@example.cn");

        // My certificates, the pair beside each other, with what can be done.
        await holder.GotoAsync("/mine");
        await holder.ClickAsync("#from-token button");
        ILocator card = holder.Locator(".card", new PageLocatorOptions { HasText = "江更新" });
        await Expect(card).ToContainTextAsync(signing);
        await Expect(card).ToContainTextAsync(encryption);
        await Expect(card).ToContainTextAsync("有效，还有 19 天");
        await BrowserStage.ShootAsync(holder, "mine-cards");

        // Data: what stands in the certificate is fixed, the rest is corrected, with history.
        await holder.GotoAsync($"/applications/{id}/data");
        Assert.False(await holder.Locator("#d-personName").IsEditableAsync());
        await holder.FillAsync("#d-phone", "not a telephone");
        await holder.ClickAsync("form button[type=submit]");
        await Expect(holder.Locator(".problem")).ToBeVisibleAsync();
        await holder.FillAsync("#d-phone", "13900139000");
        await holder.ClickAsync("form button[type=submit]");
        await Expect(holder.Locator(".note")).ToContainTextAsync("已更正");
        await Expect(holder.Locator("main table").First).ToContainTextAsync("13800138000");
        await BrowserStage.ShootAsync(holder, "data-corrected");

        // Renewal: the same key, one signature.
        await holder.GotoAsync("/renew?serial=" + signing);
        await holder.CheckAsync("[name=accepted]");
        await BrowserStage.ShootAsync(holder, "renew-form");
        await holder.ClickAsync("#by-token button");
        await Expect(holder).ToHaveURLAsync(new Regex("/applications/[^/]+\\?new=1"), new PageAssertionsToHaveURLOptions { Timeout = 90_000 });
        await SubmitIfAskedAsync(holder);
        await Journey.EnterAndVetAsync(stage, "江更新");
        await Journey.FetchAsync(stage, holder, "jiang@example.cn");
        string renewed = await holder.Locator("[data-live=state] code").First.InnerTextAsync();
        Assert.NotEqual(signing, renewed);

        // A new key, for which the old one vouches.
        await holder.GotoAsync("/renew?key=new&serial=" + renewed);
        await holder.CheckAsync("[name=accepted]");
        await holder.ClickAsync("#by-token button");
        await Expect(holder).ToHaveURLAsync(new Regex("/applications/[^/]+\\?new=1"), new PageAssertionsToHaveURLOptions { Timeout = 90_000 });
        await SubmitIfAskedAsync(holder);
        await Journey.EnterAndVetAsync(stage, "江更新");
        await Journey.FetchAsync(stage, holder, "jiang@example.cn");
        string rekeyed = await holder.Locator("[data-live=state] code").First.InnerTextAsync();

        // Revoked with the key itself; who has not said that they are sure is asked.
        await holder.GotoAsync("/revoke?serial=" + rekeyed);
        await holder.SelectOptionAsync("#reason", "CessationOfOperation");
        await holder.ClickAsync("#revoke-token button");
        await Expect(holder).ToHaveURLAsync(new Regex("serial="));
        await holder.CheckAsync("[name=sure]");
        await holder.ClickAsync("#revoke-token button");
        await Expect(holder.Locator(".note")).ToContainTextAsync(rekeyed, new LocatorAssertionsToContainTextOptions { Timeout = 90_000 });
    }

    [Fact]
    public async Task Without_script_a_file_shows_its_state_and_a_request_for_a_new_key_says_what_to_sign()
    {
        IPage page = await stage.PageAsync(script: false);
        await page.GotoAsync("/mine");
        await page.SetInputFilesAsync("#file", Directory.GetFiles(stage.Out, "renewed.cer", SearchOption.AllDirectories).Single());
        await page.ClickAsync("#mine button[type=submit]");
        await Expect(page.Locator(".card")).ToContainTextAsync("林持有");
        await page.GotoAsync("/mine");
        await page.SetInputFilesAsync("#file", new FilePayload { Name = "x.cer", MimeType = "application/pkix-cert", Buffer = "MZ no certificate"u8.ToArray() });
        await page.ClickAsync("#mine button[type=submit]");
        await Expect(page.Locator(".problem")).ToBeVisibleAsync();
    }

    // Papers that still count are taken over; then it waits for the clerk at once, otherwise the page asks.
    private static async Task SubmitIfAskedAsync(IPage holder)
    {
        await Expect(holder.Locator("footer")).ToBeVisibleAsync(); // the whole page is here
        if (await holder.Locator("form[action*=submission] button").CountAsync() > 0)
        {
            await holder.ClickAsync("form[action*=submission] button");
        }

        await Expect(holder.Locator(".state")).ToContainTextAsync("待录入");
    }
}
