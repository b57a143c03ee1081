using System.Text;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Records;
using Xunit;

namespace Hufu.Modules.Tests.Records;

/// <summary>What is done to the files of a log is found from the files, if need be with an earlier head.</summary>
public sealed class LedgerTamperTests : IDisposable
{
    private const int Count = 80;

    private readonly RecordsPlace place = new();
    private readonly List<SignedHead> heads = [];
    private int copies;

    private static CancellationToken Ct => RecordsPlace.Ct;

    public void Dispose() => place.Dispose();

    // Heads over 1, 22, 42, 62 and all; signed acts at every tenth record.
    private async Task MakeLogAsync()
    {
        await using Database database = await place.OpenDatabaseAsync();
        await using Ledger ledger = await place.OpenLedgerAsync(database);
        await LedgerTests.UntilAsync(() => ledger.Head is not null);
        for (int i = 0; i < Count; i++)
        {
            place.Clock.Advance(TimeSpan.FromSeconds(1));
            await ledger.AppendAsync(i % 10 == 5 ? place.Signed(i) : RecordsPlace.Plain(i), Ct);
            if (i % 20 == 19)
            {
                heads.Add(await ledger.SignHeadAsync(Ct));
            }
        }
    }

    private LogForger Forge() => new(place.Audit, Path.Combine(place.Folder, $"copy{copies++}"));

    private static LedgerReport Check(LogForger log, SignedHead? since = null) => LedgerVerifier.Verify(log.Folder, since);

    private static LedgerFinding First(LedgerReport report)
    {
        Assert.Equal(LedgerVerdict.Broken, report.Verdict);
        Assert.Equal(1, report.ExitCode);
        return report.Findings[0];
    }

    [Fact]
    [Clause("6.6.1.4-d")]
    public async Task Each_way_to_change_the_files_is_found_and_placed()
    {
        await MakeLogAsync();
        LogForger log = Forge();
        LedgerReport whole = Check(log, heads[1]);
        Assert.Empty(whole.Findings);
        Assert.Equal((LedgerVerdict.Whole, 0), (whole.Verdict, whole.ExitCode));
        LedgerSummary summary = Assert.Single(whole.Ledgers);
        Assert.Equal((Count + 2L, 5L, 8L, 1L, 0L, RecordsPlace.Room), (summary.Records, summary.Heads, summary.Acts, summary.Certificates, summary.Unsigned, summary.Origin));
        Assert.Equal(heads[^1].Root, summary.Root);

        // A byte of record 30.
        log.Edit(l => l[30] = l[30].Replace("\"system\"", "\"sistem\"", StringComparison.Ordinal));
        LedgerFinding found = First(Check(log));
        Assert.Equal((LedgerFault.Chain, 30L), (found.Fault, found.Sequence));
        Assert.Equal("Record 30 was changed: record 31 refers to other bytes than stand there.", found.Message);
        Assert.Equal("Record 29 still holds, and so does record 31.", found.Holds);
        Assert.Contains(Check(log).Findings, f => f is { Fault: LedgerFault.Root, Sequence: 22, Holds: "The head over 22 records still holds." });

        // The same, and its neighbour's reference mended: the next one accuses the neighbour, the tree the range.
        log.Edit(l => l[31] = Refer(l[31], l[30]));
        found = First(Check(log));
        Assert.Equal((LedgerFault.Chain, 31L), (found.Fault, found.Sequence));

        // A record whose own reference was changed.
        log = Forge();
        log.Edit(l => l[40] = Refer(l[40], "other"));
        Assert.Equal((LedgerFault.Chain, 40L), (First(Check(log)).Fault, First(Check(log)).Sequence));

        // The last record: no later one refers to it, the head does.
        log = Forge();
        log.Edit(l => l[^1] = l[^1].Replace("\"number\":79", "\"number\":78", StringComparison.Ordinal));
        Assert.Equal((LedgerFault.Root, 62L), (First(Check(log)).Fault, First(Check(log)).Sequence));

        // The end cut off.
        log = Forge();
        log.Edit(l => l.RemoveRange(70, l.Count - 70));
        found = First(Check(log));
        Assert.Equal((LedgerFault.End, 70L), (found.Fault, found.Sequence));
        Assert.Equal("The head over 62 records still holds.", found.Holds);

        // The end cut off with the heads: nothing in the folder says so, the earlier head does.
        log.SetHeads(log.HeadLines()[..^1]);
        Assert.Equal(LedgerVerdict.Whole, Check(log).Verdict);
        Assert.Equal(8, Check(log).Ledgers[0].Unsigned);
        Assert.Equal(LedgerFault.Since, First(Check(log, heads[^1])).Fault);

        // All heads removed.
        log.SetHeads([]);
        Assert.Equal(LedgerFault.Head, First(Check(log)).Fault);
        File.Delete(Path.Combine(log.Folder, "heads.jsonl"));
        Assert.Equal(LedgerFault.Head, First(Check(log)).Fault);

        // Two records swapped.
        log = Forge();
        log.Edit(l => (l[33], l[34]) = (l[34], l[33]));
        found = First(Check(log));
        Assert.Equal((LedgerFault.Sequence, 33L), (found.Fault, found.Sequence));

        // A record removed.
        log = Forge();
        log.Edit(l => l.RemoveAt(50));
        found = First(Check(log));
        Assert.Equal((LedgerFault.Sequence, 50L), (found.Fault, found.Sequence));
        Assert.Contains("records 50 to 50 are missing", found.Message, StringComparison.Ordinal);

        // The beginning removed.
        log = Forge();
        log.Edit(l => l.RemoveAt(0));
        Assert.Equal(LedgerFault.Form, First(Check(log)).Fault);

        // A head changed.
        log = Forge();
        log.SetHeads(log.HeadLines().Select((l, i) => i == 2 ? l.Replace("\"size\":42", "\"size\":41", StringComparison.Ordinal) : l));
        Assert.Contains(Check(log).Findings, f => f.Fault == LedgerFault.Head);
    }

