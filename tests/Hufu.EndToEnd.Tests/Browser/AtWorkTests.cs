using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>
/// Pages as they are while somebody works on them, with their data: both languages, two widths, pictures kept as build output; nothing wider than the window, no label in the other language, no serious finding of axe-core.
/// </summary>
[Collection(nameof(BrowserStage))]
public sealed class AtWorkTests(BrowserStage stage)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Long = new() { Timeout = 90_000 };

    // Who, where, what they have done there; the room that they are signed in to, if the page reads in a session.
    private static readonly Dictionary<string, (string Role, string Path, Func<IPage, Task> Work, string? Room)> Desks = new()
    {
        ["who"] = ("ra-vetter", "/desk", async page => await Expect(page.Locator("#people button").First).ToBeVisibleAsync(), null),
        ["ra-entry"] = ("ra-entry-clerk", "/desk/ra", page => OpenAsync(page, "submitted"), null),
        ["ra-vetting"] = ("ra-vetter", "/desk/ra", page => OpenAsync(page, "entered"), null),
        ["batch"] = ("ra-entry-clerk", "/desk/batch", _ => Task.CompletedTask, null),
        ["cases"] = ("ra-entry-clerk", "/desk/cases", page => page.ClickAsync("button[data-state=entered]"), null),
        ["counter"] = ("ra-entry-clerk", "/desk/counter?type=organisation", _ => Task.CompletedTask, null),
        ["papers"] = ("ra-vetter", "/desk/papers", page => ListAsync(page, "proposed"), null),
        ["fees"] = ("ra-vetter", "/desk/fees", page => ListAsync(page, "due"), null),
        ["disclosures"] = ("ra-vetter", "/desk/disclosures", page => ListAsync(page, "entered"), null),
        ["offices"] = ("ra-business-administrator", "/desk/offices", async page => { await page.ClickAsync("#ask button"); await Expect(page.Locator("#placed tbody tr").First).ToBeVisibleAsync(); }, null),
        ["search"] = ("ra-entry-clerk", "/desk/search", SearchAsync, null),
        ["statistics"] = ("ra-vetter", "/desk/statistics", async page => await Expect(page.Locator("#figures figure").First).ToBeVisibleAsync(Long), null),
        ["registers"] = ("ra-business-administrator", "/desk/registers", ReadAsync, null),
        ["archive"] = ("ra-business-administrator", "/desk/archive", async page => { await page.ClickAsync("#read"); await Expect(page.Locator("#classes tbody tr").First).ToBeVisibleAsync(); }, null),
        ["audit"] = ("ra-auditor", "/desk/audit", AuditAsync, "ra"),
        ["ca"] = ("ca-operator", "/desk/ca", _ => Task.CompletedTask, null),
        ["figures"] = ("ca-auditor", "/desk/figures", async page => await Expect(page.Locator("#figures figure").First).ToBeVisibleAsync(Long), null),
        ["deeds"] = ("ca-business-administrator", "/desk/deeds", page => BrowserStage.UnfoldAsync(page.Locator("details summary").First), null),
        ["profiles"] = ("ca-operator", "/desk/profiles?a=person&b=person-trial", _ => Task.CompletedTask, null),
        ["ceremonies"] = ("ca-operator", "/desk/ceremonies", async page => await Expect(page.Locator("#key-backups tbody tr").First).ToBeVisibleAsync(), "ca"),
        ["delivery"] = ("ra-entry-clerk", "/desk/delivery", DeliveryAsync, null),
        ["kmc"] = ("kmc-operator", "/desk/kmc", async page => { await page.ClickAsync("[data-cases=recovery]"); await Expect(page.Locator("[data-cases=recovery]")).ToHaveAttributeAsync("aria-pressed", "true"); }, null),
        ["staff"] = ("ra-business-administrator", "/desk/staff", StaffAsync, "ra"),
        ["session"] = ("ra-business-administrator", "/desk/session", SessionAsync, null),
        ["policy"] = ("ca-operator", "/desk/policy", _ => Task.CompletedTask, null),
        ["policy-found"] = ("ca-operator", "/desk/policy?q=crl", _ => Task.CompletedTask, null),
        ["backups"] = ("ca-business-administrator", "/desk/backups", BackupsAsync, "ca"),
        ["rooms"] = ("ca-business-administrator", "/desk/rooms", RoomsAsync, null),
        ["health"] = ("ca-operator", "/desk/health", _ => Task.CompletedTask, null),
    };

    public static TheoryData<string> Names => [.. Desks.Keys];

    [Theory, MemberData(nameof(Names))]
    public async Task A_desk_at_work_looks_right_in_both_languages_and_widths(string name)
    {
        (string role, string path, Func<IPage, Task> work, string? room) = Desks[name];
        if (name is "ra-entry" or "ra-vetting")
        {
            string person = name == "ra-entry" ? "谭待录" : "谭待审";
            await Journey.AppliedAsync(stage, person, "tan@example.cn");
            if (name == "ra-vetting")
            {
                await Journey.EnterAsync(stage, person);
            }
        }

        if (name == "backups")
        {
            Keep();
        }

        IPage page = await stage.StaffAsync(role);
        if (room is not null)
        {
            await BrowserStage.SignInAsync(page, room, role);
        }

        await LookAsync(page, "work-" + name, path, work);
    }

    [Fact]
    public async Task A_holders_pages_look_right_with_their_data()
    {
        (IPage issued, string id, string signing, string encryption) = await Journey.IssuedAsync(stage, "尤持有", "you@example.cn");
        foreach ((string name, string path) in new[] { ("accepted", "/applications/" + id), ("data", $"/applications/{id}/data"), ("renew", "/renew?serial=" + signing), ("rekey", "/renew?key=new&serial=" + signing), ("revoke", "/revoke?serial=" + signing), ("recover", "/recover?serial=" + encryption), ("check", "/check?serial=" + signing) })
        {
            await LookAsync(issued, "holder-" + name, path, _ => Task.CompletedTask);
        }

        await LookAsync(issued, "holder-mine", "/mine", async page => { await page.ClickAsync("#from-token button"); await Expect(page.Locator(".card").First).ToBeVisibleAsync(); });

        // The holder sees by role and purpose who had the data before them.
        await issued.GotoAsync($"/applications/{id}/data");
        await Expect(issued.Locator("#looks tbody tr", new PageLocatorOptions { HasText = "审核员" }).First).ToBeVisibleAsync();
        await Expect(issued.Locator("#looks")).Not.ToContainTextAsync("褚审核"); // nobody's name

    }

    private async Task LookAsync(IPage page, string name, string path, Func<IPage, Task> work)
    {
        foreach ((string language, int width) in BrowserStage.Looks)
        {
            await page.SetViewportSizeAsync(width, 1000);
            await page.GotoAsync(language == "zh" ? path : path + (path.Contains('?', StringComparison.Ordinal) ? "&lang=en" : "?lang=en"));
            await work(page);
            string at = $"{name}-{language}-{width}";
            await BrowserStage.ShootAsync(page, at);
            if (await page.Locator("#trouble").CountAsync() > 0)
            {
                await Expect(page.Locator("#trouble")).ToBeHiddenAsync();
            }

            int over = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(over <= 0, $"{at}: {over} pixels too wide");
            Assert.Equal("", await page.EvaluateAsync<string>(Foreign, language));
            if ((language, width) is ("zh", 1300) or ("en", 390))
            {
                Assert.Equal("", await stage.AxeAsync(page) ?? "");
            }
        }
    }

    // Labels, headings, buttons of acts: in the page's language. What people or policy files have written is data, not label.
    private const string Foreign = """
        language => [...document.querySelectorAll('h1, h2, h3, label, thead th, legend, .lead, figcaption, dt, nav a, .group, form button, .tabs button, #rights td, #classes td, summary')]
          .filter(one => one.checkVisibility() && !one.closest('#cases, #people, .viewer, #papers, #file-title, .diff, .card h2, .card h3, .transcript') && one.id !== 'file-title')
          .map(one => one.textContent.trim())
          .filter(text => language === 'en' ? /[\u4e00-\u9fff]/.test(text.replaceAll('虎符', '').replaceAll('中文', '')) : /[A-Za-z]{3,} [a-z]{3,}/.test(text))
          .slice(0, 5).join(' | ')
        """;

    private static async Task OpenAsync(IPage page, string queue)
    {
        await page.ClickAsync($"[data-queue={queue}]");
        await (await Journey.RowAsync(page, queue == "submitted" ? "谭待录" : "谭待审")).Locator("button").First.ClickAsync();
        await Expect(page.Locator("#file")).ToBeVisibleAsync();
        await Expect(page.Locator("#paper")).ToBeVisibleAsync();
    }

    // What `hufu backup` and `hufu restore --drill --record` write down: a backup a day for thirty days, a drill that failed and one that did not.
    private void Keep()
    {
        string At(int days) => TimeProvider.System.GetUtcNow().AddDays(-days).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        static string Line(object line) => JsonSerializer.Serialize(line, JsonSerializerOptions.Web);
        File.WriteAllLines(Path.Combine(stage.Data, "backups.jsonl"), Enumerable.Range(1, 30).Reverse().Select(days => days % 7 == 0
            ? Line(new { id = $"b{days:00}", at = At(days), file = "/backup", bytes = 1_234_567L * days, offsite = true, records = new { ca = 4000 - days, ra = 9000 - days, kmc = 700 - days } })
            : Line(new { id = $"b{days:00}", at = At(days), @base = $"b{days + 1:00}", file = "/backup", bytes = 34_567L * days, offsite = days % 2 == 0, records = new { ca = 4000 - days, ra = 9000 - days, kmc = 700 - days } })));
        File.WriteAllLines(Path.Combine(stage.Data, "drills.jsonl"), [
            Line(new { backup = "b20", madeAt = At(20), at = At(19), seconds = 41.5, whole = false, rooms = new { ca = "ledger whole, database whole", ra = "the log is cut off" } }),
            Line(new { backup = "b03", madeAt = At(3), at = At(2), seconds = 38.2, whole = true, rooms = new { ca = "ledger whole, database whole", ra = "ledger whole, database whole" } })]);
    }

    private static async Task BackupsAsync(IPage page)
    {
        await Expect(page.Locator("#drill-state")).ToHaveClassAsync("good");
        await Expect(page.Locator("#drills tbody tr")).ToHaveCountAsync(2);
        await Expect(page.Locator("#drills .bad")).ToHaveCountAsync(1);
        ILocator rows = page.Locator("#backups tbody tr:visible");
        await Expect(rows).ToHaveCountAsync(25); // and five more on the second page
        await page.Locator(".pages button", new PageLocatorOptions { HasTextRegex = new Regex("下一页|Next") }).First.ClickAsync();
        await Expect(rows).ToHaveCountAsync(5);
        await page.ClickAsync("#backups thead th:first-child button");
        await Expect(rows.First).ToContainTextAsync("b30"); // the oldest first
    }

    // An application with a fee is on file where this runs after others; an empty list says so.
    private static async Task ListAsync(IPage page, string state)
    {
        await page.SelectOptionAsync("#ask [name=state]", state);
        await page.FillAsync("#ask [name=purpose]", "2026-17");
        await page.ClickAsync("#ask button");
        await Expect(page.Locator("main table[aria-busy=false]")).ToHaveCountAsync(1);
    }

    private static async Task SearchAsync(IPage page)
    {
        await page.FillAsync("#s-what", "林持有");
        await page.FillAsync("#s-purpose", "test");
        await page.ClickAsync("#search button[type=submit]");
        await Expect(page.Locator("#found tbody tr").First).ToBeVisibleAsync();
    }

    private static async Task ReadAsync(IPage page)
    {
        await Expect(page.Locator("#type option").First).ToBeAttachedAsync();
        await page.SelectOptionAsync("#type", "visitors");
        await page.ClickAsync("#read");
        await Expect(page.Locator("#entries tbody tr").First).ToBeVisibleAsync();
    }

    private static async Task AuditAsync(IPage page)
    {
        await page.ClickAsync("#query button[type=submit]");
        await Expect(page.Locator("#records tbody tr.record").First).ToBeVisibleAsync();
        await page.Locator("#records .verified").First.ClickAsync();
        await page.ClickAsync("#records thead th:nth-child(2) button"); // by number, the opened part stays with its record
        await Expect(page.Locator("#records thead th:nth-child(2)")).ToHaveAttributeAsync("aria-sort", "ascending");
        int[] numbers = await page.EvaluateAsync<int[]>("[...document.querySelectorAll('#records tr.record')].map(row => Number(row.dataset.sequence))");
        Assert.Equal(numbers.Order(), numbers);
        Assert.True(await page.EvaluateAsync<bool>("[...document.querySelectorAll('#records tr.below')].every(row => row.previousElementSibling.matches('.record'))"));
        await page.ClickAsync("#anomalies");
        await Expect(page.Locator("#anomaly-list tbody tr").First).ToBeVisibleAsync();
        await page.ClickAsync("#duties");
        await Expect(page.Locator("#duty-list p").First).ToBeVisibleAsync();
    }

    // The demo's holder fetched the pair by code.
    private static async Task DeliveryAsync(IPage page)
    {
        string english = page.Url.Contains("lang=en", StringComparison.Ordinal) ? "&lang=en" : "";
        await page.GotoAsync("/desk/search" + english.Replace('&', '?'));
        await SearchAsync(page);
        string id = await page.Locator("#found tbody tr td:first-child code").First.InnerTextAsync();
        await page.GotoAsync($"/desk/delivery?id={id}{english}");
        await page.FillAsync("#dl-purpose", "2026-17");
        await page.ClickAsync("#ask button");
        await Expect(page.Locator("#dl-record dd").First).ToBeVisibleAsync();
    }

    // The key centre gives its certificates; what they say is read before they are signed for.
    private static async Task RoomsAsync(IPage page)
    {
        IAPIResponse given = await page.APIRequest.GetAsync("/api/kmc/services");
        await page.FillAsync("#rp-text", await given.TextAsync());
        await page.Locator("#peers .read").ClickAsync();
        await Expect(page.Locator("#peers .said tbody tr")).ToHaveCountAsync(3);
        await Expect(page.Locator("#rp-name")).ToHaveValueAsync("kmc");
        await Expect(page.Locator("#peers button[type=submit]")).ToBeEnabledAsync();
    }

    private static async Task StaffAsync(IPage page)
    {
        await page.ClickAsync("button[data-room=ra]");
        await Expect(page.Locator("#staff tbody tr").First).ToBeVisibleAsync();
        foreach (ILocator summary in await page.Locator("main section > details > summary").AllAsync())
        {
            await BrowserStage.UnfoldAsync(summary);
        }
    }

    private static async Task SessionAsync(IPage page)
    {
        await page.FillAsync("[name=user]", "ra-business-administrator");
        await page.FillAsync("[name=password]", BrowserStage.Password);
        await page.ClickAsync("#session button[type=submit]");
        await Expect(page.Locator("#s-name")).ToHaveTextAsync(new Regex("\\S+"));
        await Expect(page.Locator("#rights tbody tr").First).ToBeVisibleAsync();
    }
}
