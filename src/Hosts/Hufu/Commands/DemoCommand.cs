using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Hufu.Contracts;
using Hufu.Demo;
using Hufu.Host.Serving;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Host.Commands;

/// <summary><c>hufu demo</c>: starts the platform on a free port with fresh databases and plays the story against it.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        Option<string> outDirectory = new("--out") { Description = "Where the files go; emptied first.", DefaultValueFactory = _ => Path.Combine("out", "demo") };
        Option<FileInfo?> request = new("--csr") { Description = "A PKCS#10 request (PEM or DER) for the server's certificate; without it this machine's openssl is asked for one." };
        Option<string?> at = new("--at") { Description = "Play against a server that ./hufu up has started and that is not initialised yet.", HelpName = "URL" };
        Option<string> data = new("--data") { Description = "With --at: that server's data directory, for its setup codes, mails and ledgers.", DefaultValueFactory = _ => Environment.GetEnvironmentVariable("HUFU_DATA") ?? "data" };
        Option<string?> smtp = new("--smtp") { Description = "Send mail to this SMTP server instead of a folder; it has to leave the mails as *.eml where --mail says.", HelpName = "HOST:PORT" };
        Option<string?> mail = new("--mail") { Description = "With --smtp: where the mails arrive as *.eml.", HelpName = "DIR" };
        Option<string?> postgres = new("--postgres") { Description = "Keep the rooms' tables in this PostgreSQL database, whose schemas ca, kmc … must be new.", HelpName = "CONN" };
        Command command = new("demo", "Play a certificate's whole life, from nothing to a verified ledger; leaves its files in out/demo.") { outDirectory, request, at, data, smtp, mail, postgres };
        command.SetAction((parsed, ct) =>
        {
            var directory = Path.GetFullPath(parsed.GetValue(outDirectory)!);
            var file = parsed.GetValue(request);
            byte[]? csr = null;
            if (file is not null)
            {
                // Read before anything is emptied: the file may lie in the folder of the last demo.
                try
                {
                    csr = file.Length <= PkiLimits.RequestSize ? CertificationRequest.DecodePemOrDer(File.ReadAllBytes(file.FullName)).Encode() : throw new IOException("it is larger than a request can be");
                }
                catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or PkiException)
                {
                    return RefuseAsync($"{file.FullName} is no certification request that can be read: {fault.Message}");
                }
            }

            if (!DemoFolder.TryEmpty(directory))
            {
                return RefuseAsync($"{directory} holds other files than a demo's. Give an empty folder with --out");
            }

            if (parsed.GetValue(at) is not { } server)
            {
                return PlayHereAsync(directory, csr, parsed.GetValue(smtp), parsed.GetValue(mail), parsed.GetValue(postgres), ct);
            }

            return Uri.TryCreate(server, UriKind.Absolute, out var address) && address is { Scheme: "http" or "https" }
                ? PlayAtAsync(directory, csr, address, Path.GetFullPath(parsed.GetValue(data)!), ct)
                : RefuseAsync($"'{server}' is no address such as http://127.0.0.1:8440/");
        });
        return command;
    }

    private static async Task<int> RefuseAsync(string why)
    {
        await Console.Error.WriteLineAsync($"hufu demo: {why}.");
        return 64;
    }

    /// <summary>Against a platform of its own: in this process, on a free port, with fresh databases below the out directory.</summary>
    private static async Task<int> PlayHereAsync(string directory, byte[]? request, string? smtp, string? mail, string? postgres, CancellationToken ct)
    {
        var settings = HostSettings.For(DemoFolder.Data(directory), ListenAddress.Any());
        var mailDirectory = mail ?? Path.Combine(directory, "mail");
        settings = settings with
        {
            Postgres = postgres,
            Mail = smtp is null ? new MailSettings { PickupDirectory = mailDirectory } : new MailSettings { SmtpHost = smtp.Split(':')[0], SmtpPort = SmtpPort(smtp) },
        };
        try
        {
            settings.Check();
        }
        catch (SettingsException fault)
        {
            return await RefuseAsync(fault.Message.TrimEnd('.'));
        }

        await using var platform = await Platform.StartAsync(settings, TimeProvider.System, LogLevel.Warning, ct);
        return await PlayAsync(Story(directory, request, platform.Address, mailDirectory, platform.SetupCodes, async (target, stop) =>
        {
            await platform.StopAsync(stop);
            DemoFolder.CopyLedgers(settings.DataDirectory, target);
        }), ct);
    }

    /// <summary>Against a server that is running: it is left running, its ledgers' heads are signed by asking for them.</summary>
    private static async Task<int> PlayAtAsync(string directory, byte[]? request, Uri server, string data, CancellationToken ct)
    {
        var codes = new Dictionary<string, string>();
        foreach (var room in Rooms.All)
        {
            var file = Path.Combine(data, room, SetupCode.FileName);
            if (!File.Exists(file))
            {
                return await RefuseAsync($"{file} is not there: the server at {server} is initialised already, or its data lies elsewhere (--data)");
            }

            codes[room] = (await File.ReadAllTextAsync(file, ct)).Trim();
        }

        return await PlayAsync(Story(directory, request, server, Path.Combine(data, "mail"), codes, async (target, stop) =>
        {
            using var http = new HttpClient { BaseAddress = server };
            foreach (var room in Rooms.All)
            {
                await http.GetStringAsync(new Uri($"/api/{room}/ledger/head", UriKind.Relative), stop);
            }

            DemoFolder.CopyLedgers(data, target);
        }), ct);
    }

    private static DemoOptions Story(
        string directory, byte[]? request, Uri platform, string mail, IReadOnlyDictionary<string, string> codes, Func<string, CancellationToken, Task> collect) => new()
        {
            Platform = platform,
            OutDirectory = directory,
            MailDirectory = mail,
            SetupCodes = codes,
            ServerRequest = request,
            FallbackServerRequest = SourceTree.Find()?.At("tests", "data", "server-openssl.csr.pem") ?? "server-openssl.csr.pem",
            CollectLedgers = collect,
            VerifyLedger = VerifyLedger,
            Output = Console.Out,
            Clock = TimeProvider.System,
        };

    private static async Task<int> PlayAsync(DemoOptions story, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        var folder = Path.GetRelativePath(Environment.CurrentDirectory, story.OutDirectory);
        Console.WriteLine($"Hufu 虎符 demo at {story.Platform}, files in {folder}");
        try
        {
            await DemoStory.PlayAsync(story, ct);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"\nhufu demo: the story broke off: {fault.Message}\nWhat was done until then stands in {Path.Combine(folder, "story.json")}.");
            return 70;
        }

        Console.WriteLine($"\nDone in {watch.Elapsed.TotalSeconds:0.0} s. Look at {folder}: certificates, CRLs, OCSP answers, signed and encrypted files, audit/, ceremony.md, story.json.");
        Console.WriteLine($"Next: ./hufu audit verify {Path.Combine(folder, "audit")}   or   ./hufu up");
        return 0;
    }

    // 0 stands for none; HostSettings.Check refuses it in words.
    private static int SmtpPort(string address) =>
        address.Split(':') is [_, var port] && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    // What the command prints, findings first.
    private static (int ExitStatus, string Report) VerifyLedger(string directory, string? since)
    {
        using var output = new StringWriter();
        using var findings = new StringWriter();
        var status = AuditCommand.Run(directory, since is null ? null : new FileInfo(since), new LedgerVerification(), output, findings);
        return (status, $"{findings}{output}");
    }
}
