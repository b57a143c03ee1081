using System.CommandLine;
using Hufu.Host.Serving;
using Hufu.Hosting;
using Hufu.Records;

namespace Hufu.Host.Commands;

/// <summary><c>hufu up</c>: the whole platform as a server on loopback.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        Option<string?> data = new("--data") { Description = "The data directory; HUFU_DATA, else ./data." };
        Option<int?> port = new("--port") { Description = "The port on loopback; at first start 8440 or the next free one, later the one used before; 0 for any." };
        Option<bool> verbose = new("--verbose") { Description = "Log what the rooms do, not only what goes wrong." };
        Option<string?> postgres = new("--postgres") { Description = "Keep the rooms' tables in PostgreSQL: a connection string (HUFU_POSTGRES; postgres in hufu.json); {room} in it is the room's name.", HelpName = "CONN" };
        Option<bool> demo = new("--demo") { Description = "With the demo's people: plays the story once, then runs the signing agent with their tokens, so that every page can be tried. For demonstrations only." };
        Command command = new("up", "Run the platform as a server on loopback.") { data, port, postgres, verbose, demo };
        command.SetAction(async (parsed, ct) =>
        {
            try
            {
                return await RunAsync(parsed.GetValue(data), parsed.GetValue(port), parsed.GetValue(postgres), parsed.GetValue(verbose), parsed.GetValue(demo), ct);
            }
            catch (Exception fault) when (fault is SettingsException or Hufu.Governance.PolicyException or DatabaseException or LedgerException or Hufu.Devices.DeviceException or InvalidDataException or IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
            {
                await Console.Error.WriteLineAsync($"hufu up: {fault.Message}");
                return 69;
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(string? data, int? port, string? postgres, bool verbose, bool demo, CancellationToken ct)
    {
        var directory = Path.GetFullPath(data ?? Environment.GetEnvironmentVariable("HUFU_DATA") ?? "data");
        var address = ListenAddress.Choose(directory, port);
        if (address is null)
        {
            await Console.Error.WriteLineAsync("hufu up: the port is in use. Stop what uses it, or give another with --port.");
            return 69;
        }

        // The command line and the environment come before the file.
        postgres ??= Environment.GetEnvironmentVariable("HUFU_POSTGRES");
        var settings = HostSettings.For(directory, address).Load();
        await using var platform = await Platform.StartAsync(settings with { Postgres = postgres ?? settings.Postgres }, TimeProvider.System, verbose ? LogLevel.Information : LogLevel.Warning, ct);
        Announce(platform, directory);
        using var company = new DemoCompany();
        if (demo && await ShowAsync(platform, directory, company, ct) is var shown and not 0)
        {
            return shown;
        }

        await platform.WaitForShutdownAsync(ct);
        return 0;
    }

    private static async Task<int> ShowAsync(Platform platform, string directory, DemoCompany company, CancellationToken ct)
    {
        if (platform.SetupCodes.Count > 0 && await DemoCompany.PlayAsync(platform.Address, directory, ct) is var played and not 0)
        {
            return played;
        }

        if (!Directory.Exists(DemoCompany.FolderIn(directory)))
        {
            await Console.Error.WriteLineAsync($"hufu up --demo: {directory} belongs to a platform without the demo's people. Take another --data.");
            return 69;
        }

        if (!company.StartAgent(platform.Address, directory))
        {
            await Console.Error.WriteLineAsync("hufu up --demo: the signing agent is not built; run ./hufu agent once.");
            return 69;
        }

        Console.WriteLine($"Next: open {platform.Address}desk, choose who you are, and work. Holders begin at {platform.Address}");
        return 0;
    }

    private static void Announce(Platform platform, string directory)
    {
        var address = platform.Address;
        Console.WriteLine($"Hufu: {address}");
        Console.WriteLine($"  REST    {address}api/ as described in {address}openapi/v1.json");
        Console.WriteLine($"  OCSP    {address}ocsp");
        Console.WriteLine($"  CRL     {address}crl/operational.crl");
        Console.WriteLine($"  TSA     {address}tsa");
        Console.WriteLine($"  health  {address}health");
        Console.WriteLine($"  data    {directory}");
        foreach (var room in platform.WaitingRooms)
        {
            Console.WriteLine($"  {room,-6}  waits for its operator: ./hufu activate {room} --token DIR --data {directory}");
        }

        if (platform.SetupCodes.Count == 0)
        {
            Console.WriteLine("Initialised. Ctrl+C stops it.");
            return;
        }

        Console.WriteLine("Not initialised yet. Next: the rooms' one-time setup codes open their initialisation, key centre first:");
        foreach (var (room, code) in platform.SetupCodes)
        {
            Console.WriteLine($"  {room,-10}  {code}");
        }

        Console.WriteLine($"To play the whole story against this server: ./hufu demo --at {address} --data {directory}");
    }
}
