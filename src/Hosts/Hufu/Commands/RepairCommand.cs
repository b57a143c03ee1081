using System.CommandLine;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Host.Serving;
using Hufu.Pki;

namespace Hufu.Host.Commands;

/// <summary>
/// <c>hufu repair</c>: puts ended certificates of the platform in force again at the running server (R18; docs/decisions/0047). Exit code 0 done, 1 refused, 2 the server, the token or a file could not be read.
/// </summary>
internal static class RepairCommand
{
    private const int Done = 0, Refused = 1, Unavailable = 2, Usage = 64;
    private const int LongestFile = DoorLines.LongestAnswer;
    private const string NeedsFile = "what hufu repair ask --out writes", DoneFile = "what hufu repair take-in --out writes";
    private static readonly string[] s_rooms = [Rooms.Ca, Rooms.Ra, Rooms.Ocsp, Rooms.Tsa, Rooms.Publishing, Rooms.Kmc];

    public static Command Create()
    {
        Option<string?> data = RunningServer.DataOption();
        data.Recursive = true;
        Command command = new("repair", "Put ended certificates of the platform in force again; without a subcommand: what has ended, and which repairs wait for whom.") { data };
        command.SetAction((parsed, ct) => GuardAsync(parsed, () => ShowAsync(parsed, RunningServer.Folder(parsed.GetValue(data)), ct)));
        command.Subcommands.Add(Ask(data));
        command.Subcommands.Add(Propose(data));
        command.Subcommands.Add(Show(data));
        command.Subcommands.Add(Sign(data));
        command.Subcommands.Add(TakeIn(data));
        command.Subcommands.Add(Collect(data));
        return command;
    }

    // On a machine whose rooms the CA's server does not run: what they need, as a file.
    private static Command Ask(Option<string?> data)
    {
        Option<FileInfo> file = new("--out") { Description = "The file for hufu repair propose --with.", HelpName = "FILE", Required = true };
        Command command = new("ask", "Write what this server's rooms need into a file, for a CA that runs elsewhere. What it prints is compared there, by telephone, with what the CA shows (hufu repair show).") { file };
        command.SetAction((parsed, ct) => GuardAsync(parsed, async () =>
        {
            var needs = await NeedsAsync(RunningServer.Folder(parsed.GetValue(data)), ct);
            await SaveAsync(parsed.GetValue(file)!, needs, ct);
            Print(parsed, needs.Words.Count == 0 ? ["Nothing has ended."] : needs.Words);
            return Done;
        }));
        return command;
    }

    private static Command Propose(Option<string?> data)
    {
        Option<string> words = new("--words") { Description = "Why.", Required = true };
        Option<FileInfo[]> with = new("--with") { Description = "What other machines' rooms need (hufu repair ask); may be given several times.", HelpName = "FILE" };
        var token = PersonOptions();
        Command command = new("propose", "Propose that everything that has ended is certified again; a business or super administrator of the CA.") { words, with, token.Token, token.Container, token.Pin };
        command.SetAction((parsed, ct) => GuardAsync(parsed, async () =>
        {
            var folder = RunningServer.Folder(parsed.GetValue(data));
            List<RepairNeeds> all = [await NeedsAsync(folder, ct)];
            foreach (var file in parsed.GetValue(with) ?? [])
            {
                all.Add(await ReadAsync<RepairNeeds>(file, NeedsFile, ct));
            }

            RepairPlan plan = new(parsed.GetValue(words)!, [.. all.SelectMany(needs => needs.Services)], [.. all.SelectMany(needs => needs.People)], [.. all.SelectMany(needs => needs.Proofs ?? [])]);
            if (plan.Services.Count + plan.People.Count == 0)
            {
                parsed.InvocationConfiguration.Output.WriteLine("Nothing has ended.");
                return Done;
            }

            Print(parsed, all.SelectMany(needs => needs.Words));
            return await ActAsync(parsed, folder, token, "/api/ca/repairs", ActNames.CaRepairPropose, "repair/new", "-", plan, ct);
        }));
        return command;
    }

