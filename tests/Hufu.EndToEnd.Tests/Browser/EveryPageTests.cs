using System.Text.Json;
using Hufu.EndToEnd.Tests.Running;
using Microsoft.Playwright;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>Every page, both languages, two widths: pictures kept as build output, no mistake in the console, nothing from elsewhere, no serious finding of axe-core.</summary>
[Collection(nameof(BrowserStage))]
public sealed class EveryPageTests(BrowserStage stage)
{
    public static TheoryData<string> Paths =>
        ["/", "/apply", "/apply/organisation", "/apply/person", "/applications", "/check", "/check?name=x", "/repository", "/addresses", "/help", "/contact", "/statement", "/agreement", "/revoke", "/desk", "/desk/ra", "/desk/batch", "/desk/session", "/desk/ca", "/desk/kmc", "/desk/audit", "/desk/policy", "/mine", "/renew", "/renew?key=new", "/recover", "/verify", "/help/person", "/desk/search", "/desk/cases", "/desk/figures", "/desk/deeds", "/desk/profiles?a=person&b=person-trial", "/desk/ceremonies", "/desk/staff", "/desk/health", "/desk/registers", "/desk/archive", "/desk/statistics", "/desk/backups"];

    [Theory, MemberData(nameof(Paths))]
    public async Task A_page_looks_right_and_loads_nothing_from_elsewhere(string path)
    {
        foreach ((string language, int width) in new[] { ("zh", 1300), ("zh", 390), ("en", 1300), ("en", 390) })
        {
            IPage page = await stage.PageAsync(width);
            List<string> wrong = [];
            page.Console += (_, message) =>
            {
                if (message.Type == "error")
                {
                    wrong.Add(message.Text);
                }
            };
            page.PageError += (_, error) => wrong.Add(error);
            page.Request += (_, request) =>
            {
                if (new Uri(request.Url) is { Scheme: "http" or "https" } at && at.Authority != stage.Address.Authority && at.Authority != "127.0.0.1:17880")
                {
                    wrong.Add("asked " + request.Url);
                }
            };
            string address = language == "zh" ? path : path + (path.Contains('?', StringComparison.Ordinal) ? "&lang=en" : "?lang=en");
            await page.GotoAsync(address);
            string name = (path.Trim('/').Replace('/', '-').Replace("?", "-", StringComparison.Ordinal).Replace("=", "-", StringComparison.Ordinal).Replace("&", "-", StringComparison.Ordinal) is { Length: > 0 } plain ? plain : "home") + $"-{language}-{width}";
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(BrowserStage.Screenshots, name + ".png"), FullPage = true });
            Assert.Empty(wrong);

            // Nothing is wider than the window.
            int over = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(over <= 0, $"{address} at {width}: {over} pixels too wide");
            await page.Context.DisposeAsync();
        }
    }

    [Theory, MemberData(nameof(Paths))]
    public async Task Axe_finds_nothing_serious(string path)
    {
        string axe = Tree.At("artifacts", "npm", "node_modules", "axe-core", "axe.min.js");
        Assert.SkipUnless(File.Exists(axe), "axe-core is not here: ./test installs it with npm; without a registry this check cannot run.");
        foreach (string language in new[] { "", "lang=en" })
        {
            IPage page = await stage.PageAsync();
            await page.Context.RouteAsync("**/*", static async route =>
            {
                // Only for this check: axe is put into the page, which the page's own policy forbids.
                IAPIResponse response = await route.FetchAsync();
                Dictionary<string, string> headers = response.Headers.Where(header => header.Key != "content-security-policy").ToDictionary();
                await route.FulfillAsync(new RouteFulfillOptions { Response = response, Headers = headers });
            });
            await page.GotoAsync(path + (language.Length == 0 ? "" : (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + language));
            await page.AddScriptTagAsync(new PageAddScriptTagOptions { Path = axe });
            JsonElement? result = await page.EvaluateAsync("async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })).violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' | ')).join('\\n')");
            Assert.Equal("", result?.GetString());
            await page.Context.DisposeAsync();
        }
    }

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
