using System.CommandLine;
using System.CommandLine.Help;
using Hufu.Agent;
using Hufu.Agent.Pins;
using Hufu.Devices;

const int Usage = 64; // sysexits.h
Option<int> port = new("--port") { Description = "The port on 127.0.0.1; 0 for any free one.", DefaultValueFactory = _ => AgentOptions.UsualPort };
Option<string[]> origin = new("--origin") { Description = "A page's origin that may ask, such as https://ca.example.cn; can be given again. Without it http://127.0.0.1:8440 and http://localhost:8440.", HelpName = "ORIGIN" };
Option<string[]> token = new("--token") { Description = "A token's folder, or a folder of tokens; can be given again. HUFU_TOKENS, else ~/.hufu/tokens.", HelpName = "DIR" };
Option<string[]> skf = new("--skf") { Description = "A maker's SKF library (GM/T 0016) whose tokens are served too, such as /usr/lib/libgm3000.so; can be given again. HUFU_SKF: the same, separated by ':' (';' on Windows).", HelpName = "LIBRARY" };
Option<bool> skfFirst = new("--skf-key-first") { Description = "The makers' tokens want an enveloped private key in the first 32 of its 64 bytes; most want the last." };
Option<string?> demo = new("--demo") { Description = "A demo's folder (./hufu demo --out DIR): serves its people's tokens without asking, as their PINs are known to all.", HelpName = "DIR" };
Option<string[]> pinFile = new("--pin-file") { Description = "For demonstrations and tests: TOKEN=FILE (or FILE for all) whose first line is the PIN; nobody is asked.", HelpName = "[TOKEN=]FILE" };
Option<string?> askpass = new("--askpass") { Description = "A program that asks for PINs in a window, as ssh-askpass does.", HelpName = "PROGRAM" };
Option<int> pinFor = new("--pin-for") { Description = "Keep a token open for so many minutes after its PIN; 0: ask each time.", DefaultValueFactory = _ => 0, HelpName = "MINUTES" };
Command root = new("agent", "The signing agent: lets the authority's pages sign with a token on this machine. It asks for the PIN itself; no page ever sees it.")
    { new HelpOption(), port, origin, token, skf, skfFirst, demo, pinFile, askpass, pinFor };

root.SetAction(async (parsed, ct) =>
{
    List<string> folders = [.. (parsed.GetValue(token) ?? []).Select(Path.GetFullPath)];
    HashSet<string> origins = new(StringComparer.Ordinal);
    foreach (string text in parsed.GetValue(origin) ?? [])
    {
        if (AgentOptions.OriginOf(text) is not { } known)
        {
            return Refuse($"'{text}' is no origin such as https://ca.example.cn");
        }

        origins.Add(known);
    }

    Dictionary<string, string> files = new(StringComparer.Ordinal);
    foreach (string text in parsed.GetValue(pinFile) ?? [])
    {
        int cut = text.IndexOf('=', StringComparison.Ordinal);
        string file = Path.GetFullPath(text[(cut + 1)..]);
        if (!File.Exists(file))
        {
            return Refuse($"the PIN file {file} is not there");
        }

        files[cut < 0 ? "*" : text[..cut]] = file;
    }

    string? played = parsed.GetValue(demo);
    if (played is not null)
    {
        if (DemoPeople.TokensOf(played) is not { } people)
        {
            return Refuse($"there are no tokens below {played}; make them with ./hufu demo --out {played}");
        }

        folders.Add(Path.GetFullPath(people));
        origins.UnionWith(DemoPeople.Origins(played));
    }

    if (folders.Count == 0)
    {
        folders.Add(Environment.GetEnvironmentVariable("HUFU_TOKENS") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".hufu", "tokens"));
    }

    if (origins.Count == 0)
    {
        origins.UnionWith(["http://127.0.0.1:8440", "http://localhost:8440"]);
    }

    if (parsed.GetValue(pinFor) is < 0 or > 480)
    {
        return Refuse("--pin-for takes 0 to 480 minutes");
    }

    AgentOptions options = new()
    {
        Port = parsed.GetValue(port),
        Origins = origins,
        TokenFolders = folders,
        Prompt = files.Count > 0 || played is not null ? new FilePrompt(files, played is null ? null : DemoPeople.PinOf, Console.Out)
            : parsed.GetValue(askpass) is { } program ? new ProgramPrompt(program) : new TerminalPrompt(),
        SkfLibraries =
        [
            .. (parsed.GetValue(skf) ?? []).Concat((Environment.GetEnvironmentVariable("HUFU_SKF") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)).Select(Path.GetFullPath).Distinct()
                .Select(library => new SkfOptions { Library = library, EnvelopedKeyAt = parsed.GetValue(skfFirst) ? SkfKeyPlace.First : SkfKeyPlace.Last }),
        ],
        KeptOpen = played is not null ? TimeSpan.FromHours(8) : TimeSpan.FromMinutes(parsed.GetValue(pinFor)),
        Clock = TimeProvider.System,
        Log = Console.Error,
    };
    try
    {
        await using AgentServer server = await AgentServer.StartAsync(options, ct);
        Console.WriteLine($"Hufu agent: {server.Address}");
        Console.WriteLine($"  tokens   {string.Join(", ", folders)}");
        foreach (SkfOptions library in options.SkfLibraries)
        {
            Console.WriteLine($"  SKF      {library.Library}");
        }

        Console.WriteLine($"  origins  {string.Join(", ", origins)}");
        if (options.Prompt is FilePrompt)
        {
            Console.WriteLine("  PINs come from files: whoever opens a listed page signs as these people. For demonstrations and tests only.");
        }

        await server.WaitForShutdownAsync(ct);
        return 0;
    }
    catch (Exception fault) when (fault is IOException or DeviceException)
    {
        await Console.Error.WriteLineAsync($"hufu agent: {fault.Message}");
        return 69;
    }
});

ParseResult parsed = root.Parse(args);
int exitCode = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? Usage : exitCode;

static int Refuse(string why)
{
    Console.Error.WriteLine($"hufu agent: {why}.");
    return Usage;
}
