using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Records;

/// <summary>6.6.1.7: backup and restore, while the rooms are at work.</summary>
public sealed class BackupOnSqliteTests() : BackupTests(Engine.Sqlite);

/// <summary>The same with the rooms in PostgreSQL, each a schema.</summary>
public sealed class BackupOnPostgresTests() : BackupTests(Engine.Postgres);

/// <summary>6.6.1.7: backup and restore, while the rooms are at work.</summary>
public abstract class BackupTests(Engine engine) : IDisposable
{
    private static readonly Migration Deeds = new("test.room", 1, "deeds", "CREATE TABLE test_deed (name TEXT PRIMARY KEY);");

    private readonly RecordsPlace place = new();
    private readonly Sm2KeyPair backupKey = Sm2KeyPair.Generate();

    private static CancellationToken Ct => RecordsPlace.Ct;

    private string Data => Path.Combine(place.Folder, "data");

    private string Backups => Path.Combine(place.Folder, "backups");

    private string LogServer => Path.Combine(place.Folder, "log-server");

    public void Dispose()
    {
        backupKey.Dispose();
        place.Dispose();
    }

    private readonly Dictionary<string, string> databases = [];

    private string Offsite => Path.Combine(place.Folder, "offsite");

    private BackupOptions Options(bool incremental = false) => new()
    {
        Data = Data, Folder = Backups, Key = backupKey.PublicKey, Incremental = incremental, Clock = place.Clock, Postgres = engine == Engine.Postgres ? _ => Connection(Data) : null,
    };

    // Each data directory has a PostgreSQL database of its own.
    private string Connection(string data)
    {
        if (!databases.TryGetValue(data, out string? connection))
        {
            PostgresServer server = PostgresServer.SharedAsync().GetAwaiter().GetResult();
            string name = "backup_" + Hufu.Crypto.SecureRandom.NewId();
            server.RunSqlAsync("postgres", $"CREATE DATABASE {name}", Ct).GetAwaiter().GetResult();
            databases[data] = connection = new Npgsql.NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name }.ToString();
        }

