using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>What the stories have in common, clicked: a person applies, two people of the registration authority issue, the holder fetches into the token.</summary>
internal static partial class Journey
{
    /// <summary>The smallest PNG there is: one pixel.</summary>
    public static readonly byte[] Paper = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    private static readonly LocatorAssertionsToContainTextOptions Long = new() { Timeout = 90_000 };

    /// <summary>A trial certificate (20 days, renewable at once) from the form to the token; the page shows the accepted application.</summary>
    public static async Task<(IPage Page, string Application, string Signing, string Encryption)> IssuedAsync(BrowserStage stage, string name, string mail)
    {
        (IPage holder, string id) = await AppliedAsync(stage, name, mail);
        await EnterAndVetAsync(stage, name);
        await FetchAsync(stage, holder, mail);
        return (holder, id, await holder.Locator("[data-live=state] code").Nth(0).InnerTextAsync(), await holder.Locator("[data-live=state] code").Nth(1).InnerTextAsync());
    }

    /// <summary>A person applies for a certificate, a trial one unless another is named, hands in the paper and submits.</summary>
    public static async Task<(IPage Page, string Application)> AppliedAsync(BrowserStage stage, string name, string mail, string profile = "person-trial")
    {
        IPage holder = await stage.PageAsync();
        await holder.GotoAsync("/apply/" + profile);
        await holder.FillAsync("[name='field.personName']", name);
        await holder.FillAsync("[name='field.identityNumber']", "110101199003074717");
        await holder.FillAsync("[name='field.phone']", "13800138000");
        await holder.FillAsync("[name='field.email']", mail);
        await holder.ClickAsync("[data-agent=request] button");
        await Expect(holder.Locator("#request")).ToHaveValueAsync(new Regex("BEGIN CERTIFICATE REQUEST"));
        await holder.FillAsync("#phrase", "点击也能撤销 2026");
        await holder.CheckAsync("[name=accepted]");
        await holder.ClickAsync("form button[type=submit]");
        await Expect(holder).ToHaveURLAsync(new Regex("/applications/[^/]+\\?new=1"));
        string id = Regex.Match(holder.Url, "/applications/([^/?]+)").Groups[1].Value;
        await holder.SetInputFilesAsync("input[type=file]", new FilePayload { Name = "id.png", MimeType = "image/png", Buffer = Paper });
        await holder.ClickAsync(".form.line button");
        await holder.ClickAsync("form[action*=submission] button");
        await Expect(holder.Locator(".state")).ToContainTextAsync("待录入");
        return (holder, id);
    }

    /// <summary>Two people of the registration authority enter and approve an application.</summary>
    public static async Task EnterAndVetAsync(BrowserStage stage, string name)
    {
        await EnterAsync(stage, name);
        IPage vetter = await stage.StaffAsync("ra-vetter", "/desk/ra");
        await OpenAsync(vetter, "entered", name);
        await VetAsync(vetter, name);
        await vetter.Context.DisposeAsync();
    }

    /// <summary>The clerk enters.</summary>
    public static async Task EnterAsync(BrowserStage stage, string name)
    {
        IPage clerk = await stage.StaffAsync("ra-entry-clerk", "/desk/ra");
        await OpenAsync(clerk, "submitted", name);
        await clerk.ClickAsync("#enter");
        await clerk.ClickAsync("#sign-go");
        await Expect(clerk.Locator("#receipt")).ToContainTextAsync(name);
        await clerk.Context.DisposeAsync();
    }

    /// <summary>Everything on the list passed; approved and signed.</summary>
    public static async Task VetAsync(IPage vetter, string name)
    {
        foreach (ILocator check in await vetter.Locator("#checks li").AllAsync())
        {
            await check.Locator(".ok").CheckAsync();
            await check.Locator(".how").FillAsync("证件原件");
        }

        await vetter.ClickAsync("#approve");
        await vetter.ClickAsync("#sign-go");
        await Expect(vetter.Locator("#receipt")).ToContainTextAsync(name);
    }

    /// <summary>The code comes by mail; certificates and encryption key go into the token.</summary>
    public static async Task FetchAsync(BrowserStage stage, IPage holder, string mail)
    {
        await Expect(holder.Locator(".state")).ToContainTextAsync("待领取", Long);
        await holder.ReloadAsync();
        await holder.FillAsync("#code", await CodeAsync(stage, mail));
        await holder.ClickAsync("form[data-agent=fetch] button");
        await Expect(holder.Locator(".state")).ToContainTextAsync("已接受", Long);
    }

    /// <summary>Opens a row of a registration queue.</summary>
    public static async Task OpenAsync(IPage page, string queue, string title)
    {
        await page.ClickAsync($"[data-queue={queue}]");
        await (await RowAsync(page, title)).Locator("button").First.ClickAsync();
        await Expect(page.Locator("#file")).ToBeVisibleAsync();
        await Expect(page.Locator("#fields")).ToContainTextAsync(title);
        await Expect(page.Locator("#paper")).ToBeVisibleAsync();
    }

    /// <summary>The row of a registration queue that is open, on whichever page it stands: fifty applications of another test may be due before it.</summary>
    public static async Task<ILocator> RowAsync(IPage page, string title)
    {
        ILocator row = page.Locator("#queue tbody tr", new PageLocatorOptions { HasText = title });
        while (true)
        {
            await Expect(page.Locator("#queue[aria-busy=false]")).ToBeVisibleAsync();
            if (await row.CountAsync() > 0 || !await page.Locator("#next").IsVisibleAsync())
            {
                await Expect(row.First).ToBeVisibleAsync();
                return row;
            }

            await page.ClickAsync("#next");
        }
    }

    /// <summary>The newest one-time code that was mailed to an address and not read before; waits a minute and a half at most.</summary>
    public static async Task<string> CodeAsync(BrowserStage stage, string address)
    {
        for (int tries = 0; tries < 450; tries++)
        {
            foreach (FileInfo file in new DirectoryInfo(Path.Combine(stage.Data, "mail")).EnumerateFiles("*", SearchOption.AllDirectories).OrderByDescending(file => file.LastWriteTimeUtc))
            {
                string mail = await File.ReadAllTextAsync(file.FullName);
                string text = mail.Contains("base64", StringComparison.OrdinalIgnoreCase) ? Decoded(mail) : mail;
                if (mail.Contains(address, StringComparison.Ordinal) && CodeLine().Match(text) is { Success: true } found && stage.Codes.Add(found.Groups[1].Value))
                {
                    return found.Groups[1].Value;
                }
            }

            await Task.Delay(200);
        }

        throw new InvalidOperationException($"No mail with a new code came to {address} within 90 seconds.");
    }

    private static string Decoded(string mail)
    {
        string body = mail[(mail.IndexOf("\r\n\r\n", StringComparison.Ordinal) is var at and >= 0 ? at : mail.IndexOf("\n\n", StringComparison.Ordinal))..];
        string base64 = string.Concat(body.Where(c => !char.IsWhiteSpace(c)));
        byte[] bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out int length) ? System.Text.Encoding.UTF8.GetString(bytes, 0, length) : mail;
    }

    [GeneratedRegex("^Code: (\\S+)", RegexOptions.Multiline)]
    private static partial Regex CodeLine();
}