    [Fact]
    public async Task A_log_rewritten_consistently_is_found_with_an_earlier_head_or_by_its_key()
    {
        await MakeLogAsync();
        LogForger log = Forge();
        log.Edit(l => l[30] = l[30].Replace("\"system\"", "\"sistem\"", StringComparison.Ordinal));
        log.Rewrite(place.AuditKey);
        Assert.Equal(LedgerVerdict.Whole, Check(log).Verdict); // consistent in itself, signed by the true key: only who kept a head knows
        Assert.Equal(LedgerVerdict.Whole, Check(log, heads[0]).Verdict); // over 22 records, which are the same
        LedgerFinding found = First(Check(log, heads[1]));
        Assert.Equal(LedgerFault.Since, found.Fault);
        Assert.Equal("The first 42 records are not those that the earlier head signed: the log was rewritten after it was made.", found.Message);

        // Forged with another key, record 0 too.
        using Sm2KeyPair other = Sm2KeyPair.Generate();
        log = Forge();
        log.Edit(l => l[0] = l[0].Replace(Convert.ToBase64String(place.AuditKey.PublicKey.RawData.Span), Convert.ToBase64String(other.PublicKey.RawData.Span), StringComparison.Ordinal));
        log.Rewrite(other);
        Assert.Equal(LedgerVerdict.Broken, Check(log).Verdict); // head-signer.pub was left
        File.Delete(Path.Combine(log.Folder, "head-signer.pub"));
        Assert.Equal(LedgerVerdict.Whole, Check(log).Verdict);
        Assert.Contains(Check(log, heads[0]).Findings, f => f.Fault == LedgerFault.Key);
        Assert.Contains(Check(log, heads[0]).Findings, f => f.Fault == LedgerFault.Since);
        string key = Convert.ToHexStringLower(Sm3.HashData(place.AuditKey.PublicKey.RawData.Span));
        Assert.Equal(LedgerFault.Key, First(LedgerVerifier.Verify(log.Folder, new LedgerVerification { Key = key })).Fault);
        Assert.Equal(LedgerVerdict.Whole, LedgerVerifier.Verify(place.Audit, new LedgerVerification { Key = key }).Verdict);
    }

