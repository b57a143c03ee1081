using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Hufu.Records;
using Xunit;

namespace Hufu.Modules.Tests.Records;

/// <summary>What a crash, a restore or somebody's hand does to the exported files between two starts.</summary>
public sealed class LedgerFilesTests : IDisposable
{
    private readonly RecordsPlace place = new();

    private static CancellationToken Ct => RecordsPlace.Ct;

    public void Dispose() => place.Dispose();

    private string RecordsFile => Path.Combine(place.Audit, "records.jsonl");

    private string HeadsFile => Path.Combine(place.Audit, "heads.jsonl");

    private async Task<byte[]> MakeAsync(int count)
    {
        await using Database database = await place.OpenDatabaseAsync();
        await using (Ledger ledger = await place.OpenLedgerAsync(database))
        {
            for (int i = 0; i < count; i++)
            {
                await ledger.AppendAsync(i % 9 == 4 ? place.Signed(i) : RecordsPlace.Plain(i), Ct);
            }
        }

        return File.ReadAllBytes(RecordsFile);
    }

    private async Task<LedgerReport> OpenAgainAsync()
    {
        await using (Database database = await place.OpenDatabaseAsync())
        {
            await using Ledger ledger = await place.OpenLedgerAsync(database);
            await ledger.SignHeadAsync(Ct);
        }

        return LedgerVerifier.Verify(place.Audit, since: null);
    }

    [Fact]
    public async Task Wherever_a_crash_tore_the_files_they_are_whole_after_the_next_start()
    {
        byte[] whole = await MakeAsync(30);
        byte[] heads = File.ReadAllBytes(HeadsFile);
        foreach (int left in new[] { 0, 1, 100, whole.Length / 2, whole.Length - 300, whole.Length - 1 })
        {
            File.WriteAllBytes(RecordsFile, whole[..left]);
            File.WriteAllBytes(HeadsFile, heads[..(left % heads.Length)]);
            Assert.Equal(LedgerVerdict.Whole, (await OpenAgainAsync()).Verdict);
            Assert.Equal(whole, File.ReadAllBytes(RecordsFile));
            Assert.Equal(heads, File.ReadAllBytes(HeadsFile));
        }

        File.Delete(RecordsFile);
        File.Delete(HeadsFile);
        Assert.Equal(LedgerVerdict.Whole, (await OpenAgainAsync()).Verdict);
        Assert.Equal(whole, File.ReadAllBytes(RecordsFile));
    }

    [Fact]
    public async Task Bytes_that_were_not_flushed_behind_the_last_head_are_written_again()
    {
        await MakeAsync(5);
        byte[] before = File.ReadAllBytes(RecordsFile);
        await using Database database = await place.OpenDatabaseAsync();
        await using (Ledger ledger = await place.OpenLedgerAsync(database, o => o with { OnFault = _ => { } }))
        {
            for (int i = 0; i < 5; i++)
            {
                await ledger.AppendAsync(RecordsPlace.Plain(i), Ct);
            }

            await ledger.ExportAsync(Ct);
        }

        // As a file system leaves it after a power cut: the length is there, the content is not; and no head was signed over it.
        byte[] after = File.ReadAllBytes(RecordsFile);
        await database.WriteAsync(s => s.Execute("DELETE FROM ledger_head WHERE size > 7"), Ct);
        File.WriteAllLines(HeadsFile, File.ReadAllLines(HeadsFile)[..^1]);
        byte[] holes = [.. after];
        holes.AsSpan(before.Length + 10).Clear();
        File.WriteAllBytes(RecordsFile, holes);
        await using (Ledger ledger = await place.OpenLedgerAsync(database))
        {
            await ledger.SignHeadAsync(Ct);
            Assert.Equal(LedgerVerdict.Whole, LedgerVerifier.Verify(place.Audit, since: null).Verdict);
        }

        Assert.Equal(after, File.ReadAllBytes(RecordsFile));
    }

    [Fact]
    public async Task A_file_that_is_ahead_of_the_database_or_contradicts_it_stops_the_start()
    {
        byte[] whole = await MakeAsync(10);
        await using Database database = await place.OpenDatabaseAsync();
        File.WriteAllBytes(RecordsFile, [.. whole, .. "{}\n"u8]);
        Assert.Equal(LedgerError.FilesAhead, (await Assert.ThrowsAsync<LedgerException>(() => place.OpenLedgerAsync(database))).Error);
        Assert.Equal(whole.Length + 3, new FileInfo(RecordsFile).Length); // nothing was touched
        whole[^20] ^= 1; // in the last line, which a head covers
        File.WriteAllBytes(RecordsFile, whole);
        Assert.Equal(LedgerError.Broken, (await Assert.ThrowsAsync<LedgerException>(() => place.OpenLedgerAsync(database))).Error);
        Assert.Equal(whole, File.ReadAllBytes(RecordsFile));
    }

    [Fact]
    public async Task The_files_grow_with_the_records_without_being_asked()
    {
        await using Database database = await place.OpenDatabaseAsync();
        await using Ledger ledger = await place.OpenLedgerAsync(database);
        for (int i = 1; i <= 5; i++)
        {
            await ledger.AppendAsync(RecordsPlace.Plain(i), Ct);
            await LedgerTests.UntilAsync(() => ReadShared(RecordsFile).Count(b => b == '\n') == i + 1);
        }
    }

