using System.CommandLine;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Host.Commands;

/// <summary><c>hufu backup</c>: all rooms at one moment, encrypted to the backup key; <c>hufu backup key</c> makes that key.</summary>
internal static class BackupCommand
{
    internal const string Label = "backup";
    internal const int Failed = 74;

    public static Command Create()
    {
        Option<string?> data = new("--data") { Description = "The data directory; HUFU_DATA, else ./data. The rooms may be at work.", HelpName = "DIR" };
        Option<string> to = new("--to") { Description = "The folder of the backups.", Required = true, HelpName = "DIR" };
        Option<string?> offsite = new("--offsite") { Description = "A second folder, off site, that gets the same file.", HelpName = "DIR" };
        Option<FileInfo> key = new("--key") { Description = "The backup key's public half (backup.pub, as hufu backup key leaves it).", Required = true, HelpName = "FILE" };
        Option<bool> incremental = new("--incremental") { Description = "Only what changed since the last backup in the folder." };
        Option<int?> fullEvery = new("--full-every") { Description = "With --incremental: a full one all the same when the newest is so many days old, or there is none. For a timer.", HelpName = "DAYS" };
        Option<string?> postgres = PostgresOption(), programs = ProgramsOption();
        Option<int> keep = new("--keep") { Description = "How many full backups are kept, 3 or more.", DefaultValueFactory = _ => 3 };
        Command command = new("backup", "Back up all rooms as they are at one moment, encrypted.") { data, to, offsite, key, incremental, fullEvery, keep, postgres, programs, Key() };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(keep) < 3)
            {
                Console.Error.WriteLine("hufu backup: at least three full copies are kept (6.6.1.7-a).");
                return 64;
            }

            if (parsed.GetValue(fullEvery) is { } days && (days < 1 || !parsed.GetValue(incremental)))
            {
                Console.Error.WriteLine("hufu backup: --full-every is 1 day or more, and goes with --incremental.");
                return 64;
            }

            return Guard(() =>
            {
                string directory = Data(parsed.GetValue(data));
                (BackupManifest manifest, string file) = BackupMaker.Make(new BackupOptions
                {
                    Data = directory, Folder = Path.GetFullPath(parsed.GetValue(to)!), Offsite = parsed.GetValue(offsite), Key = ReadKey(parsed.GetValue(key)!),
                    Incremental = parsed.GetValue(incremental), Keep = parsed.GetValue(keep), Clock = TimeProvider.System,
                    FullAfter = parsed.GetValue(fullEvery) is { } every ? TimeSpan.FromDays(every) : null, Postgres = Postgres(parsed.GetValue(postgres), directory), PostgresPrograms = parsed.GetValue(programs),
                });
                BackupBookFile.Add(directory, BackupBook.BackupsFile, new BackupLine(
                    manifest.Id, manifest.MadeAt, manifest.Base, file, new FileInfo(file).Length, parsed.GetValue(offsite) is not null, manifest.Rooms.ToDictionary(room => room.Name, room => room.LedgerSize)));
                Console.WriteLine($"{(manifest.Base is null ? "Full" : "Incremental")} backup {manifest.Id}: {file} ({new FileInfo(file).Length:N0} bytes for {manifest.Files.Sum(f => f.Size):N0})");
                foreach (BackupRoom room in manifest.Rooms)
                {
                    Console.WriteLine($"  {room.Name,-10} {room.LedgerSize,8} ledger records, {room.Heads} heads");
                }

                return 0;
            });
        });
        return command;
    }

    private static Command Key()
    {
        Argument<string> folder = new("DIR") { Description = "A folder that is not there yet, on a medium that is kept away from the server." };
        Option<FileInfo> pin = PinFile();
        Command command = new("key", "Make the backup key: DIR holds it under the PIN; DIR/backup.pub goes to the server.") { folder, pin };
        command.SetAction(parsed => Guard(() =>
        {
            string directory = Path.GetFullPath(parsed.GetValue(folder)!);
            using SoftwareDevice device = SoftwareDevice.Create(directory, ReadPin(parsed.GetValue(pin)!));
            SubjectPublicKeyInfo made = device.GenerateKeyPair(Label, KeyUse.Encryption);
            string file = Path.Combine(directory, "backup.pub");
            File.WriteAllText(file, $"-----BEGIN PUBLIC KEY-----\n{Convert.ToBase64String(made.RawData.Span)}\n-----END PUBLIC KEY-----\n");
            Console.WriteLine($"The backup key lies in {directory}. Take {file} to the server; keep the rest and the PIN elsewhere, two copies of each: without them no backup opens.");
            return 0;
        }));
        return command;
    }

    internal static Option<string?> PostgresOption() => new("--postgres")
    {
        Description = "The rooms' tables lie in PostgreSQL: the connection string as for hufu up (HUFU_POSTGRES; postgres in hufu.json); {room} in it is the room's name.", HelpName = "CONN",
    };

    internal static Option<string?> ProgramsOption() => new("--pg-bin") { Description = "The folder of pg_dump and pg_restore, when they are not in PATH.", HelpName = "DIR" };

    /// <summary>Each room's connection string, from the command line, the environment or the data directory's hufu.json; null when the rooms lie in files.</summary>
    internal static Func<string, string>? Postgres(string? given, string? directory)
    {
        given ??= Environment.GetEnvironmentVariable("HUFU_POSTGRES");
        if (given is null && directory is not null && File.Exists(Path.Combine(directory, "hufu.json")))
        {
            given = HostSettings.For(directory, new Uri("http://127.0.0.1:0")).Load().Postgres;
        }

        return given is null ? null : room => given.Replace("{room}", room, StringComparison.Ordinal);
    }

    internal static Option<FileInfo> PinFile() => new("--pin-file") { Description = "A file with the PIN in its first line.", Required = true, HelpName = "FILE" };

    internal static string ReadPin(FileInfo file) => File.ReadLines(file.FullName).FirstOrDefault() ?? throw new IOException($"{file.FullName} holds no PIN.");

    internal static string Data(string? given) => Path.GetFullPath(given ?? Environment.GetEnvironmentVariable("HUFU_DATA") ?? "data");

    private static SubjectPublicKeyInfo ReadKey(FileInfo file)
    {
        try
        {
            return file.Length <= 4_096
                ? SubjectPublicKeyInfo.Decode(Convert.FromBase64String(string.Concat(File.ReadAllLines(file.FullName).Where(line => !line.StartsWith('-')))))
                : throw new BackupException(BackupError.NotUsable, $"{file.FullName} is no public key.");
        }
        catch (Exception fault) when (fault is FormatException or PkiException)
        {
            throw new BackupException(BackupError.NotUsable, $"{file.FullName} is no public key: {fault.Message}", fault);
        }
    }

    /// <summary>Runs a command and tells in words what stopped it.</summary>
    internal static int Guard(Func<int> run)
    {
        try
        {
            return run();
        }
        catch (Exception fault) when (fault is BackupException or DatabaseException or LedgerException or DeviceException or PkiException or IOException or UnauthorizedAccessException or SettingsException)
        {
            Console.Error.WriteLine($"hufu: {fault.Message}");
            return Failed;
        }
    }
}