    [Fact]
    public async Task An_act_that_was_not_signed_so_is_found_even_when_all_heads_agree()
    {
        await MakeLogAsync();
        int act = Forge().Lines().FindIndex(l => l.Contains("\"statement\"", StringComparison.Ordinal));
        (string From, string To)[] changes =
        [
            ("\"object\":\"thing/5\"", "\"object\":\"thing/6\""), // the record is about another object
            ("object: thing/5\\n", "object: thing/6\\n"), // the statement is
            ("\"act\":\"test.act\"", "\"act\":\"test.more\""),
            ("HUFU-ACT 1", "HUFU-ACT 2"),
            ("\"certificate\":\"", "\"certificate\":\"" + new string('0', 64)), // nowhere in the log
        ];
        foreach ((string from, string to) in changes)
        {
            LogForger log = Forge();
            log.Edit(l =>
            {
                string line = l[act].Replace(from, to, StringComparison.Ordinal);
                int until = line.IndexOf(to, StringComparison.Ordinal) + to.Length;
                l[act] = from.StartsWith("\"certificate", StringComparison.Ordinal) ? line[..until] + line[(until + 64)..] : line;
            });
            log.Rewrite(place.AuditKey);
            LedgerFinding found = First(Check(log));
            Assert.Equal((LedgerFault.Act, (long)act), (found.Fault, found.Sequence));
            Assert.Equal(LedgerVerdict.Whole, LedgerVerifier.Verify(log.Folder, new LedgerVerification { Acts = ActSignatures.LeaveOut }).Verdict);
        }

        // The certificate in the log exchanged for another.
        LogForger swapped = Forge();
        using Sm2KeyPair other = Sm2KeyPair.Generate();
        swapped.Edit(l =>
        {
            int seen = l.FindIndex(x => x.Contains("certificate.seen", StringComparison.Ordinal));
            l[seen] = l[seen].Replace(Convert.ToBase64String(place.PersonCertificate), Convert.ToBase64String(place.Certify(other)), StringComparison.Ordinal);
        });
        swapped.Rewrite(place.AuditKey);
        Assert.Contains(Check(swapped).Findings, f => f.Fault == LedgerFault.Certificate);
        Assert.Contains(Check(swapped).Findings, f => f.Fault == LedgerFault.Act);
    }

    [Fact]
    public async Task A_record_dated_back_is_found_even_when_all_heads_agree()
    {
        await MakeLogAsync();
        LogForger log = Forge();
        log.Edit(l => l[12] = l[12].Replace("\"time\":\"2026", "\"time\":\"2025", StringComparison.Ordinal));
        log.Rewrite(place.AuditKey);
        Assert.Equal((LedgerFault.Time, 12L), (First(Check(log)).Fault, First(Check(log)).Sequence));
    }

    [Fact]
    public async Task Lines_of_the_older_order_with_their_place_first_are_verified_too_and_a_mixture_within_a_line_is_not()
    {
        await MakeLogAsync();
        LogForger log = Forge();
        log.Edit(lines =>
        {
            for (int i = 0; i < 40; i++)
            {
                int at = lines[i].LastIndexOf(",\"sequence\":", StringComparison.Ordinal);
                lines[i] = $"{{{lines[i][(at + 1)..^1]},{lines[i][1..at]}}}";
            }
        });
        log.Rewrite(place.AuditKey);
        Assert.StartsWith("{\"sequence\":39,\"previous\":", log.Lines()[39], StringComparison.Ordinal);
        Assert.StartsWith("{\"actor\":", log.Lines()[40], StringComparison.Ordinal);
        Assert.Empty(Check(log).Findings);
        log.Edit(lines => lines[50] = lines[50].Replace("{\"actor\"", "{\"sequence\":50,\"actor\"", StringComparison.Ordinal));
        Assert.Equal((LedgerFault.Form, 50L), (First(Check(log)).Fault, First(Check(log)).Sequence));
        log = Forge();
        log.Edit(lines => lines[50] = lines[50][..lines[50].LastIndexOf(",\"time\":", StringComparison.Ordinal)] + "}");
        log.Rewrite(place.AuditKey);
        Assert.Equal((LedgerFault.Form, 50L), (First(Check(log)).Fault, First(Check(log)).Sequence));
    }

    [Fact]
    public async Task A_torn_last_line_behind_the_last_head_is_told_and_one_that_a_head_covers_is_a_break()
    {
        await MakeLogAsync();
        LogForger log = Forge();
        log.Bytes = [.. log.Bytes, .. "{\"actor\":\"clerk\",\"ac"u8];
        LedgerReport report = Check(log);
        Assert.Equal((LedgerVerdict.Whole, 20L), (report.Verdict, report.Ledgers[0].TornBytes));
        log = Forge();
        log.Bytes = log.Bytes[..^5];
        Assert.Equal(LedgerFault.End, First(Check(log)).Fault);
    }

    [Fact]
    public async Task Several_ledgers_in_sub_folders_are_verified_together_and_what_is_not_there_is_not_readable()
    {
        await MakeLogAsync();
        Assert.Equal(LedgerVerdict.Whole, LedgerVerifier.Verify(place.Folder, heads[0]).Verdict); // audit/ below it
        LogForger log = Forge();
        log.Edit(l => l[30] += " ");
        LedgerReport report = LedgerVerifier.Verify(place.Folder, since: null);
        Assert.Equal((LedgerVerdict.Broken, 2), (report.Verdict, report.Ledgers.Count));
        Assert.All(report.Findings, f => Assert.Equal(log.Folder, f.Ledger));
        Assert.Equal((LedgerVerdict.NotReadable, 2), (LedgerVerifier.Verify(Path.Combine(place.Folder, "no"), since: null).Verdict, LedgerVerifier.Verify(Path.Combine(place.Folder, "no"), since: null).ExitCode));
        File.Delete(Path.Combine(log.Folder, "records.jsonl"));
        Assert.NotEqual(LedgerVerdict.Whole, LedgerVerifier.Verify(log.Folder, since: null).Verdict);
        Assert.Equal(LedgerFault.Since, First(LedgerVerifier.Verify(place.Audit, heads[0] with { Origin = "kmc" })).Fault);
    }

