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

/// <summary>The public pages without any room behind them: they stand by themselves.</summary>
public sealed partial class PageTests
{
    private static readonly FakeClock Clock = new();

    public static TheoryData<string> Paths => ["/", "/apply", "/check", "/repository", "/addresses", "/help", "/contact", "/statement", "/applications", "/revoke", "/verify", "/mine", "/recover", "/help/person"];

    public static TheoryData<string> DeskPaths =>
        ["/desk", "/desk/session", "/desk/ra", "/desk/batch", "/desk/cases", "/desk/search", "/desk/ca", "/desk/figures", "/desk/deeds", "/desk/profiles?a=km-root&b=person", "/desk/ceremonies", "/desk/kmc", "/desk/audit", "/desk/staff", "/desk/policy", "/desk/health", "/desk/registers", "/desk/archive", "/desk/statistics", "/desk/backups", "/desk/fees", "/desk/notices", "/desk/offices", "/desk/papers", "/desk/disclosures", "/desk/counter?type=person", "/desk/rooms", "/desk/delivery"];

    /// <summary>Every address that shows a page is looked at in a browser (tests/Hufu.EndToEnd.Tests/Browser): none is forgotten when one is added.</summary>
    [Fact]
    public async Task Every_page_there_is_stands_among_those_that_a_browser_looks_at()
    {
        Microsoft.AspNetCore.Routing.IEndpointRouteBuilder? map = null;
        await using var site = await TestSite.StartAsync(endpoints =>
        {
            new PortalModule(HostSettings.For("data", new Uri("http://127.0.0.1:9/")), SourceTree.Policy, Clock, new PortalOptions { Health = Good }).MapEndpoints(endpoints);
            map = endpoints;
        });
        var pages = map!.DataSources.SelectMany(source => source.Endpoints).OfType<Microsoft.AspNetCore.Routing.RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Routing.HttpMethodMetadata>()?.HttpMethods.Contains("GET") == true)
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/')).Where(path => !path.StartsWith("/assets/", StringComparison.Ordinal)).ToList();
        Assert.True(pages.Count > 40, string.Join(' ', pages));
        var looked = string.Concat(Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "tests/Hufu.EndToEnd.Tests/Browser"), "*.cs").Select(File.ReadAllText));

        // An address with a part that is data is looked at with some data in its place. Not pages of their own: a letter is a file, a recovery is where its form leads.
        string[] reached = ["/applications/{id}/letters/{notice}", "/recover/{id}"];
        var forgotten = pages.Except(reached).Where(path => !looked.Contains($"\"{path}\"", StringComparison.Ordinal) && !looked.Contains($"\"{path}?", StringComparison.Ordinal)
            && (!path.Contains('{', StringComparison.Ordinal) || !looked.Contains($"\"{path.Split('{')[0]}", StringComparison.Ordinal)));
        Assert.Empty(forgotten);
    }

    [Fact]
    public void Both_languages_have_the_same_words() => Assert.Equal(Words.Zh.Keys.Order(StringComparer.Ordinal), Words.En.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Every_act_of_policy_has_an_English_name()
    {
        Assert.Equal(SourceTree.Policy.Acts.Keys.Order(StringComparer.Ordinal), Words.ActsInEnglish.Keys.Order(StringComparer.Ordinal));
        Assert.All(Words.ActsInEnglish, name => Assert.Matches("^[A-Z][\\x20-\\x7e]{3,99}$", name.Value));
        Assert.Equal(Words.ActsInEnglish.Count, Words.ActsInEnglish.Values.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Every_string_of_a_page_comes_from_the_words()
    {
        // Outside @-expressions and comments a component has no Chinese but the mark, and no English sentence.
        foreach (var file in Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "src/Modules/Hufu.Portal"), "*.razor", SearchOption.AllDirectories))
        {
            var text = File.ReadAllText(file);
            var markup = text.Split("@code")[0].Replace("虎符", "", StringComparison.Ordinal);
            Assert.DoesNotMatch("[\u4e00-\u9fff]", text.Replace("虎符", "", StringComparison.Ordinal));
            Assert.DoesNotMatch(">[A-Z][a-z]+ [a-z]+", markup);
        }
    }

    [Fact]
    public void A_script_has_no_words_of_its_own()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "src/Modules/Hufu.Portal/Assets"), "*.js"))
        {
            var code = string.Join('\n', File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)).Select(line => line.Split(" // ")[0]))
                .Replace("[\\s,，、]", "", StringComparison.Ordinal).Replace("'、'", "", StringComparison.Ordinal).Replace("（", "", StringComparison.Ordinal).Replace("）", "", StringComparison.Ordinal);
            Assert.DoesNotMatch("[\u4e00-\u9fff]", code);
            Assert.DoesNotMatch("['\"`>][A-Z][a-z]+ [a-z]+", code);
        }
    }

    [Fact]
    public void Every_word_that_a_page_or_script_asks_for_is_there()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "src/Modules/Hufu.Portal"), "*.*", SearchOption.AllDirectories).Where(file => file.EndsWith(".razor", StringComparison.Ordinal) || file.EndsWith(".js", StringComparison.Ordinal)))
        {
            foreach (Match asked in AskedWord().Matches(File.ReadAllText(file)))
            {
                Assert.True(Words.Zh.Has(asked.Groups["word"].Value), $"{Path.GetFileName(file)} asks for '{asked.Groups["word"].Value}'");
            }
        }
    }

    /// <summary>docs/pages.csv says of every act that people do on which page it is done, or why on none; the page names the act in a form or in a script of its own.</summary>
    [Fact]
    public async Task Every_act_of_policy_is_done_on_a_page_or_has_a_reason()
    {
        var rows = File.ReadLines(Path.Combine(SourceTree.Root, "docs/pages.csv")).Skip(1).Select(line => line.Split(',', 3)).ToList();
        Assert.Equal(SourceTree.Policy.Acts.Keys.Order(StringComparer.Ordinal), rows.Select(row => row[0]).Order(StringComparer.Ordinal));
        var named = typeof(ActNames).GetFields().ToDictionary(field => (string)field.GetRawConstantValue()!, field => "ActNames." + field.Name);
        await using var site = await SiteAsync(Good);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in rows.Select(row => row[1]).Where(path => path.Length > 0).Distinct(StringComparer.Ordinal))
        {
            using var response = await site.Client.GetAsync(path, CancellationToken.None);
            var html = await response.Content.ReadAsStringAsync(CancellationToken.None);
            texts[path] = html + string.Concat(await Task.WhenAll(Parse(html).Descendants("script").Select(script => site.Client.GetStringAsync(script.Attribute("src")!.Value, CancellationToken.None))));
        }

        foreach (var (act, path, how) in rows.Select(row => (row[0], row[1], row[2].Trim('"'))))
        {
            // A page that shows the act once there is something to do it to; a page that reads in a session; a reason why there is none.
            var shown = how.StartsWith("shown with ", StringComparison.Ordinal) ? File.ReadAllText(Path.Combine(SourceTree.Root, "src/Modules/Hufu.Portal/Desk", how[11..] + ".razor")) : "";
            Assert.True(
                path.Length == 0 ? how.Length > 40
                : how.StartsWith("read in a session: ", StringComparison.Ordinal) ? texts[path].Contains(how[19..], StringComparison.Ordinal)
                : how.StartsWith("the room names it", StringComparison.Ordinal) ? texts[path].Contains(how.Split(": ")[1], StringComparison.Ordinal)
                : shown.Length > 0 ? Regex.IsMatch(shown, Regex.Escape(named[act]) + "\\b") || texts[path].Contains($"'{act}'", StringComparison.Ordinal)
                : how == "signed" && (texts[path].Contains($"data-act=\"{act}\"", StringComparison.Ordinal) || texts[path].Contains($"'{act}'", StringComparison.Ordinal)),
                $"{act} on {path}: {how}");
        }
    }

    [Theory, MemberData(nameof(Paths))]
    [Clause("6.2.1.1-a")]
    public async Task A_page_is_whole_in_both_languages(string path)
    {
        await using var site = await SiteAsync(Good);
        foreach (var (query, language) in new[] { ("", "zh-CN"), ("?lang=en", "en"), ("?lang=%3Cscript%3E", "zh-CN") })
        {
            using var response = await site.Client.GetAsync(path + query, CancellationToken.None);
            var html = await response.Content.ReadAsStringAsync(CancellationToken.None);
            Assert.True(response.IsSuccessStatusCode);
            Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
            var policy = response.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("style=", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotMatch("&#x[4-9][0-9A-Fa-f]{3};", html); // Chinese is sent as UTF-8
            Assert.True(html.Length < 100_000);
            var page = Parse(html);
            Assert.Equal(language, page.Root!.Attribute("lang")!.Value);
            Assert.All(page.Descendants("script"), script => Assert.StartsWith("/assets/", script.Attribute("src")!.Value, StringComparison.Ordinal));

            // Every label has its field, every page one first heading, and the switch leads to this page in the other language.
            var ids = page.Descendants().Attributes("id").Select(id => id.Value).ToHashSet();
            Assert.All(page.Descendants("label").Where(label => label.Attribute("for") is not null), label => Assert.Contains(label.Attribute("for")!.Value, ids));
            Assert.Single(page.Descendants("h1"));
            Assert.StartsWith(path, page.Descendants("a").Single(a => a.Attribute("hreflang") is not null).Attribute("href")!.Value, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(DeskPaths))]
    public async Task A_desk_page_is_whole_in_both_languages_without_any_room(string path)
    {
        await using var site = await SiteAsync(Good);
        foreach (var language in new[] { "", "lang=en" })
        {
            using var response = await site.Client.GetAsync(language.Length == 0 ? path : path + (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + language, CancellationToken.None);
            Assert.Contains((int)response.StatusCode, new[] { 200, 422 }); // 422: a room that is not there is told of
            var html = await response.Content.ReadAsStringAsync(CancellationToken.None);
            Assert.DoesNotContain("style=", html, StringComparison.OrdinalIgnoreCase);
            var page = Parse(html);
            Assert.Single(page.Descendants("h1"));
            Assert.Single(page.Descendants("a"), a => a.Attribute("aria-current")?.Value == "page");
            var ids = page.Descendants().Attributes("id").Select(id => id.Value).ToList();
            Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
            Assert.All(page.Descendants("label").Where(label => label.Attribute("for") is not null), label => Assert.Contains(label.Attribute("for")!.Value, ids));
        }
    }

    [Theory]
    [InlineData("P30D", "30 天", "30 days")]
    [InlineData("P5Y3M", "5 年 3 个月", "5 years 3 months")]
    [InlineData("PT8H", "8 小时", "8 h")]
    [InlineData("00:00", "00:00", "00:00")]
    [InlineData("P", "P", "P")]
    public void A_period_of_policy_is_said_as_people_say_it(string text, string zh, string en)
    {
        Assert.Equal(zh, Periods.Say(Words.Zh, text));
        Assert.Equal(en, Periods.Say(Words.En, text));
    }

    [Theory]
    [InlineData("the system says that nothing keeps its clock in step", "操作系统报告没有时间源校准时钟")]
    [InlineData("adjtimex is not allowed here", "操作系统没有报告时钟是否受校准")]
    [InlineData("kept in step by the system, at most 12 ms off; no server answers", "由操作系统校准，误差不超过 12 毫秒，时间服务器没有应答")]
    [InlineData("3 for publishing, 1 for ocsp", "待发 3 项（publishing），待发 1 项（ocsp）")]
    [InlineData("CRL 3, good until 2026-11-24 12:00", "第 3 号 CRL，有效至 2026-11-24 12:00")]
    [InlineData("2 waiting, the oldest for 7 minutes, 0 refused", "待发 2 项，最早的已等 7 分钟，被拒绝 0 项")]
    [InlineData("what nobody has said before, 3 for ocsp", "what nobody has said before, 3 for ocsp")]
    public void What_a_room_says_of_its_health_is_said_in_the_pages_language(string said, string zh)
    {
        Assert.Equal(zh, CheckWords.Say(Words.Zh, said));
        Assert.Matches("^[\\x20-\\x7e]+$", CheckWords.Say(Words.En, said));
    }

    [Fact]
    public async Task Links_of_an_English_page_stay_English()
    {
        await using var site = await SiteAsync(Good);
        var page = Parse(await site.Client.GetStringAsync("/?lang=en", CancellationToken.None));
        var links = page.Descendants("a").Where(a => a.Attribute("hreflang") is null).Select(a => a.Attribute("href")!.Value).Where(href => !href.StartsWith('#')).ToList();
        Assert.NotEmpty(links);
        Assert.All(links, href => Assert.Contains("lang=en", href, StringComparison.Ordinal));
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
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}"); // the rooms hang for a minute
            Assert.Equal(3, Regex.Count(html, "<strong class=\"warn\">暂时无法得知</strong>"));
        }
    }

    [Fact]
    public async Task A_form_from_another_site_is_refused()
    {
        await using var site = await SiteAsync(Good);
        foreach (var (header, value) in new[] { ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"), ("Origin", "https://evil.example"), ("Origin", "null") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/revoke") { Content = new FormUrlEncodedContent([KeyValuePair.Create("serial", "01"), KeyValuePair.Create("reason", "KeyCompromise"), KeyValuePair.Create("phrase", "x")]) };
            request.Headers.Add(header, value);
            using var response = await site.Client.SendAsync(request, CancellationToken.None);
            Assert.Equal(403, (int)response.StatusCode);
        }
    }

    [Fact]
    public async Task What_people_type_is_shown_as_text_and_never_as_markup()
    {
        await using var site = await SiteAsync(Good);
        using var response = await site.Client.GetAsync("/check?name=" + Uri.EscapeDataString("<img src=x onerror=alert(1)>\"'&"), CancellationToken.None);
        var html = await response.Content.ReadAsStringAsync(CancellationToken.None);
        Assert.DoesNotContain("<img src=x", html, StringComparison.Ordinal);
        Assert.Contains("&lt;img src=x onerror=alert(1)&gt;&quot;", html, StringComparison.Ordinal);
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
        new PortalModule(HostSettings.For("data", new Uri("http://127.0.0.1:9/")), SourceTree.Policy, Clock, new PortalOptions { Health = health }).MapEndpoints);

    // HTML's void elements stand without an end tag: closed here so that an XML reader can check that everything else is well formed.
    private static XDocument Parse(string html) => XDocument.Parse(BareAttribute().Replace(VoidElement().Replace(html, "<$1$2/>"), found => found.Groups[1].Success ? found.Value : $" {found.Groups[2].Value}=\"\""));

    [GeneratedRegex("<(meta|link|input|img|br|hr)((?:[^>\"/]|\"[^\"]*\")*)/?>")]
    private static partial Regex VoidElement();

    [GeneratedRegex("(?:W\\[\"(?<word>[A-Za-z0-9_]+)\"\\]|W\\.Format\\(\"(?<word>[A-Za-z0-9_]+)\"|say\\.(?<word>[A-Za-z0-9_]+)|format\\('(?<word>[A-Za-z0-9_]+)')")]
    private static partial Regex AskedWord();

    // Attributes that HTML writes without a value; what stands in quotes is passed over.
    [GeneratedRegex("(\"[^\"]*\")|\\s(selected|open|multiple|required|checked|readonly|hidden|disabled|value)(?=[\\s/>])")]
    private static partial Regex BareAttribute();

    [GeneratedRegex("href=\"(/assets/portal\\.css\\?v=[0-9a-f]{16})\"")]
    private static partial Regex StyleSheet();
}