    [Fact]
    public async Task By_hand_with_openssl_as_the_readme_says()
    {
        await MakeAsync(3);
        if (!Run("openssl", "version", out string version) || !version.StartsWith("OpenSSL 3", StringComparison.Ordinal))
        {
            Assert.Skip("no OpenSSL 3 on this machine");
        }

        string readme = File.ReadAllText(Path.Combine(place.Audit, "README.txt"));
        Assert.Contains("openssl dgst -sm3 -verify head-signer.pub -sigopt distid:1234567812345678 -signature head.sig head.txt", readme, StringComparison.Ordinal);
        string head = File.ReadAllLines(HeadsFile)[^1];
        JsonElement fields = JsonDocument.Parse(head).RootElement;
        var text = new StringBuilder("HUFU-HEAD 1\n");
        foreach (string name in new[] { "origin", "size", "root", "time", "key" })
        {
            text.Append(name).Append(": ").Append(fields.GetProperty(name).ToString()).Append('\n');
        }

        string signed = Path.Combine(place.Audit, "head.txt");
        string signature = Path.Combine(place.Audit, "head.sig");
        File.WriteAllText(signed, text.ToString());
        File.WriteAllBytes(signature, fields.GetProperty("signature").GetBytesFromBase64());
        string key = Path.Combine(place.Audit, "head-signer.pub");
        Assert.True(Run("openssl", $"dgst -sm3 -verify {key} -sigopt distid:1234567812345678 -signature {signature} {signed}", out string said), said);
        Assert.Contains("Verified OK", said, StringComparison.Ordinal);
        File.WriteAllText(signed, text.ToString().Replace("origin: ca", "origin: cb", StringComparison.Ordinal));
        Assert.False(Run("openssl", $"dgst -sm3 -verify {key} -sigopt distid:1234567812345678 -signature {signature} {signed}", out _));

        string[] lines = File.ReadAllLines(RecordsFile);
        string leaf = Path.Combine(place.Audit, "leaf");
        File.WriteAllBytes(leaf, [0, .. Encoding.UTF8.GetBytes(lines[1])]);
        Assert.True(Run("openssl", $"dgst -sm3 -r {leaf}", out string digest));
        Assert.Contains($"\"previous\":\"{digest[..64]}\"", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_dies_between_any_two_steps_leaves_a_ledger_that_opens_whole()
    {
        // The database is copied while the ledger works, as it would lie on the disk after a power cut; the files are copied after it, so they may be ahead by what was not copied:
        // that must be refused; or behind: that must be repaired. Never may it open and be broken.
        await using Database database = await place.OpenDatabaseAsync();
        await using Ledger ledger = await place.OpenLedgerAsync(database, o => o with { HeadEveryRecords = 20 });
        using var stop = new CancellationTokenSource();
        Task load = Task.Run(
            async () =>
            {
                for (int i = 0; !stop.IsCancellationRequested; i++)
                {
                    await ledger.AppendAsync(RecordsPlace.Plain(i), Ct);
                }
            },
            Ct);
        int opened = 0;
        for (int i = 0; i < 12; i++)
        {
            await Task.Delay(25, Ct);
            string copy = Path.Combine(place.Folder, $"crash{i}");
            Directory.CreateDirectory(Path.Combine(copy, "audit"));
            bool filesFirst = i % 2 == 0;
            if (filesFirst)
            {
                Copy(Path.Combine(copy, "audit"));
            }

            // The log and the database file as of one moment: the writer is held meanwhile.
            await database.WriteAsync(
                _ =>
                {
                    File.Copy(place.DatabaseFile, Path.Combine(copy, "ca.db"));
                    if (File.Exists(place.DatabaseFile + "-wal"))
                    {
                        File.WriteAllBytes(Path.Combine(copy, "ca.db-wal"), ReadShared(place.DatabaseFile + "-wal"));
                    }
                },
                Ct);
            if (!filesFirst)
            {
                await Task.Delay(5, Ct);
                Copy(Path.Combine(copy, "audit"));
            }

            await using Database crashed = await Database.OpenAsync(new DatabaseOptions { Path = Path.Combine(copy, "ca.db"), Clock = place.Clock }, [], Ct);
            try
            {
                await using (Ledger again = await place.OpenLedgerAsync(crashed, o => o with { Directory = Path.Combine(copy, "audit") }))
                {
                    await again.AppendAsync(RecordsPlace.Plain(i), Ct);
                    await again.SignHeadAsync(Ct);
                }

                LedgerReport report = LedgerVerifier.Verify(Path.Combine(copy, "audit"), since: null);
                Assert.True(report.Verdict == LedgerVerdict.Whole, string.Join('\n', report.Findings));
                opened++;
            }
            catch (LedgerException e) when (!filesFirst && e.Error == LedgerError.FilesAhead)
            {
                // As it should be.
            }
        }

        await stop.CancelAsync();
        await load;
        Assert.InRange(opened, 6, 12);
    }

    private void Copy(string to)
    {
        foreach (string file in new[] { RecordsFile, HeadsFile })
        {
            File.WriteAllBytes(Path.Combine(to, Path.GetFileName(file)), ReadShared(file));
        }
    }

    private static byte[] ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return bytes[..read];
    }

    private static bool Run(string program, string arguments, out string output)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            output = e.Message;
            return false;
        }
    }
}
