using System.CommandLine;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Devices;
using Hufu.Records;

namespace Hufu.Host.Commands;

/// <summary><c>hufu restore</c>: puts a backup back into an empty data directory; <c>--drill</c> into a scratch place, with a report, and takes it away again.</summary>
internal static class RestoreCommand
{
    private static readonly JsonSerializerOptions ReportFormat = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create()
    {
        Option<string> from = new("--from") { Description = "The folder of the backups.", Required = true, HelpName = "DIR" };
        Option<string?> id = new("--id") { Description = "Which backup; the newest when left out." };
        Option<string> key = new("--key") { Description = "The folder that hufu backup key made.", Required = true, HelpName = "DIR" };
        Option<FileInfo> pin = BackupCommand.PinFile();
        Option<string?> data = new("--data") { Description = "The data directory, which must not be there or be empty.", HelpName = "DIR" };
        Option<bool> drill = new("--drill") { Description = "Into a scratch place, to see that it can be done (every quarter: 6.6.1.7-b)." };
        Option<string?> postgres = BackupCommand.PostgresOption(), programs = BackupCommand.ProgramsOption();
        Option<string?> report = new("--report") { Description = "Where the report goes as JSON.", HelpName = "FILE" };
        Option<string?> record = new("--record") { Description = "With --drill: the data directory of the platform whose people are shown that it was tried.", HelpName = "DIR" };
        Command command = new("restore", "Put a backup back, or try whether it can be.") { from, id, key, pin, data, drill, postgres, programs, report, record };
        command.SetAction(parsed => BackupCommand.Guard(() =>
        {
            bool tried = parsed.GetValue(drill);
            if (tried == parsed.GetValue(data) is not null)
            {
                Console.Error.WriteLine("hufu restore: give --data DIR to restore, or --drill to try.");
                return 64;
            }

            string target = tried ? Path.Combine(Path.GetTempPath(), "hufu-drill-" + SecureRandom.NewId()) : Path.GetFullPath(parsed.GetValue(data)!);
            Func<string, string>? connection = BackupCommand.Postgres(parsed.GetValue(postgres), directory: null);
            using DrillDatabases? scratch = tried && connection is not null ? new DrillDatabases(connection) : null;
            try
            {
                using SoftwareDevice device = SoftwareDevice.Open(Path.GetFullPath(parsed.GetValue(key)!), BackupCommand.ReadPin(parsed.GetValue(pin)!));
                RestoreReport done = BackupRestorer.Restore(
                    Path.GetFullPath(parsed.GetValue(from)!), parsed.GetValue(id), device.GetDecryptor(BackupCommand.Label), target, TimeProvider.System,
                    connection is null ? null : new PostgresRestore(scratch is null ? connection : scratch.For, parsed.GetValue(programs)));
                if (parsed.GetValue(report) is { } file)
                {
                    File.WriteAllText(file, JsonSerializer.Serialize(done, ReportFormat) + "\n");
                }

                if (tried && parsed.GetValue(record) is { } platform)
                {
                    BackupBookFile.Add(Path.GetFullPath(platform), BackupBook.DrillsFile, new DrillLine(
                        done.Backup, done.MadeAt, done.RestoredAt, done.Seconds, done.IsWhole, done.Rooms.ToDictionary(room => room.Name, room => $"{room.Records} records, {room.Ledger}; database {room.Database}")));
                }

                Console.WriteLine($"Backup {done.Backup} of {done.MadeAt:u}: {done.Files} files, {done.Bytes:N0} bytes in {done.Seconds:0.0} s");
                foreach (RestoredRoom room in done.Rooms)
                {
                    Console.WriteLine($"  {room.Name,-10} {room.Records,8} ledger records: {room.Ledger}; database: {room.Database}");
                }

                Console.WriteLine(tried
                    ? $"Drill {(done.IsWhole ? "passed" : "FAILED")}."
                    : "Next: bring each device's PIN (device.pin) back into its room's folder, then hufu audit reconcile with the log server's copy. Until then nothing is issued (R17).");
                return done.IsWhole ? 0 : 1;
            }
            finally
            {
                if (tried && Directory.Exists(target))
                {
                    Directory.Delete(target, recursive: true);
                }
            }
        }));
        return command;
    }
}
