using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Portal;
using Hufu.Portal.Rendering;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Portal;

public sealed partial class PageTests
{
    private static readonly FakeClock Clock = new();

    [Fact]
    public void Both_languages_have_the_same_words() => Assert.Equal(Words.Zh.Keys.Order(StringComparer.Ordinal), Words.En.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("/", "zh-CN", "申请证书")]
    [InlineData("/?lang=zh", "zh-CN", "查询与验证")]
    [InlineData("/?lang=en", "en", "Root certificate and CRLs")]
    [InlineData("/?lang=%3Cscript%3E", "zh-CN", "下载根证书与 CRL")]
    public async Task The_page_is_whole_in_both_languages(string path, string language, string door)
    {
        await using var site = await SiteAsync(Good);
        using var response = await site.Client.GetAsync(path, CancellationToken.None);
        var html = await response.Content.ReadAsStringAsync(CancellationToken.None);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("style-src 'self'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("style=", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch("&#", html);
        Assert.DoesNotContain("{{", html, StringComparison.Ordinal);
        var page = XDocument.Parse(html);
        Assert.Equal(language, page.Root!.Attribute("lang")!.Value);
        Assert.Contains(door, html, StringComparison.Ordinal);
        Assert.Contains("http://127.0.0.1:8080/ocsp", html, StringComparison.Ordinal);

        // Every anchor leads somewhere on the page, every label to its field.
        var ids = page.Descendants().Attributes("id").Select(id => id.Value).ToHashSet();
        Assert.All(page.Descendants("a").Select(a => a.Attribute("href")!.Value).Where(href => href.StartsWith('#')), href => Assert.Contains(href[1..], ids));
        Assert.All(page.Descendants("label"), label => Assert.Contains(label.Attribute("for")!.Value, ids));
    }

    [Fact]
    public async Task The_strip_says_what_is_up_and_how_old_the_CRL_is()
    {
        await using (var site = await SiteAsync(Good))
        {
            var html = await site.Client.GetStringAsync("/", CancellationToken.None);
            Assert.Contains("签发于今天 00:00，14 小时前", html, StringComparison.Ordinal);
            Assert.Contains("title=\"2026-11-21 16:00:00 UTC\"", html, StringComparison.Ordinal);
            Assert.Equal(3, Regex.Count(html, "<strong class=\"good\">正常</strong>"));
            Assert.Contains("signed today 00:00, 14 h ago", await site.Client.GetStringAsync("/?lang=en", CancellationToken.None), StringComparison.Ordinal);
        }

        await using (var site = await SiteAsync(_ => Task.FromResult(new HealthReport(false, [Room(Rooms.Ocsp, false), Room(Rooms.Tsa, true, "database")]))))
        {
            var html = await site.Client.GetStringAsync("/", CancellationToken.None);
            Assert.Equal(1, Regex.Count(html, "<strong class=\"bad\">异常</strong>"));
            Assert.Equal(2, Regex.Count(html, "<strong class=\"warn\">尚未就绪</strong>"));
        }
    }

    [Fact]
    public async Task The_page_is_there_when_rooms_hang_or_fail()
    {
        foreach (var health in new Func<CancellationToken, Task<HealthReport>>[] { async ct => { await Task.Delay(60_000, ct); throw new TimeoutException(); }, _ => throw new InvalidOperationException() })
        {
            await using var site = await SiteAsync(health);
            var watch = Stopwatch.StartNew();
            var html = await site.Client.GetStringAsync("/", CancellationToken.None);
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{watch.Elapsed}");
            Assert.Equal(3, Regex.Count(html, "<strong class=\"warn\">暂时无法得知</strong>"));
        }
    }

    [Fact]
    public async Task The_style_sheet_keeps_colours_and_sizes_in_its_tokens()
    {
        await using var site = await SiteAsync(Good);
        var html = await site.Client.GetStringAsync("/", CancellationToken.None);
        var address = StyleSheet().Match(html).Groups[1].Value;
        using var response = await site.Client.GetAsync(address, CancellationToken.None);
        Assert.Equal("text/css", response.Content.Headers.ContentType?.MediaType);
        var css = await response.Content.ReadAsStringAsync(CancellationToken.None);
        var rules = css[css.IndexOf("/* End of tokens. */", StringComparison.Ordinal)..];
        Assert.DoesNotMatch("#[0-9a-fA-F]{3,8}\\b", rules);
        Assert.DoesNotMatch("rgb|hsl", rules);
        Assert.DoesNotMatch("[0-9]px", rules);
        using var seal = await site.Client.GetAsync("/assets/seal.svg", CancellationToken.None);
        Assert.Equal("image/svg+xml", seal.Content.Headers.ContentType?.MediaType);
    }

    private static Task<HealthReport> Good(CancellationToken ct) => Task.FromResult(new HealthReport(
        true,
        [
            Room(Rooms.Ocsp, true), Room(Rooms.Tsa, true),
            new RoomHealth(Rooms.Publishing, true, [new RoomCheck("crl-age", true, "CRL 3", new DateTimeOffset(2026, 11, 21, 16, 0, 0, TimeSpan.Zero))]),
        ]));

    private static RoomHealth Room(string name, bool healthy, string check = "certificates") => new(name, healthy, [new RoomCheck(check, healthy, "")]);

    private static Task<TestSite> SiteAsync(Func<CancellationToken, Task<HealthReport>> health) => TestSite.StartAsync(
        new PortalModule(HostSettings.For("data", new Uri("http://127.0.0.1:8080/")), SourceTree.Policy, Clock, new PortalOptions { Health = health }).MapEndpoints);

    [GeneratedRegex("href=\"(/assets/portal\\.css\\?v=[0-9a-f]{16})\"")]
    private static partial Regex StyleSheet();
}
