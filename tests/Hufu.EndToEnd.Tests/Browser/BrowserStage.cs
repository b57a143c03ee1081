using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hufu.EndToEnd.Tests.Running;
using Hufu.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>
/// A real platform (<c>hufu up</c>) that a demo has initialised, a signing agent with the demo people's tokens and one empty holder's token, and Debian's Chromium. Made once for all browser tests;
/// everything ends by its own process id.
/// </summary>
public sealed partial class BrowserStage : IAsyncLifetime
{
    /// <summary>The demo's password for everybody, known to everybody.</summary>
    public const string Password = "Mei7-zhu.lan!";

    private readonly Workplace _work = new();
    private readonly List<Process> _processes = [];
    private readonly ConcurrentDictionary<string, string> _chosen = new(StringComparer.Ordinal);
    private IPlaywright? _playwright;
    private string? _axe;

    public Uri Address { get; private set; } = null!;

    /// <summary>A directory that the repository publishes into.</summary>
    internal SlapdServer Slapd { get; private set; } = null!;

    public IBrowser Browser { get; private set; } = null!;

    /// <summary>One-time codes that were used already.</summary>
    public HashSet<string> Codes { get; } = [];

    public string Out => _work.At("out");

    public string Data => _work.At("data");

    /// <summary>Where screenshots are kept as build output.</summary>
    public static string Screenshots { get; } = Directory.CreateDirectory(Tree.At("artifacts", "screenshots")).FullName;

    /// <summary>How each page is looked at: both languages and both widths, every language at every width with <c>./test --long</c>, which makes all pictures.</summary>
    public static IReadOnlyList<(string Language, int Width)> Looks { get; } =
        Environment.GetEnvironmentVariable("HUFU_LONG") == "1" ? [("zh", 1300), ("zh", 390), ("en", 1300), ("en", 390)] : [("zh", 1300), ("en", 390)];

    /// <summary>Whether axe-core was installed (./test does).</summary>
    public static bool HasAxe => File.Exists(Axe);

    private static string Axe => Tree.At("artifacts", "npm", "node_modules", "axe-core", "axe.min.js");

