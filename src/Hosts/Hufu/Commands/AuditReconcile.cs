using System.CommandLine;
using System.Text.Json.Nodes;
using Hufu.Records;

namespace Hufu.Host.Commands;

/// <summary><c>hufu audit reconcile</c>: brings restored rooms' ledgers to where the log server's copy is, lists what the rooms do not know of, and lifts the mark (R17).</summary>
internal static class AuditReconcile
{
    public static Command Create()
    {
        Option<string?> data = new("--data") { Description = "The restored data directory.", HelpName = "DIR" };
        Option<string> copy = new("--copy") { Description = "The log server's copy: a folder with a folder per room.", Required = true, HelpName = "DIR" };
        Option<bool> settled = new("--settled") { Description = "Say that every act in reconcile.jsonl was carried out again, revocations first: the mark is lifted." };
        Option<string?> postgres = BackupCommand.PostgresOption();
        Command command = new("reconcile", "After a restore: bring back what was acknowledged since the backup, from the log server's copy.") { data, copy, settled, postgres };
        command.SetAction((parsed, ct) => RunAsync(BackupCommand.Data(parsed.GetValue(data)), parsed.GetValue(copy)!, parsed.GetValue(settled), parsed.GetValue(postgres), ct));
        return command;
    }

    private static async Task<int> RunAsync(string data, string copy, bool settled, string? postgres, CancellationToken ct)
    {
        string[] rooms = Directory.Exists(data) ? [.. Directory.EnumerateDirectories(data).Where(RestoreMark.IsSet).Order(StringComparer.Ordinal)] : [];
        if (rooms.Length == 0)
        {
            await Console.Error.WriteLineAsync($"hufu audit reconcile: no room in {data} is marked as restored.");
            return 64;
        }

        Func<string, string>? connection = BackupCommand.Postgres(postgres, data);
        bool open = false;
        foreach (string room in rooms)
        {
            string name = Path.GetFileName(room);
            string list = Path.Combine(room, "reconcile.jsonl");
            try
            {
                string file = Path.Combine(room, name + ".db");
                await using Database database = await Database.OpenAsync(
                    File.Exists(file) || connection is null
                        ? new DatabaseOptions { Path = file, Clock = TimeProvider.System } : new DatabaseOptions { Postgres = connection(name), Schema = name, Clock = TimeProvider.System }, [], ct);
                LedgerReconciliation done = await LedgerReconciliation.BringBackAsync(database, Path.Combine(copy, name), ct);
                await LedgerReconciliation.WriteFilesAsync(database, Path.Combine(room, "audit"), ct);
                await File.AppendAllLinesAsync(list, done.Missing, ct);
                Console.WriteLine($"{name}: {done.Had} records restored, {done.Missing.Count} brought back from the copy");
            }
            catch (Exception fault) when (fault is BackupException or DatabaseException or LedgerException or IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync($"hufu audit reconcile: {name}: {fault.Message}");
                open = true;
                continue;
            }

            string[] missing = File.Exists(list) ? await File.ReadAllLinesAsync(list, ct) : [];
            foreach (IGrouping<string, string> act in missing.GroupBy(line => JsonNode.Parse(line)?["act"]?.GetValue<string>() ?? "?").OrderBy(g => g.Key, StringComparer.Ordinal))
            {
                Console.WriteLine($"  {act.Count(),6} {act.Key}");
            }

            if (missing.Length == 0 || settled)
            {
                RestoreMark.Clear(room);
                Console.WriteLine("  reconciled");
            }
            else
            {
                open = true;
                Console.WriteLine($"  carry these out again, revocations first ({list}), then: hufu audit reconcile --settled");
            }
        }

        return open ? 1 : 0;
    }
}
