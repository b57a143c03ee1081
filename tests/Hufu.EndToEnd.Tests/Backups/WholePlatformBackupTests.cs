using System.Text.Json;
using Hufu.Contracts;
using Hufu.EndToEnd.Tests.Running;
using Hufu.Testing;

namespace Hufu.EndToEnd.Tests.Backups;

/// <summary>
/// Issue 4: backup while the whole platform issues as fast as it can, restore elsewhere, <c>hufu audit verify</c> and <c>hufu audit reconcile</c> clean, nothing acknowledged missing when the log
/// server's copy is at hand. Everything by the programs that an operator has.
/// </summary>
public sealed class WholePlatformBackupTests(ITestOutputHelper output) : IDisposable
{
    private readonly Workplace _work = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _work.Dispose();

    /// <summary>Both engines with <c>./test --long</c>; otherwise SQLite's files: backups of PostgreSQL are made and restored by BackupOnPostgresTests of the modules each time.</summary>
    public static TheoryData<bool> Engines => Environment.GetEnvironmentVariable("HUFU_LONG") == "1" ? [false, true] : [false];

    [Theory]
    [MemberData(nameof(Engines))]
    [Clause("6.6.1.7-a")]
    public async Task R17_A_backup_made_at_full_speed_is_restored_elsewhere_and_nothing_acknowledged_is_missing(bool postgres)
    {
        await using PostgresServer? server = postgres ? await PostgresServer.StartAsync(Ct) : null;
        string[] there = server is null ? [] : ["--postgres", server.ConnectionString];
        string demo = _work.At("demo"), data = Path.Combine(demo, "data"), logs = _work.At("log-server"), restored = _work.At("restored");
        await HufuAsync(["demo", "--out", demo, .. there]);
        await File.WriteAllTextAsync(Path.Combine(data, "hufu.json"), $$"""{ "logServer": { "folder": "{{logs}}" }, "limits": { "addressBurst": 100000, "addressPerSecond": 10000 } }""", Ct);
        await File.WriteAllTextAsync(_work.At("pin"), "backup-pin-1\n", Ct);
        await HufuAsync(["backup", "key", _work.At("key"), "--pin-file", _work.At("pin")]);
        string[] backup = ["backup", "--data", data, "--to", _work.At("backups"), "--offsite", _work.At("offsite"), "--key", _work.At("key/backup.pub"), .. there];

        IReadOnlyCollection<Acknowledged> issued;
        await using (Server platform = await Server.StartAsync(["up", "--port", "0", .. there], _work.Folder, data))
        await using (IssuingLoad load = await IssuingLoad.StartAsync(platform.Address, Path.Combine(demo, "tokens"), 6))
        {
            await load.UntilAsync(6);
            await HufuAsync(backup);
            await load.UntilAsync(load.Issued.Count + 6);
            await HufuAsync([.. backup, "--incremental"]);
            await load.UntilAsync(load.Issued.Count + 6);
            await load.StopAsync();
            issued = load.Issued;
        }

        // The machine is lost. What is left: the place off site, the backup key, the log server's copy, and the devices' PINs, which are kept elsewhere.
        Directory.Move(data, _work.At("lost"));
        string[] elsewhere = server is null ? [] : ["--postgres", server.ConnectionString.Replace("Database=hufu", "Database=elsewhere", StringComparison.Ordinal)];
        if (server is not null)
        {
            await server.RunSqlAsync("postgres", "CREATE DATABASE elsewhere", Ct);
        }

        string[] from = ["restore", "--from", _work.At("offsite"), "--key", _work.At("key"), "--pin-file", _work.At("pin"), .. elsewhere];
        Assert.Contains("Drill passed", (await HufuAsync([.. from, "--drill"])).Output, StringComparison.Ordinal);
        await HufuAsync([.. from, "--data", restored, "--report", _work.At("report.json")]);
        await HufuAsync(["audit", "verify", restored]);
        int lacking = issued.Count - Held(restored, issued);
        Assert.True(lacking > 0, "Nothing was issued after the backup: the test shows nothing.");

        // Back to where the log server's copy is: what was acknowledged later is named, to be carried out again; with it, nothing is missing.
        Outcome reconciled = await Command.RunAsync(Tree.At("hufu"), ["audit", "reconcile", "--data", restored, "--copy", logs, .. elsewhere], _work.Folder);
        Assert.Equal(1, reconciled.ExitCode);
        Assert.Contains("carry these out again", reconciled.Output, StringComparison.Ordinal);
        Assert.Equal(issued.Count, Held(restored, issued));
        Assert.Equal(lacking, issued.Count(one => File.ReadAllText(Path.Combine(restored, "ca", "reconcile.jsonl")).Contains(one.SigningSerial, StringComparison.Ordinal)));
        foreach (string room in Directory.EnumerateDirectories(logs).Select(folder => Path.GetFileName(folder)))
        {
            await HufuAsync(["audit", "verify", Path.Combine(restored, room), "--since", Path.Combine(logs, room, "heads.jsonl")]);
        }

        await HufuAsync(["audit", "reconcile", "--data", restored, "--copy", logs, "--settled", .. elsewhere]);
        Assert.Empty(Directory.EnumerateFiles(restored, "restored.json", SearchOption.AllDirectories));

        // It runs again, on the same ledgers.
        foreach (string pin in Directory.EnumerateFiles(_work.At("lost"), "device.pin", SearchOption.AllDirectories))
        {
            File.Copy(pin, Path.Combine(restored, Path.GetRelativePath(_work.At("lost"), pin)));
        }

        await using (Server platform = await Server.StartAsync(["up", "--port", "0", .. elsewhere], _work.Folder, restored))
        {
            using HttpClient http = new() { BaseAddress = platform.Address };
            using JsonDocument health = JsonDocument.Parse(await http.GetStringAsync("/health", Ct));
            Assert.Equal(JsonValueKind.Object, health.RootElement.ValueKind);
        }

        await HufuAsync(["audit", "verify", restored]);
        output.WriteLine($"{issued.Count} pairs acknowledged, {lacking} of them after the last backup; {await File.ReadAllTextAsync(_work.At("report.json"), Ct)}");
    }

    // How many of the pairs stand in the CA's ledger.
    private static int Held(string data, IReadOnlyCollection<Acknowledged> issued)
    {
        string ledger = File.ReadAllText(Path.Combine(data, "ca", "audit", "records.jsonl"));
        return issued.Count(one => ledger.Contains(one.SigningSerial, StringComparison.Ordinal) && ledger.Contains(one.EncryptionSerial, StringComparison.Ordinal));
    }

    private async Task<Outcome> HufuAsync(IEnumerable<string> arguments) => (await Command.RunAsync(Tree.At("hufu"), arguments, _work.Folder, limit: TimeSpan.FromMinutes(6))).Succeeded();
}