    private static Command Sign(Option<string?> data)
    {
        Argument<string> id = new("ID") { Description = "The repair's number." };
        Option<string> remark = new("--remark") { Description = "Your words.", DefaultValueFactory = _ => "" };
        var token = PersonOptions();
        Command command = new("sign", "Show what a repair is for and sign it: a super or audit administrator, and share holders where they are needed. With the last signature it is carried out.") { id, remark, token.Token, token.Container, token.Pin };
        command.SetAction((parsed, ct) => GuardAsync(parsed, async () =>
        {
            var folder = RunningServer.Folder(parsed.GetValue(data));
            var standing = await FindAsync(folder, parsed.GetValue(id)!, ct);
            Print(parsed, Lines(standing));
            if (standing.State != $"open/{ActStatement.Digest(JsonSerializer.SerializeToUtf8Bytes(standing.Plan, ContractJson.Options))}")
            {
                throw new RepairRefused(standing.State.StartsWith("open/", StringComparison.Ordinal) ? "What the server shows is not what it asks a signature for." : "Nobody signs for it any more.");
            }

            return await ActAsync(
                parsed, folder, token, $"/api/ca/repairs/{standing.Id}/approval", ActNames.CaRepairApprove, $"repair/{standing.Id}", standing.State, new RepairApproval(parsed.GetValue(remark)!), ct);
        }));
        return command;
    }

