using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>Verification by anybody: a file is dropped on the page or sent by a form without script; the verdict comes first, every check after it, and the report can be kept signed.</summary>
[Collection(nameof(BrowserStage))]
public sealed class VerifyTests(BrowserStage stage)
{
    private string Root => Directory.GetFiles(stage.Out, "*.cer", SearchOption.AllDirectories).First(file => Path.GetFileName(file) == "renewed.cer");

    [Fact]
    public async Task A_certificate_is_verified_without_script_and_another_file_is_not_relied_on()
    {
        IPage page = await stage.PageAsync(script: false);
        await page.GotoAsync("/verify");
        await page.SetInputFilesAsync("#file", Root);
        await page.ClickAsync("#verify button[type=submit]");
        await Expect(page.Locator("#verdict h2")).ToHaveTextAsync("可以信任");
        await Expect(page.Locator(".chain li")).ToHaveCountAsync(3);
        await Expect(page.Locator("#verdict a[download$='.p7m']")).ToHaveCountAsync(1);
        await BrowserStage.ShootAsync(page, "verified-good");

        await page.GotoAsync("/verify?lang=en");
        byte[] changed = await File.ReadAllBytesAsync(Root, TestContext.Current.CancellationToken);
        changed[^1] ^= 1; // the signature
        await page.SetInputFilesAsync("#file", new FilePayload { Name = "changed.cer", MimeType = "application/pkix-cert", Buffer = changed });
        await page.ClickAsync("#verify button[type=submit]");
        await Expect(page.Locator("#verdict h2")).ToHaveTextAsync("Do not rely on it");
        await Expect(page.Locator("#verdict td.bad").First).ToHaveTextAsync("failed");
        await BrowserStage.ShootAsync(page, "verified-bad");

        await page.SetInputFilesAsync("#file", new FilePayload { Name = "x.pdf", MimeType = "application/pdf", Buffer = "<script>alert(1)</script>"u8.ToArray() });
        await page.ClickAsync("#verify button[type=submit]");
        await Expect(page.Locator("#verdict h2, .problem").First).ToBeVisibleAsync();
        await Expect(page.Locator("#verdict h2")).Not.ToHaveTextAsync("It may be relied on");
    }

    [Fact]
    public async Task A_file_is_verified_by_dropping_it_on_the_page()
    {
        IPage page = await stage.PageAsync();
        await page.GotoAsync("/verify");
        string base64 = Convert.ToBase64String(await File.ReadAllBytesAsync(Root, TestContext.Current.CancellationToken));
        await page.EvaluateAsync(
            """
            base64 => {
              const data = new DataTransfer();
              data.items.add(new File([Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))], 'dropped.cer'));
              document.querySelector('main').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
            }
            """,
            base64);
        await Expect(page.Locator("#verdict h2")).ToHaveTextAsync("可以信任");
        await Expect(page).ToHaveURLAsync(new Regex("/verify$"));
    }
}
