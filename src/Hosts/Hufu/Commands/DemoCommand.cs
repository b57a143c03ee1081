using System.CommandLine;
using Hufu.Contracts;
using Hufu.Demo;
using Hufu.Host.Serving;
using Hufu.Hosting;
using Hufu.Records;

namespace Hufu.Host.Commands;

/// <summary><c>hufu demo</c>: starts the platform on a free port with fresh databases and plays the story against it.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        Option<string> outDirectory = new("--out") { Description = "Where the files go; emptied first.", DefaultValueFactory = _ => Path.Combine("out", "demo") };
        Option<FileInfo?> request = new("--csr") { Description = "A PKCS#10 request (PEM or DER) for the server's certificate; without it this machine's openssl is asked for one." };
        Option<string?> smtp = new("--smtp") { Description = "Send mail to this SMTP server (HOST:PORT) as well as it reads; the story takes its codes from the folder given by --mail.", Hidden = true };
        Option<string?> mail = new("--mail") { Description = "Where the mails that --smtp sends arrive as *.eml.", Hidden = true };
        Command command = new("demo", "Play a certificate's whole life, from nothing to a verified ledger; leaves its files in out/demo.") { outDirectory, request, smtp, mail };
        command.SetAction((parsed, ct) => RunAsync(parsed.GetValue(outDirectory)!, parsed.GetValue(request), parsed.GetValue(smtp), parsed.GetValue(mail), ct));
        return command;
    }

    private static async Task<int> RunAsync(string outDirectory, FileInfo? request, string? smtp, string? mail, CancellationToken ct)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var directory = Path.GetFullPath(outDirectory);
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any() && !File.Exists(Path.Combine(directory, "story.json")) && !Directory.Exists(Path.Combine(directory, "data")))
        {
            await Console.Error.WriteLineAsync($"hufu demo: {directory} holds other files than a demo's. Give an empty folder with --out.");
            return 64;
        }

        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }

        var settings = HostSettings.For(Path.Combine(directory, "data"), ListenAddress.Any());
        var mailDirectory = mail ?? Path.Combine(directory, "mail");
        settings = settings with
        {
            Mail = smtp?.Split(':') is [var host, var port]
                ? new MailSettings { SmtpHost = host, SmtpPort = int.Parse(port, System.Globalization.CultureInfo.InvariantCulture) }
                : new MailSettings { PickupDirectory = mailDirectory },
        };
        Directory.CreateDirectory(directory);
        await using var platform = await Platform.StartAsync(settings.Check(), TimeProvider.System, LogLevel.Warning, ct);
        Console.WriteLine($"Hufu 虎符 demo at {platform.Address}, files in {outDirectory}");
        var story = new DemoOptions
        {
            Platform = platform.Address,
            OutDirectory = directory,
            MailDirectory = mailDirectory,
            SetupCodes = platform.SetupCodes,
            ServerRequest = request?.FullName,
            FallbackServerRequest = SourceTree.Find()?.At("tests", "data", "server-openssl.csr.pem") ?? "server-openssl.csr.pem",
            CollectLedgers = async (target, stop) =>
            {
                await platform.StopAsync(stop);
                foreach (var room in Rooms.All)
                {
                    CopyFiles(Path.Combine(settings.DataDirectory, room, "audit"), Path.Combine(target, room));
                }
            },
            VerifyLedger = VerifyLedger,
            Output = Console.Out,
            Clock = TimeProvider.System,
        };
        try
        {
            await DemoStory.PlayAsync(story, ct);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"\nhufu demo: the story broke off: {fault.Message}\nWhat was done until then stands in {Path.Combine(outDirectory, "story.json")}.");
            return 70;
        }

        Console.WriteLine($"\nDone in {watch.Elapsed.TotalSeconds:0.0} s. Look at {outDirectory}: certificates, CRLs, OCSP answers, signed and encrypted files, audit/, ceremony.md, story.json.");
        Console.WriteLine($"Next: ./hufu audit verify {Path.Combine(outDirectory, "audit")}   or   ./hufu up");
        return 0;
    }

    // What the command prints, findings first.
    private static (int ExitStatus, string Report) VerifyLedger(string directory, string? since)
    {
        using var output = new StringWriter();
        using var findings = new StringWriter();
        var status = AuditCommand.Run(directory, since is null ? null : new FileInfo(since), new LedgerVerification(), output, findings);
        return (status, $"{findings}{output}");
    }

    private static void CopyFiles(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        }
    }
}