    [Fact]
    [Clause("6.6.1.4-d")]
    public async Task Three_hundred_random_manipulations_are_all_found_given_one_earlier_head()
    {
        await MakeLogAsync();
        SignedHead since = heads[2]; // over 62 of 82 records
        using Sm2KeyPair other = Sm2KeyPair.Generate();
        var dice = new Dice("ledger manipulations 1");
        var missed = new List<string>();
        var kinds = new Dictionary<string, int>();
        for (int i = 0; i < 300; i++)
        {
            LogForger log = Forge();
            string what = Manipulate(log, dice, (int)since.Size, other);
            kinds[what] = kinds.GetValueOrDefault(what) + 1;
            if (Check(log, since).Verdict == LedgerVerdict.Whole)
            {
                missed.Add($"{i}: {what} in {log.Folder}");
            }
            else
            {
                Directory.Delete(log.Folder, recursive: true);
            }
        }

        Assert.Empty(missed);
        Assert.Equal(12, kinds.Count);
    }

    private string Manipulate(LogForger log, Dice dice, int covered, Sm2KeyPair other)
    {
        int a = dice.Next(covered);
        int b = (a + 1 + dice.Next(covered - 1)) % covered;
        switch (dice.Next(12))
        {
            case 0:
                log.Bytes = Flip(log.Bytes, dice);
                return "a bit of the records";
            case 1:
                log.HeadBytes = Flip(log.HeadBytes, dice);
                return "a bit of the heads";
            case 2:
                log.Edit(l => l.RemoveAt(a));
                return "a record removed";
            case 3:
                log.Edit(l => (l[a], l[b]) = (l[b], l[a]));
                return "two records swapped";
            case 4:
                log.Edit(l => l.Insert(b, l[a]));
                return "a record repeated";
            case 5:
                log.Edit(l => l.RemoveRange(a, l.Count - a));
                return "the end cut off";
            case 6:
                log.Edit(l => l.RemoveRange(a, l.Count - a));
                log.SetHeads(log.HeadLines().Where(h => SignedHead.TryParse(h, out SignedHead? head) && head.Size <= a));
                return "the end cut off with the heads";
            case 7:
                log.Edit(l => l.RemoveAt(1 + dice.Next(covered - 1)));
                log.Rewrite(place.AuditKey);
                return "a record removed, all rewritten";
            case 8:
                log.Edit(l => l[1 + dice.Next(covered - 1)] = l[a == 0 ? 1 : a].Replace("note/", "vote/", StringComparison.Ordinal).Replace("thing/", "king/", StringComparison.Ordinal).Replace("seen", "sawn", StringComparison.Ordinal));
                log.Rewrite(place.AuditKey);
                return "a record forged, all rewritten";
            case 9:
                log.Edit(l => l[0] = l[0].Replace(Convert.ToBase64String(place.AuditKey.PublicKey.RawData.Span), Convert.ToBase64String(other.PublicKey.RawData.Span), StringComparison.Ordinal));
                File.Delete(Path.Combine(log.Folder, "head-signer.pub"));
                log.Rewrite(other);
                return "all rewritten with another key";
            case 10:
                byte[] all = log.Bytes;
                log.Bytes = all[..dice.Next(all.Length / 2)];
                return "the file cut anywhere";
            default:
                log.Edit(l => l.Insert(a, "{}"));
                return "a line put in";
        }
    }

    private static byte[] Flip(byte[] bytes, Dice dice)
    {
        bytes[dice.Next(bytes.Length)] ^= (byte)(1 << dice.Next(8));
        return bytes;
    }

    private static string Refer(string line, string to)
    {
        int at = line.IndexOf("\"previous\":\"", StringComparison.Ordinal) + 12;
        return line[..at] + Convert.ToHexStringLower(Sm3.HashData([0, .. Encoding.UTF8.GetBytes(to)])) + line[(at + 64)..];
    }

    /// <summary>Numbers that are the same in every run.</summary>
    private sealed class Dice(string seed)
    {
        private int count;

        internal int Next(int below) => (int)(BitConverter.ToUInt32(Sm3.HashData(Encoding.UTF8.GetBytes($"{seed} {count++}"))) % (uint)below);
    }
}
