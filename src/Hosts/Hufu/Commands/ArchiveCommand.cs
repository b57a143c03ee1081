using System.CommandLine;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Hosting;
using Hufu.Pki;

namespace Hufu.Host.Commands;

/// <summary><c>hufu archive list|verify DIR</c>, from packages' folders alone, and <c>hufu archive make|stamp</c>, a signed act at the running server. Exit code 0 whole, 1 broken, 2 not readable or not done.</summary>
internal static class ArchiveCommand
{
    private const int NotDone = 2;

    private static readonly JsonSerializerOptions Indented = new(ContractJson.Options) { WriteIndented = true };

    public static Command Create()
    {
        Command list = Reading("list", "List the packages in a folder, each checked.", brief: true);
        Command verify = Reading("verify", "Check packages from their folders alone: signature, every file, Merkle root, time stamp, and a ledger's tree.", brief: false);
        return new Command("archive", "The archive: sealed packages that can be checked without the platform (docs/archive-format.md).") { list, verify, Make(), Stamp() };
    }

    private static Command Reading(string name, string what, bool brief)
    {
        Argument<string> directory = new("DIR") { Description = "A package, or a folder with packages to two levels." };
        Option<string?> key = new("--key") { Description = "SM3 of the audit key (64 hex digits), as known from elsewhere.", HelpName = "HEX" };
        Option<bool> json = new("--json") { Description = "The findings as JSON." };
        Command command = new(name, what) { directory, key, json };
        command.SetAction(parsed =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            IReadOnlyList<string> folders;
            try
            {
                folders = ArchiveVerifier.Find(parsed.GetValue(directory)!);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                error.WriteLine(fault.Message);
                return NotDone;
            }

            if (folders.Count == 0)
            {
                error.WriteLine($"No package (manifest.json) is in {parsed.GetValue(directory)} or below it.");
                return NotDone;
            }

            List<ArchiveReport> reports = [.. folders.Select(folder => ArchiveVerifier.Verify(folder, parsed.GetValue(key)))];
            if (parsed.GetValue(json))
            {
                output.WriteLine(JsonSerializer.Serialize(reports, Indented));
            }
            else
            {
                Tell(reports, brief, output, error);
            }

            return (int)reports.Max(report => report.Verdict);
        });
        return command;
    }

    private static void Tell(IReadOnlyList<ArchiveReport> reports, bool brief, TextWriter output, TextWriter error)
    {
        foreach (ArchiveReport report in reports)
        {
            string stamp = report.StampedAt is { } at ? $"time-stamped {at:yyyy-MM-dd HH:mm:ss}Z" : "not time-stamped yet";
            output.WriteLine($"{report.Verdict,-11} {report.Id ?? report.Folder,-28} {report.Files,5} files, made {report.MadeAt:yyyy-MM-dd}, kept until {report.KeptUntil:yyyy-MM-dd}, {stamp}");
            if (!brief)
            {
                output.WriteLine($"  {report.Covers}\n  audit key {report.Key}\n  manifest {report.Manifest}, previous {report.Previous ?? "–"}");
            }

            foreach (string finding in report.Findings)
            {
                error.WriteLine($"{report.Folder}: {finding}");
            }
        }
    }

    private static Command Make()
    {
        Option<string> @class = new("--class") { Description = "A class of policy/archive.yaml, such as ledger.", Required = true };
        Option<string> reason = new("--reason") { Description = "Why now; it stands in the package.", DefaultValueFactory = _ => "定期归档" };
        return Acting("make", "Seal a package at the running server, as a signed act of the token's person.", [@class, reason], parsed => (
            "packages", ActNames.ArchiveMake, $"archive/{parsed.GetValue(@class)}", new ArchiveMaking(parsed.GetValue(@class)!, parsed.GetValue(reason)!)));
    }

    private static Command Stamp() => Acting("stamp", "Have packages without a time stamp stamped.", [], _ => ("stamps", ActNames.ArchiveStamp, "archive/all", new ReadingPurpose("补盖时间戳")));

    private static Command Acting(string name, string what, IEnumerable<Option> more, Func<ParseResult, (string Door, string Act, string Object, object Payload)> act)
    {
        Option<string> room = new("--room") { Description = "ca, kmc or ra.", Required = true };
        Option<string> token = new("--token") { Description = "The person's soft token (a folder).", Required = true, HelpName = "DIR" };
        Option<string> container = new("--container") { Description = "The key in it.", DefaultValueFactory = _ => "staff" };
        Option<FileInfo> pin = BackupCommand.PinFile();
        Option<string?> data = RunningServer.DataOption();
        Option<bool> json = new("--json") { Description = "The server's answer as it is." };
        Command command = new(name, what) { room, token, container, pin, data, json };
        foreach (Option option in more)
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, ct) =>
        {
            TextWriter error = parsed.InvocationConfiguration.Error;
            try
            {
                (string door, string named, string @object, object payload) = act(parsed);
                using SoftToken opened = SoftToken.Open(Path.GetFullPath(parsed.GetValue(token)!));
                opened.VerifyPin(BackupCommand.ReadPin(parsed.GetValue(pin)!));
                byte[] body = JsonSerializer.SerializeToUtf8Bytes(payload, payload.GetType(), ContractJson.Options);
                string key = parsed.GetValue(container)!;
                ActStatement statement = ActStatement.Create(
                    parsed.GetValue(room)!, named, @object, "-", body, opened.ExportCertificate(key, KeyUse.Signing).RawData.Span, TimeProvider.System.GetUtcNow());
                using JsonDocument document = JsonDocument.Parse(body);
                using HttpClient http = RunningServer.Connect(parsed.GetValue(data), null);
                using HttpResponseMessage response = await http.PostAsJsonAsync(
                    new Uri($"api/{parsed.GetValue(room)}/archive/{door}", UriKind.Relative), new ActRequest(SignedAct.Sign(statement, opened.GetSigner(key)), document.RootElement.Clone()), ContractJson.Options, ct);
                string answer = await response.Content.ReadAsStringAsync(ct);
                await (response.IsSuccessStatusCode ? parsed.InvocationConfiguration.Output : error).WriteLineAsync(parsed.GetValue(json) ? answer : InWords(answer, response.IsSuccessStatusCode));
                return response.IsSuccessStatusCode ? 0 : NotDone;
            }
            catch (Exception fault) when (RunningServer.IsToldInWords(fault) || fault is DeviceException or PkiException)
            {
                await error.WriteLineAsync($"hufu archive: {fault.Message}");
                return NotDone;
            }
        });
        return command;
    }

    // What was sealed or stamped, a line a package, or the refusal, each with what to do next.
    private static string InWords(string answer, bool done)
    {
        using JsonDocument document = JsonDocument.Parse(answer);
        JsonElement root = document.RootElement;
        if (!done)
        {
            return $"hufu archive: {Text(root, "title")} {Text(root, "detail")}" + (root.TryGetProperty("next", out JsonElement next) ? $"{Environment.NewLine}Next: {Text(next, "zh")} {Text(next, "en")}" : "");
        }

        JsonElement[] packages = root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray()] : [root];
        IEnumerable<string> lines = packages.Select(package =>
            $"{Text(package, "id")}: {Text(package, "covers")}, {Text(package, "files")} files, root {Text(package, "root")}, {(Text(package, "stampedAt") is { Length: > 0 } at ? "time-stamped " + at : "not time-stamped yet: hufu archive stamp")}");
        return packages.Length == 0 ? "Nothing waits for a time stamp." : string.Join(Environment.NewLine, [.. lines, "Next: hufu archive verify on the room's archive folder; keep a copy in another place."]);
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : "";
}
