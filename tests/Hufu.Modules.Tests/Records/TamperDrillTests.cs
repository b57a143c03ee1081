using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Records;
using Xunit;

namespace Hufu.Modules.Tests.Records;

/// <summary>A database administrator with every right on database and files, and the audit key's device in hand, against an auditor who holds one earlier head.</summary>
public sealed class TamperDrillTests : IDisposable
{
    private const int Manipulations = 1_000;
    private const int Records = 48;

    private readonly RecordsPlace place = new();

    private static CancellationToken Ct => RecordsPlace.Ct;

    public void Dispose() => place.Dispose();

    /// <summary>6.6.1.4-d: a change is detectable by anyone who holds an earlier root. The head covers 36 of 48 records; what is done to those it covers is found, each time.</summary>
    [Fact]
    [Clause("6.6.1.4-d")]
    public async Task A_thousand_random_manipulations_are_all_found_with_one_earlier_head()
    {
        SignedHead kept = await MakeLogAsync();
        var source = new LogForger(place.Audit, Path.Combine(place.Folder, "source"));
        Assert.Equal(LedgerVerdict.Whole, LedgerVerifier.Verify(source.Folder, kept).Verdict);
        List<string> lines = source.Lines();
        List<string> headLines = source.HeadLines();
        var log = new LogForger(place.Audit, Path.Combine(place.Folder, "forged"));
        using Sm2KeyPair stranger = Sm2KeyPair.Generate();
        var missed = new List<string>();
        var done = new Dictionary<string, int>();
        for (int i = 0; i < Manipulations; i++)
        {
            log.SetHeads(headLines);
            string what = Manipulate(log, [.. lines], (int)kept.Size, stranger);
            done[what] = done.GetValueOrDefault(what) + 1;
            LedgerReport report = LedgerVerifier.Verify(log.Folder, kept);
            if (report.Verdict == LedgerVerdict.Whole)
            {
                missed.Add($"{i}: {what}");
            }

            if (i % 250 == 249)
            {
                TestContext.Current.SendDiagnosticMessage("tamper drill: {0} of {1} manipulations, {2} missed", i + 1, Manipulations, missed.Count);
            }
        }

        Assert.Equal([], missed);
        Assert.Equal(["byte edited", "consistent rewrite by another key", "consistent rewrite by the audit key", "deleted", "duplicated", "field edited", "inserted", "reordered", "truncated"], done.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Manipulations, done.Values.Sum());
    }

    private static string Manipulate(LogForger log, List<string> lines, int covered, Sm2KeyPair stranger)
    {
        int at = Below(covered);
        switch (Below(9))
        {
            case 0: // one byte, anywhere in the line
                int place = Below(lines[at].Length);
                lines[at] = $"{lines[at][..place]}{(lines[at][place] == '0' ? '1' : '0')}{lines[at][(place + 1)..]}";
                log.SetLines(lines);
                return "byte edited";
            case 1: // what a person would want to change
                lines[at] = lines[at].Contains("refused", StringComparison.Ordinal) ? lines[at].Replace("refused", "done", StringComparison.Ordinal) : lines[at].Replace("done", "failed", StringComparison.Ordinal);
                log.SetLines(lines);
                return "field edited";
            case 2:
                lines.RemoveRange(at, 1 + Below(Math.Min(3, covered - at)));
                log.SetLines(lines);
                return "deleted";
            case 3:
                int other = (at + 1 + Below(covered - 1)) % covered;
                (lines[at], lines[other]) = (lines[other], lines[at]);
                log.SetLines(lines);
                return "reordered";
            case 4: // and the heads that would tell are removed too
                log.SetLines(lines.Take(at));
                log.SetHeads(log.HeadLines().Where(l => SignedHead.TryParse(l, out SignedHead? head) && head.Size <= at));
                return "truncated";
            case 5:
                lines.Insert(at, lines[Below(lines.Count)]);
                log.SetLines(lines);
                return "duplicated";
            case 6:
                lines.Insert(at, lines[at].Replace("\"actor\":\"", "\"actor\":\"x", StringComparison.Ordinal));
                log.SetLines(lines);
                return "inserted";
            case 7: // everything again, consistent in itself, signed by the true audit key
                Change(lines, at);
                log.SetLines(lines);
                log.Rewrite(AuditKey!);
                return "consistent rewrite by the audit key";
            default: // the whole log swapped for another one, with a key of the forger's own
                Change(lines, at);
                log.SetLines(lines);
                log.Rewrite(stranger);
                return "consistent rewrite by another key";
        }
    }

    private static Sm2KeyPair? AuditKey { get; set; }

    private static void Change(List<string> lines, int at) => lines[at] = lines[at].Replace("\"object\":\"", "\"object\":\"y", StringComparison.Ordinal);

    private static int Below(int limit) => (int)(BitConverter.ToUInt32(SecureRandom.GetBytes(4)) % (uint)limit);

    private async Task<SignedHead> MakeLogAsync()
    {
        AuditKey = place.AuditKey;
        await using Database database = await place.OpenDatabaseAsync();
        await using Ledger ledger = await place.OpenLedgerAsync(database);
        SignedHead? kept = null;
        for (int i = 1; i < Records; i++)
        {
            place.Clock.Advance(TimeSpan.FromSeconds(1));
            await ledger.AppendAsync(i % 12 == 5 ? place.Signed(i) : RecordsPlace.Plain(i), Ct);
            if (ledger.Size is 12 or 24 or 36)
            {
                kept = await ledger.SignHeadAsync(Ct);
            }
        }

        return kept!;
    }
}
