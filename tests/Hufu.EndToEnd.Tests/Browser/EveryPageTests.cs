using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>Every page, both languages, two widths: pictures kept as build output, no mistake in the console, nothing from elsewhere, no serious finding of axe-core.</summary>
[Collection(nameof(BrowserStage))]
public sealed class EveryPageTests(BrowserStage stage)
{
    public static TheoryData<string> Paths =>
        ["/", "/apply", "/apply/organisation", "/apply/person", "/applications", "/check", "/check?name=x", "/repository", "/addresses", "/help", "/contact", "/statement", "/agreement", "/revoke", "/apply/draft/none", "/desk", "/desk/ra", "/desk/batch", "/desk/session", "/desk/ca", "/desk/kmc", "/desk/audit", "/desk/policy", "/mine", "/renew", "/renew?key=new", "/recover", "/verify", "/help/person", "/desk/search", "/desk/cases", "/desk/figures", "/desk/deeds", "/desk/profiles?a=person&b=person-trial", "/desk/ceremonies", "/desk/staff", "/desk/health", "/desk/registers", "/desk/archive", "/desk/statistics", "/desk/backups", "/desk/fees", "/desk/notices", "/desk/offices", "/desk/papers", "/desk/disclosures", "/desk/counter?type=person", "/desk/rooms", "/desk/delivery"];

    [Theory, MemberData(nameof(Paths))]
    public Task A_page_looks_right_and_loads_nothing_from_elsewhere(string path) =>
        Task.WhenAll(BrowserStage.Looks.Select(look => LooksRightAsync(path, look.Language, look.Width)));

    private async Task LooksRightAsync(string path, string language, int width)
    {
        IPage page = await stage.PageAsync(width);
        ConcurrentQueue<string> wrong = [];
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                wrong.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => wrong.Enqueue(error);
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url) is { Scheme: "http" or "https" } at && at.Authority != stage.Address.Authority && at.Authority != "127.0.0.1:17880")
            {
                wrong.Enqueue("asked " + request.Url);
            }
        };
        string address = In(path, language);
        await page.GotoAsync(address);
        string name = (path.Trim('/').Replace('/', '-').Replace("?", "-", StringComparison.Ordinal).Replace("=", "-", StringComparison.Ordinal).Replace("&", "-", StringComparison.Ordinal) is { Length: > 0 } plain ? plain : "home") + $"-{language}-{width}";
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(BrowserStage.Screenshots, name + ".png"), FullPage = true });
        Assert.Empty(wrong);

        // Nothing is wider than the window.
        int over = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(over <= 0, $"{address} at {width}: {over} pixels too wide");
        Assert.Equal("", await stage.AxeAsync(page) ?? "");
        await page.Context.DisposeAsync();
    }

    [Fact]
    public async Task Axe_is_at_hand_and_finds_what_is_wrong()
    {
        Assert.SkipUnless(BrowserStage.HasAxe, "axe-core is not here: ./test installs it with npm; without a registry no page is checked by it.");
        IPage page = await stage.PageAsync();
        await page.GotoAsync("/");
        await page.EvaluateAsync("() => document.querySelector('main').append(document.createElement('input'), document.createElement('button'))");
        Assert.Matches("(?s)button-name.*label|label.*button-name", await stage.AxeAsync(page) ?? "");
        await page.Context.DisposeAsync();
    }

    private static string In(string path, string language) =>
        language == "zh" ? path : path + (path.Contains('?', StringComparison.Ordinal) ? "&lang=en" : "?lang=en");

    [Fact]
    public async Task The_first_page_is_under_100_KB_in_all_and_needs_no_script()
    {
        IPage page = await stage.PageAsync(script: false);
        long bytes = 0;
        page.Response += async (_, response) => Interlocked.Add(ref bytes, (await response.BodyAsync()).Length);
        await page.GotoAsync("/", new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
        Assert.InRange(bytes, 1, 100_000);
        Assert.Equal(3, await page.Locator(".doors a").CountAsync());
    }
}