        return connection;
    }

    private RestoreReport Restore(string folder, string? id, IDecryptor key, string target) =>
        BackupRestorer.Restore(folder, id, key, target, TimeProvider.System, engine == Engine.Postgres ? new PostgresRestore(_ => Connection(target)) : null);

    private Task<Database> OpenAsync(string data, string room)
    {
        Directory.CreateDirectory(Path.Combine(data, room));
        return Database.OpenAsync(
            engine == Engine.Postgres
                ? new DatabaseOptions { Postgres = Connection(data), Schema = room, Clock = place.Clock } : new DatabaseOptions { Path = Path.Combine(data, room, room + ".db"), Clock = place.Clock }, [Deeds], Ct);
    }

    private Task<Ledger> LedgerAsync(Database database, string data, string room) => place.OpenLedgerAsync(
        database, o => o with { Directory = Path.Combine(data, room, "audit"), Origin = room, Copies = [new FolderCopy("server", LogServer)], HeadEveryRecords = 100 });

    [Fact]
    public async Task R17_A_backup_at_full_speed_is_one_moment_of_all_rooms_and_with_the_log_servers_copy_nothing_acknowledged_is_missing()
    {
        int acknowledged = 0;
        RestoreReport report;
        await using (Database ca = await OpenAsync(Data, "ca"), ra = await OpenAsync(Data, "ra"))
        await using (Ledger caLedger = await LedgerAsync(ca, Data, "ca"), raLedger = await LedgerAsync(ra, Data, "ra"))
        {
            using var stop = new CancellationTokenSource();
            // What the RA knows, the CA has done before: at no moment may the backup show it the other way round.
            Task[] work = [.. Enumerable.Range(0, 6).Select(w => Task.Run(
                async () =>
                {
                    for (int i = 0; !stop.IsCancellationRequested; i++)
                    {
                        string name = $"{w}-{i}";
                        await ca.WriteAsync(s => Do(s, caLedger, name), Ct);
                        await ra.WriteAsync(s => Do(s, raLedger, name), Ct);
                        Interlocked.Increment(ref acknowledged);
                    }
                },
                Ct))];
            await LedgerTests.UntilAsync(() => Volatile.Read(ref acknowledged) > 200);
            BackupMaker.Make(Options());
            await LedgerTests.UntilAsync(() => Volatile.Read(ref acknowledged) > 500);
            place.Clock.Advance(TimeSpan.FromHours(1));
            BackupMaker.Make(Options(incremental: true));
            await LedgerTests.UntilAsync(() => Volatile.Read(ref acknowledged) > 800);
            await stop.CancelAsync();
            await Task.WhenAll(work);
        }

        string restored = Path.Combine(place.Folder, "restored");
        report = Restore(Backups, null, backupKey, restored);
        Assert.True(report.IsWhole, string.Join(", ", report.Rooms));
        Assert.Equal(["ca", "ra"], report.Rooms.Select(r => r.Name));
        Assert.True(RestoreMark.IsSet(Path.Combine(restored, "ca")));
        Assert.Equal(report.Rooms[0].Records, RestoreMark.Read(Path.Combine(restored, "ca"))!.LedgerSize);
        Assert.Throws<RefusedException>(() => RestoreMark.Demand(Path.Combine(restored, "ca")));

        await using (Database ca = await OpenAsync(restored, "ca"), ra = await OpenAsync(restored, "ra"))
        {
            HashSet<string> done = [.. await ca.ReadAsync(s => s.Query<string>("SELECT name FROM test_deed"), Ct)];
            Assert.Equal([], (await ra.ReadAsync(s => s.Query<string>("SELECT name FROM test_deed"), Ct)).Where(name => !done.Contains(name)));
            Assert.InRange(done.Count, 500, acknowledged);
            LedgerReconciliation back = await LedgerReconciliation.BringBackAsync(ca, Path.Combine(LogServer, "ca"), Ct);
            Assert.Equal(acknowledged, done.Count + back.Missing.Count(line => line.Contains("test.deed", StringComparison.Ordinal)));
            Assert.Equal(report.Rooms[0].Records, back.Had);
            await LedgerReconciliation.WriteFilesAsync(ca, Path.Combine(restored, "ca", "audit"), Ct);
            Assert.Equal(back.Now, File.ReadLines(Path.Combine(restored, "ca", "audit", "records.jsonl")).Count());
            // The ledger goes on where the copy ends: no fork.
            await using Ledger ledger = await LedgerAsync(ca, restored, "ca");
            Assert.Equal(back.Now, ledger.Size);
            await ledger.AppendAsync(RecordsPlace.Plain(1), Ct);
            SignedHead head = await ledger.SignHeadAsync(Ct);
            Assert.True(SignedHead.TryParse(File.ReadLines(Path.Combine(LogServer, "ca", "heads.jsonl")).ElementAt(2), out SignedHead? kept));
            Assert.Equal(LedgerVerdict.Whole, LedgerVerifier.Verify(Path.Combine(restored, "ca", "audit"), kept).Verdict);
            Assert.Equal(back.Now + 1, head.Size);
        }

        Assert.True(RestoreMark.Clear(Path.Combine(restored, "ca")));
        Assert.Null(RestoreMark.Read(Path.Combine(restored, "ca")));
    }

    private static void Do(Session session, Ledger ledger, string name)
    {
        session.Execute("INSERT INTO test_deed (name) VALUES (@name)", new { name });
        ledger.Append(session, new LedgerRecord { Actor = "张三", Act = "test.deed", Object = name, Outcome = LedgerOutcome.Done });
    }

    [Fact]
    [Clause("6.6.1.7-a")]
    public async Task An_incremental_backup_holds_only_what_is_new_and_three_full_ones_are_kept()
    {
        await using (Database ca = await OpenAsync(Data, "ca"))
        await using (Ledger ledger = await LedgerAsync(ca, Data, "ca"))
        {
            for (int i = 0; i < 300; i++)
            {
                Do(i);
            }

            void Do(int i) => ca.WriteAsync(s => ledger.Append(s, RecordsPlace.Plain(i) with { Detail = new() { ["filler"] = new string('x', 8_000) } }), Ct).GetAwaiter().GetResult();
        }

        File.WriteAllText(Path.Combine(Data, "ca", "device.pin"), "secret pin");
        Assert.Equal(BackupError.BaseMissing, Assert.Throws<BackupException>(() => BackupMaker.Make(Options(incremental: true))).Error);
        var made = new List<string>();
        for (int i = 0; i < 5; i++)
        {
            made.Add(BackupMaker.Make(Options()).File);
            place.Clock.Advance(TimeSpan.FromDays(1));
        }

        (BackupManifest manifest, string small) = BackupMaker.Make(Options(incremental: true));
        Assert.NotNull(manifest.Base);
        Assert.True(new FileInfo(small).Length < new FileInfo(made[4]).Length / 10);
        Assert.Equal([false, false, true, true, true], made.Select(File.Exists));
        Assert.DoesNotContain("device.pin", manifest.Files.Select(f => Path.GetFileName(f.Path)));
        string restored = Path.Combine(place.Folder, "restored");
        Assert.True(Restore(Backups, manifest.Id, backupKey, restored).IsWhole);
        Assert.Equal(BackupError.NotUsable, Assert.Throws<BackupException>(() => Restore(Backups, null, backupKey, restored)).Error);
    }

    [Fact]
    [Clause("6.6.1.7-a")]
    public async Task The_place_off_site_catches_up_keeps_three_full_ones_too_and_can_be_restored_from()
    {
        await using (Database ca = await OpenAsync(Data, "ca"))
        await using (Ledger ledger = await LedgerAsync(ca, Data, "ca"))
        {
            await ledger.AppendAsync(RecordsPlace.Plain(1), Ct);
        }

        // A file stands where the folder has to be: the place is away. The backup is made all the same, and the next one takes it along.
        File.WriteAllText(Offsite, "");
        BackupOptions timed = Options(incremental: true) with { FullAfter = TimeSpan.FromDays(7), Offsite = Offsite };
        Assert.Contains("could not be copied off site", Assert.Throws<BackupException>(() => BackupMaker.Make(timed)).Message, StringComparison.Ordinal);
        File.Delete(Offsite);
        for (int day = 1; day <= 30; day++)
        {
            place.Clock.Advance(TimeSpan.FromDays(1));
            BackupMaker.Make(timed);
        }

        string[] Names(string folder) => [.. Directory.EnumerateFiles(folder, "*.hufubackup").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
        Assert.Equal(Names(Backups), Names(Offsite));
        Assert.Equal(3, Names(Offsite).Count(name => name.Contains("-full-", StringComparison.Ordinal)));
        // Every week a full one, six incremental ones between; the oldest that is kept is a full one.
        Assert.Contains("-full-", Names(Offsite)[0], StringComparison.Ordinal);
        Assert.True(Names(Offsite).Length >= 17, string.Join('\n', Names(Offsite)));
        Directory.Delete(Backups, recursive: true);
        string restored = Path.Combine(place.Folder, "restored");
        Assert.True(Restore(Offsite, null, backupKey, restored).IsWhole);
    }

    [Fact]
    public async Task A_backup_that_was_touched_cut_off_or_made_for_another_key_is_refused_and_leaves_nothing()
    {
        await using (Database ca = await OpenAsync(Data, "ca"))
        await using (Ledger ledger = await LedgerAsync(ca, Data, "ca"))
        {
            await ledger.AppendAsync(RecordsPlace.Plain(1), Ct);
        }

        (_, string file) = BackupMaker.Make(Options());
        byte[] whole = await File.ReadAllBytesAsync(file, Ct);
        Assert.DoesNotContain("test.note", System.Text.Encoding.Latin1.GetString(whole), StringComparison.Ordinal);
        string target = Path.Combine(place.Folder, "restored");
        using Sm2KeyPair other = Sm2KeyPair.Generate();
        Assert.Equal(BackupError.Damaged, Assert.Throws<BackupException>(() => Restore(Backups, null, other, target)).Error);
        for (int i = 0; i < 40; i++)
        {
            byte[] touched = [.. whole];
            touched[(int)((long)i * whole.Length / 40)] ^= 1;
            await File.WriteAllBytesAsync(file, i % 4 == 3 ? whole[..^(i * 7)] : touched, Ct);
            Assert.ThrowsAny<Exception>(() => Restore(Backups, null, backupKey, target));
            Assert.Empty(Directory.EnumerateFileSystemEntries(target));
        }

        await File.WriteAllBytesAsync(file, whole, Ct);
        Assert.True(Restore(Backups, null, backupKey, target).IsWhole);
    }
}
