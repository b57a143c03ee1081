using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>The main job clicked in a real browser: an applicant, an entry clerk and a vetter, each with their own token, and the holder again.</summary>
[Collection(nameof(BrowserStage))]
public sealed partial class StoryTests(BrowserStage stage)
{
    // The smallest PNG there is: one pixel.
    private static readonly byte[] Paper = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

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
        await holder.SetInputFilesAsync("input[type=file]", new FilePayload { Name = "id.png", MimeType = "image/png", Buffer = Paper });
        await holder.ClickAsync(".form.line button");
        await Expect(holder.Locator(".form.line .good")).ToHaveTextAsync("已上传");
        await holder.ClickAsync("form[action*=submission] button");
        await Expect(holder.Locator(".state")).ToContainTextAsync("待录入");
        await ShootAsync(holder, "story-2-submitted");

        // The entry clerk cannot vet; the vetter, another person, can.
        IPage clerk = await SignInAsync("23-ra-entry-clerk");
        await clerk.GotoAsync("/desk/ra");
        await OpenAsync(clerk, "submitted", "苏点击");
        await Expect(clerk.Locator("#approve")).ToBeHiddenAsync();
        await ShootAsync(clerk, "story-3-entry");
        await clerk.ClickAsync("#enter");
        await Expect(clerk.Locator("#sign")).ToBeVisibleAsync();
        await ShootAsync(clerk, "story-4-sign");
        await clerk.ClickAsync("#sign-go");
        await Expect(clerk.Locator("#receipt")).ToContainTextAsync("苏点击");
        await clerk.ClickAsync("[data-queue=entered]");
        await Expect(clerk.Locator("#trouble")).ToBeVisibleAsync(); // the role may not, and the page says so in words

        IPage vetter = await SignInAsync("24-ra-vetter");
        await vetter.GotoAsync("/desk/ra");
        await OpenAsync(vetter, "entered", "苏点击");
        foreach (ILocator check in await vetter.Locator("#checks li").AllAsync())
        {
            await check.Locator("[type=checkbox]").CheckAsync();
            await check.Locator(".how").FillAsync("证件原件");
        }

        await ShootAsync(vetter, "story-5-vetting");
        await vetter.ClickAsync("#approve");
        await vetter.ClickAsync("#sign-go");
        await Expect(vetter.Locator("#receipt")).ToContainTextAsync("苏点击");

        // The code comes by mail; certificates and encryption key go into the token.
        await Expect(holder.Locator(".state")).ToContainTextAsync("待领取", new LocatorAssertionsToContainTextOptions { Timeout = 40_000 });
        await holder.ReloadAsync();
        await holder.FillAsync("#code", await CodeAsync("su@example.cn"));
        await holder.ClickAsync("form[data-agent=fetch] button");
        await Expect(holder.Locator(".state")).ToContainTextAsync("已接受", new LocatorAssertionsToContainTextOptions { Timeout = 30_000 });
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
        await Expect(holder.Locator(".state")).ToContainTextAsync("已撤销", new LocatorAssertionsToContainTextOptions { Timeout = 40_000 });
        await ShootAsync(holder, "story-7-revoked");
    }

    private async Task<IPage> SignInAsync(string token)
    {
        IPage page = await stage.PageAsync();
        await page.GotoAsync("/desk");
        await page.Locator("#people button", new PageLocatorOptions { HasText = token }).ClickAsync();
        await Expect(page.Locator("#who")).Not.ToHaveTextAsync("尚未选择人员");
        return page;
    }

    private static async Task OpenAsync(IPage page, string queue, string title)
    {
        await page.ClickAsync($"[data-queue={queue}]");
        ILocator row = page.Locator("#queue tbody tr", new PageLocatorOptions { HasText = title });
        await Expect(row).ToBeVisibleAsync();
        await row.Locator("button").ClickAsync();
        await Expect(page.Locator("#file")).ToBeVisibleAsync();
        await Expect(page.Locator("#fields")).ToContainTextAsync(title);
        await Expect(page.Locator("#paper")).ToBeVisibleAsync();
    }

    private async Task<string> CodeAsync(string address)
    {
        for (int tries = 0; tries < 200; tries++)
        {
            foreach (string file in Directory.EnumerateFiles(Path.Combine(stage.Data, "mail"), "*", SearchOption.AllDirectories))
            {
                string mail = await File.ReadAllTextAsync(file);
                string text = mail.Contains("base64", StringComparison.OrdinalIgnoreCase) ? Decoded(mail) : mail;
                if (mail.Contains(address, StringComparison.Ordinal) && CodeLine().Match(text) is { Success: true } found)
                {
                    return found.Groups[1].Value;
                }
            }

            await Task.Delay(200);
        }

        throw new InvalidOperationException("No mail with a code came.");
    }

    private static string Decoded(string mail)
    {
        string body = mail[(mail.IndexOf("\r\n\r\n", StringComparison.Ordinal) is var at and >= 0 ? at : mail.IndexOf("\n\n", StringComparison.Ordinal))..];
        string base64 = string.Concat(body.Where(c => !char.IsWhiteSpace(c)));
        byte[] bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out int length) ? System.Text.Encoding.UTF8.GetString(bytes, 0, length) : mail;
    }

    private static Task<byte[]> ShootAsync(IPage page, string name) => page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(BrowserStage.Screenshots, name + ".png"), FullPage = true });

    [GeneratedRegex("^Code: (\\S+)", RegexOptions.Multiline)]
    private static partial Regex CodeLine();
}