    public async ValueTask InitializeAsync()
    {
        var ct = CancellationToken.None;
        (await Command.RunAsync(Tree.At("hufu"), ["--version"])).Succeeded(); // both are built if they have to be
        (await Command.RunAsync(Tree.At("hufu"), ["agent", "--help"])).Succeeded();
        Directory.CreateDirectory(Path.Combine(Data, "ra"));
        await File.WriteAllTextAsync(Path.Combine(Data, "ra", "ra.json"), """{ "smsFolder": "sms", "simulatePayments": true, "simulateSources": true }""", ct); // short messages are left in a folder, payments and third-party sources are played
        Slapd = await SlapdServer.StartAsync();
        string publishing = Directory.CreateDirectory(Path.Combine(Data, "publishing")).FullName;
        await File.WriteAllTextAsync(Path.Combine(publishing, "password"), SlapdServer.Password, ct);
        await File.WriteAllTextAsync(
            Path.Combine(publishing, "directories.json"),
            $$"""{ "targets": [{ "name": "city", "host": "127.0.0.1", "port": {{Slapd.Port}}, "bindDn": "{{SlapdServer.Manager}}", "passwordFile": "password", "base": "{{SlapdServer.Base}}", "tls": "none" }] }""", ct);
        Process platform = Start(Tree.At("hufu"), ["up", "--data", Data, "--port", "0"]);
        string first = await platform.StandardOutput.ReadLineAsync(ct).AsTask().WaitAsync(TimeSpan.FromSeconds(180), ct) ?? "";
        Address = new Uri(FirstLine().Match(first).Groups[1].Value);
        Drain(platform);
        (await Command.RunAsync(Tree.At("hufu"), ["demo", "--at", Address.ToString(), "--data", Data, "--out", Out], _work.Folder)).Succeeded();

        await File.WriteAllTextAsync(_work.At("pin"), "holder-pin-9\n", ct);
        Process agent = Start(Tree.At("hufu"), ["agent", "--demo", Out, "--origin", Address.GetLeftPart(UriPartial.Authority), "--pin-file", _work.At("pin")]);
        Drain(agent);
        await UntilListeningAsync(17880);

        _playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(90_000); // a machine five times slower shows the same, later
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-features=LocalNetworkAccessChecks,PrivateNetworkAccessRespectPreflightResults"],
        });
    }

    /// <summary>A browser of one person's own: its own cookies. Only a check that puts a script of its own into the page may pass over the page's policy.</summary>
    public async Task<IPage> PageAsync(int width = 1300, bool script = true, bool foreignScript = false)
    {
        IBrowserContext context = await Browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = Address.ToString(), ViewportSize = new ViewportSize { Width = width, Height = 1000 }, Locale = "zh-CN", JavaScriptEnabled = script, BypassCSP = foreignScript });
        context.SetDefaultTimeout(90_000);
        return await context.NewPageAsync();
    }

    /// <summary>A member of staff at work: chosen on the page by their token's folder, without its number; then the page that is asked for. Whoever was chosen before is so at once: the page keeps it in the tab.</summary>
    public async Task<IPage> StaffAsync(string role, string path = "/desk", int width = 1300, bool foreignScript = false)
    {
        IPage page = await PageAsync(width, foreignScript: foreignScript);
        if (_chosen.TryGetValue(role, out string? chosen))
        {
            await page.AddInitScriptAsync($"sessionStorage.getItem('hufu-me') ?? sessionStorage.setItem('hufu-me', {chosen})");
            await page.GotoAsync(path);
            return page;
        }

        await page.GotoAsync("/desk");
        await page.Locator("#people button", new PageLocatorOptions { HasTextRegex = new Regex("[0-9]-" + role + "$") }).ClickAsync();
        await Assertions.Expect(page.Locator("#who")).Not.ToHaveTextAsync("尚未选择人员");
        _chosen[role] = JsonSerializer.Serialize(await page.EvaluateAsync<string>("sessionStorage.getItem('hufu-me')"));
        if (path != "/desk")
        {
            await page.GotoAsync(path);
        }

        return page;
    }

    /// <summary>Signs in to a room with the demo's account and password.</summary>
    public static async Task SignInAsync(IPage page, string room, string user)
    {
        await page.GotoAsync("/desk/session");
        await page.SelectOptionAsync("[name=room]", room);
        await page.FillAsync("[name=user]", user);
        await page.FillAsync("[name=password]", Password);
        await page.ClickAsync("#session button[type=submit]");
        await Assertions.Expect(page.Locator("#s-name")).ToHaveTextAsync(new Regex("\\S+"));
    }

    /// <summary>Opens what a summary folds; once more when the page moved under the click because a list above it had just come.</summary>
    public static async Task UnfoldAsync(ILocator summary)
    {
        for (int tries = 0; tries < 20 && !await summary.EvaluateAsync<bool>("summary => summary.parentElement.open"); tries++)
        {
            await summary.ClickAsync();
        }

        await Assertions.Expect(summary.Locator("xpath=..")).ToHaveAttributeAsync("open", "");
    }

    /// <summary>What axe-core finds serious or critical on the page, or null when axe is not here. It comes in as what a debugger evaluates, which no policy of the page concerns.</summary>
    public async Task<string?> AxeAsync(IPage page)
    {
        if (!HasAxe)
        {
            return null;
        }

        _axe ??= "() => {" + await File.ReadAllTextAsync(Axe) + "}";
        await page.EvaluateAsync(_axe);
        return (await page.EvaluateAsync("async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })).violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' | ')).join('\\n')"))?.GetString();
    }

    /// <summary>Changes what a room's database holds, where a story needs years or months to have gone by.</summary>
    /// <returns>How many rows.</returns>
    public int Change(string room, string sql, params (string Name, object Value)[] values)
    {
        using SqliteConnection connection = new($"Data Source={Path.Combine(Data, room, room + ".db")};Default Timeout=60;Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command.ExecuteNonQuery();
    }

    /// <summary>Keeps a picture as build output.</summary>
    public static Task<byte[]> ShootAsync(IPage page, string name) => page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Screenshots, name + ".png"), FullPage = true });

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null)
        {
            await Browser.DisposeAsync();
        }

        _playwright?.Dispose();
        foreach (Process process in Enumerable.Reverse(_processes))
        {
            if (!process.HasExited)
            {
                Process.Start("kill", ["-TERM", $"{process.Id}"])!.WaitForExit();
                if (!process.WaitForExit(10_000))
                {
                    process.Kill(entireProcessTree: true);
                }
            }

            process.Dispose();
        }

        if (Slapd is not null)
        {
            await Slapd.DisposeAsync();
        }

        _work.Dispose();
    }

    private Process Start(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = _work.Folder };
        Process process = Process.Start(start)!;
        _processes.Add(process);
        return process;
    }

    // Read to the end, so that the program never waits for a reader.
    private static void Drain(Process process)
    {
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
    }

    private static async Task UntilListeningAsync(int port)
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                using TcpClient client = new();
                await client.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (SocketException) when (tries < 900) // a minute and a half: a machine five times slower
            {
                await Task.Delay(100);
            }
        }
    }

    [GeneratedRegex("^Hufu: (http://127\\.0\\.0\\.1:[0-9]+/)$")]
    private static partial Regex FirstLine();
}

/// <summary>The browser tests share one stage.</summary>
[CollectionDefinition(nameof(BrowserStage))]
public sealed class BrowserTests : ICollectionFixture<BrowserStage>;
