using Hufu.Contracts;
using Hufu.Demo.Scene;

namespace Hufu.Demo.Steps;

/// <summary>9. The ledgers are verified from their files alone; what is done to copies of them is found.</summary>
internal static class Chapter9Ledger
{
    public static async Task PlayAsync(Stage stage, CancellationToken ct)
    {
        stage.Log.Chapter(9, "审计日志：只凭文件验证，篡改必被发现", "The audit ledger: verified from files alone, tampering is found");
        var audit = Path.Combine(stage.Options.OutDirectory, "audit");
        await stage.Options.CollectLedgers(audit, ct);
        var head = Path.Combine(audit, "earlier-head-ca.jsonl");
        await File.WriteAllBytesAsync(head, stage.EarlierHead, ct);
        await stage.Log.StepAsync("6.6.1.4-d", "hufu audit verify out/demo/audit: every record, head and signed act of all rooms", () =>
        {
            var (status, report) = stage.Options.VerifyLedger(audit, null);
            return status == 0 ? Task.FromResult(LastLine(report)) : throw new InvalidDataException(report);
        });
        await stage.Log.StepAsync("6.6.1.4-d", "The CA's ledger still holds what the auditor's earlier head covers", () =>
        {
            var (status, report) = stage.Options.VerifyLedger(Path.Combine(audit, Rooms.Ca), head);
            return status == 0 ? Task.FromResult(LastLine(report)) : throw new InvalidDataException(report);
        });
        var drills = Path.Combine(stage.Options.OutDirectory, "tampered");
        await FoundAsync(stage, audit, drills, "a byte is changed", null, copy => Change(copy, bytes => bytes[bytes.Length / 2] ^= 0x01));
        await FoundAsync(stage, audit, drills, "the end is cut off", null, copy => ChangeLines(copy, lines => lines[..^3]));
        await FoundAsync(stage, audit, drills, "two records are swapped", null, copy => ChangeLines(copy, lines =>
        {
            (lines[5], lines[6]) = (lines[6], lines[5]);
            return lines;
        }));
        await FoundAsync(stage, audit, drills, "all of it is rewritten consistently with new heads; the earlier head is held against it", head, copy => LedgerForger.Forge(copy));
    }

    private static Task FoundAsync(Stage stage, string audit, string drills, string what, string? since, Action<string> tamper) =>
        stage.Log.StepAsync("6.6.1.4-d", $"On a copy {what}: found", () =>
        {
            var copy = Path.Combine(drills, $"{Directory.GetDirectories(Directory.CreateDirectory(drills).FullName).Length + 1}");
            Directory.CreateDirectory(copy);
            foreach (var file in Directory.GetFiles(Path.Combine(audit, Rooms.Ca)))
            {
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            }

            tamper(copy);
            var (status, report) = stage.Options.VerifyLedger(copy, since);
            return status == 1 ? Task.FromResult(FirstFinding(report)) : throw new InvalidDataException($"The tampering was not found (exit status {status}):\n{report}");
        });

    private static void Change(string copy, Action<byte[]> change)
    {
        var path = Path.Combine(copy, "records.jsonl");
        var bytes = File.ReadAllBytes(path);
        change(bytes);
        File.WriteAllBytes(path, bytes);
    }

    private static void ChangeLines(string copy, Func<string[], string[]> change)
    {
        var path = Path.Combine(copy, "records.jsonl");
        File.WriteAllText(path, string.Concat(change(File.ReadAllLines(path)).Select(line => line + "\n")));
    }

    private static string LastLine(string report) => report.TrimEnd().Split('\n')[^1];

    private static string FirstFinding(string report) => report.Split('\n')[0];
}