    private static Command TakeIn(Option<string?> data)
    {
        Argument<string?> id = new("ID") { Arity = ArgumentArity.ZeroOrOne, Description = "The repair's number; left out with --file." };
        Option<FileInfo?> file = new("--file") { Description = "A finished repair from the CA's machine.", HelpName = "FILE" }, save = new("--out") { Description = "Write the finished repair into a file instead, for other machines.", HelpName = "FILE" };
        Command command = new("take-in", "Give this server's rooms what was certified for them; done by itself with the last signature where one server runs all rooms.") { id, file, save };
        command.SetAction((parsed, ct) => GuardAsync(parsed, async () =>
        {
            var folder = RunningServer.Folder(parsed.GetValue(data));
            if (parsed.GetValue(id) is null == parsed.GetValue(file) is null || (parsed.GetValue(file) is not null && parsed.GetValue(save) is not null))
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync("hufu repair take-in: a repair's number or --file, one of them; --out with a number only.");
                return Usage;
            }

            var standing = await StandingAsync(folder, parsed.GetValue(id), parsed.GetValue(file), ct);
            if (IsCertified(standing) && parsed.GetValue(save) is { } target)
            {
                await SaveAsync(target, standing, ct);
                Print(parsed, [$"{standing.Services.Count} certificates of rooms and {standing.People.Count} of people. At the other machine: hufu repair take-in --file {target.Name}"]);
                return Done;
            }

            return await GiveAsync(parsed, folder, standing, taking: true, ct);
        }));
        return command;
    }

    private static Command Collect(Option<string?> data)
    {
        Argument<string?> id = new("ID") { Arity = ArgumentArity.ZeroOrOne, Description = "The repair's number; left out with --file." };
        Option<FileInfo?> file = new("--file") { Description = "A finished repair from the CA's machine.", HelpName = "FILE" };
        var token = PersonOptions();
        Command command = new("collect", "Put your new certificate into your token.") { id, file, token.Token, token.Container, token.Pin };
        command.SetAction((parsed, ct) => GuardAsync(parsed, async () =>
        {
            if (parsed.GetValue(id) is null == parsed.GetValue(file) is null)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync("hufu repair collect: a repair's number or --file, one of them.");
                return Usage;
            }

            var standing = await StandingAsync(RunningServer.Folder(parsed.GetValue(data)), parsed.GetValue(id), parsed.GetValue(file), ct);
            using var opened = Open(parsed, token);
            var old = opened.ExportCertificate(parsed.GetValue(token.Container)!, KeyUse.Signing);
            if (standing.People.FirstOrDefault(person => person.Serial == old.SerialHex) is not { } mine)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"hufu repair collect: this repair has certified nothing after the certificate {old.SerialHex} of this token.");
                return Refused;
            }

            var certificate = Certificate.Decode(mine.Certificate);
            if (!certificate.PublicKey.Equals(old.PublicKey) || !certificate.Subject.RawData.Span.SequenceEqual(old.Subject.RawData.Span))
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"hufu repair collect: {certificate.SerialHex} is not over this token's key and name.");
                return Refused;
            }

            opened.ImportCertificate(parsed.GetValue(token.Container)!, KeyUse.Signing, certificate);
            parsed.InvocationConfiguration.Output.WriteLine($"{mine.Name}: {certificate.SerialHex}, until {certificate.NotAfter:u}");
            return Done;
        }));
        return command;
    }

    private static Command Show(Option<string?> data)
    {
        Argument<string> id = new("ID") { Description = "The repair's number." };
        Command command = new("show", "Show what a repair is for, in the CA's own words, who has signed and who is missing.") { id };
        command.SetAction((parsed, ct) => GuardAsync(parsed, async () =>
        {
            Print(parsed, Lines(await FindAsync(RunningServer.Folder(parsed.GetValue(data)), parsed.GetValue(id)!, ct)));
            return Done;
        }));
        return command;
    }

    private static async Task<int> ShowAsync(ParseResult parsed, string folder, CancellationToken ct)
    {
        var needs = await NeedsAsync(folder, ct);
        Print(parsed, needs.Words.Count == 0 ? ["Nothing has ended."] : needs.Words);
        foreach (var standing in (await KnockAsync(folder, new DoorLine("repairs", Rooms.Ca), ct)).Repairs ?? [])
        {
            Print(parsed, Lines(standing));
        }

        return Done;
    }

    private static async Task<RepairNeeds> NeedsAsync(string folder, CancellationToken ct)
    {
        List<RepairNeeds> all = [];
        foreach (var room in s_rooms)
        {
            all.Add((await KnockAsync(folder, new DoorLine("repair-needs", room), ct)).Needs ?? new RepairNeeds([], [], []));
        }

        return new RepairNeeds([.. all.SelectMany(needs => needs.Services)], [.. all.SelectMany(needs => needs.People)], [.. all.SelectMany(needs => needs.Words)], [.. all.SelectMany(needs => needs.Proofs ?? [])]);
    }

    private static async Task<int> ActAsync<T>(
        ParseResult parsed, string folder, (Option<string> Token, Option<string> Container, Option<FileInfo?> Pin) person, string address, string act, string target, string state, T payload, CancellationToken ct)
    {
        using var token = Open(parsed, person);
        var container = parsed.GetValue(person.Container)!;
        using var http = RunningServer.Connect(folder, null);
        var body = JsonSerializer.SerializeToElement(payload, ContractJson.Options);
        var statement = ActStatement.Create(
            Rooms.Ca, act, target, state, System.Text.Encoding.UTF8.GetBytes(body.GetRawText()), token.ExportCertificate(container, KeyUse.Signing).RawData.Span, TimeProvider.System.GetUtcNow());
        using var response = await http.PostAsJsonAsync(new Uri(address, UriKind.Relative), new ActRequest(SignedAct.Sign(statement, token.GetSigner(container)), body), ContractJson.Options, ct);
        var standing = await AnswerAsync<RepairStanding>(response, ct);
        Print(parsed, Lines(standing));
        return IsCertified(standing) ? await GiveAsync(parsed, folder, standing, taking: false, ct) : standing.Needed.Count > 0 ? Done : Refused;
    }

    private static bool IsCertified(RepairStanding standing) => standing.Services.Count + standing.People.Count > 0;

    // One line of the door a certificate: each room takes what is its own or of rooms that it knows.
    private static async Task<int> GiveAsync(ParseResult parsed, string folder, RepairStanding standing, bool taking, CancellationToken ct)
    {
        if (!IsCertified(standing))
        {
            Print(parsed, Lines(standing));
            throw new RepairRefused("Nothing is certified by it yet.");
        }

        var (taken, refused) = (0, 0);
        foreach (var room in s_rooms)
        {
            foreach (var line in standing.Services.Select(one => new DoorLine("repair-take-in", room, Service: one)).Concat(standing.People.Select(one => new DoorLine("repair-take-in", room, Person: one))))
            {
                try
                {
                    taken += (await KnockAsync(folder, line, ct)).Taken == true ? 1 : 0;
                }
                catch (RefusedException e)
                {
                    // The others do not wait for one that a room does not take.
                    refused++;
                    await TellAsync(parsed, $"{room}, {line.Service?.Use ?? line.Person?.Name}", e.Refusal);
                }
            }
        }

        Print(parsed, [taken > 0 ? $"{taken} certificates are in use now in this server's rooms." : "Nothing changed in this server's rooms: what was certified is in use already, or is for rooms elsewhere."]);
        if (standing.People.Count > 0)
        {
            Print(parsed, [$"Everybody who was certified again puts the new certificate into their token: hufu repair collect {standing.Id} --token DIR (elsewhere --file FILE instead of the number)."]);
        }

        return refused > 0 || (taking && taken == 0) ? Refused : Done;
    }

    private static async Task<DoorAnswer> KnockAsync(string folder, DoorLine line, CancellationToken ct)
    {
        using var door = await DeviceCommands.KnockAsync(folder, ct);
        await door.WriteAsync(line, ct);
        var answer = await door.ReadAsync<DoorAnswer>(ct) ?? throw new IOException("The server has gone.");
        return answer.Refusal is { } refusal ? throw new RefusedException(refusal) : answer;
    }

    private static async Task<RepairStanding> FindAsync(string folder, string id, CancellationToken ct) =>
        (await KnockAsync(folder, new DoorLine("repair", Rooms.Ca, Id: id), ct)).Repair ?? throw new IOException("The server's answer is none of this door.");

    private static async Task<T> AnswerAsync<T>(HttpResponseMessage response, CancellationToken ct)
    {
        var text = await response.Content.ReadAsStringAsync(ct);
        if (response.IsSuccessStatusCode)
        {
            return JsonSerializer.Deserialize<T>(text, ContractJson.Options)!;
        }

        using var problem = JsonDocument.Parse(text);
        string Part(string name) => problem.RootElement.TryGetProperty(name, out var part) ? part.GetString() ?? "" : "";
        throw new RepairRefused($"{Part("title")} {Part("detail")}\n{(problem.RootElement.TryGetProperty("next", out var next) ? $"{next.GetProperty("zh").GetString()} {next.GetProperty("en").GetString()}" : "")}");
    }

    private static Task<RepairStanding> StandingAsync(string folder, string? id, FileInfo? file, CancellationToken ct) =>
        id is not null ? FindAsync(folder, id, ct) : ReadAsync<RepairStanding>(file!, DoneFile, ct);

    private static async Task<T> ReadAsync<T>(FileInfo file, string what, CancellationToken ct)
        where T : class
    {
        if (Directory.Exists(file.FullName))
        {
            throw new IOException($"{file.FullName} is a folder and not {what}.");
        }

        await using var stream = file.OpenRead();
        var bytes = new byte[LongestFile + 1];
        var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);
        if (length > LongestFile)
        {
            throw new IOException($"{file.FullName} is longer than {LongestFile} bytes and not {what}.");
        }

        try
        {
            return JsonSerializer.Deserialize<T>(bytes.AsSpan(0, length), ContractJson.Options) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new IOException($"{file.FullName} is not {what}, or was changed on its way: {e.Message}", e);
        }
    }

    private static async Task SaveAsync<T>(FileInfo file, T value, CancellationToken ct)
    {
        if (Directory.Exists(file.FullName))
        {
            throw new IOException($"{file.FullName} is a folder; name a file in it.");
        }

        await File.WriteAllBytesAsync(file.FullName, JsonSerializer.SerializeToUtf8Bytes(value, ContractJson.Options), ct);
    }

    private static IEnumerable<string> Lines(RepairStanding standing) =>
    [
        $"{standing.Id}  {standing.State.Split('/')[0]}  {standing.Plan.Words}  ({standing.Plan.Services.Count} of rooms, {standing.Plan.People.Count} of people)",
        .. standing.Asked.Select(line => $"  for: {line}"), .. standing.SignedBy.Select(who => $"  signed: {who}"), .. standing.Needed.Select(who => $"  still needed: {who}"),
        .. standing.Needed.Count > 0 ? new[] { $"  hufu repair sign {standing.Id} --token DIR" } : [],
    ];

    private static (Option<string> Token, Option<string> Container, Option<FileInfo?> Pin) PersonOptions() => (
        new("--token") { Description = "Your token, a folder.", HelpName = "DIR", Required = true },
        new("--container") { Description = "The container in it.", DefaultValueFactory = _ => "staff", HelpName = "NAME" },
        new("--pin-file") { Description = "A file with the token's PIN in its first line; without it the PIN is asked for.", HelpName = "FILE" });

    private static SoftToken Open(ParseResult parsed, (Option<string> Token, Option<string> Container, Option<FileInfo?> Pin) person)
    {
        var token = SoftToken.Open(parsed.GetValue(person.Token)!);
        token.VerifyPin(parsed.GetValue(person.Pin) is { } file ? BackupCommand.ReadPin(file) : HiddenInput.Read($"{token.Label}: PIN（可试 {token.TriesLeft} 次）: ") ?? throw new IOException("No PIN was given."));
        return token;
    }

    private static void Print(ParseResult parsed, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            // Some of it comes from files: nothing in it moves the cursor.
            parsed.InvocationConfiguration.Output.WriteLine(string.Concat(line.Select(letter => char.IsControl(letter) ? '\uFFFD' : letter)));
        }
    }

    private static Task TellAsync(ParseResult parsed, string? of, Refusal refusal)
    {
        var words = RefusalCatalogue.Of(refusal.Code);
        return parsed.InvocationConfiguration.Error.WriteLineAsync($"{(of is null ? "" : of + ": ")}{words.Zh} {words.En} {refusal.Evidence}\n{words.NextZh} {words.NextEn}");
    }

    private static async Task<int> GuardAsync(ParseResult parsed, Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (RefusedException e)
        {
            await TellAsync(parsed, null, e.Refusal);
            return Refused;
        }
        catch (RepairRefused e)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(e.Message);
            return Refused;
        }
        catch (Exception e) when (RunningServer.IsToldInWords(e) || e is SocketException or DeviceException or PkiException or CryptographicException)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"hufu repair: {RunningServer.InWords(e)}");
            return Unavailable;
        }
    }

    private sealed class RepairRefused(string words) : Exception(words);
}
