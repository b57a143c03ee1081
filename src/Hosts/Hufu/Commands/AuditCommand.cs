using System.CommandLine;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Host.Commands;

/// <summary><c>hufu audit verify DIR</c>: verifies a room's ledger from its files alone. Exit code 0 whole, 1 broken, 2 not readable.</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        Argument<string> directory = new("DIR") { Description = "A folder with records.jsonl and heads.jsonl, or one above such folders." };
        Option<FileInfo?> since = new("--since") { Description = "A head, or a copy of heads.jsonl, kept from earlier: finds a ledger that was rewritten consistently.", HelpName = "FILE" };
        Option<string?> key = new("--key") { Description = "SM3 of the audit key (64 hex digits), as known from elsewhere: finds a ledger forged with another key.", HelpName = "HEX" };
        Option<bool> treeOnly = new("--tree-only") { Description = "Leave the signatures of the signed acts out: a first quick look." };
        Option<FileInfo[]> root = new("--root") { Description = "A trusted CA certificate (PEM or DER; give the CAs below a root too): every signer's certificate must lead to a root.", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
        Command verify = new("verify", "Verify ledgers from their files alone: every record, head and signed act.") { directory, since, key, root, treeOnly };
        verify.SetAction(parsed =>
        {
            if (!AuditFiles.TryReadAuthorities(parsed.GetValue(root), out IReadOnlyList<Certificate>? authorities, out string? wrong))
            {
                parsed.InvocationConfiguration.Error.WriteLine(wrong);
                return (int)LedgerVerdict.NotReadable;
            }

            LedgerVerification verification = new() { Authorities = authorities, Key = parsed.GetValue(key), Acts = parsed.GetValue(treeOnly) ? ActSignatures.LeaveOut : ActSignatures.Verify };
            return Run(parsed.GetValue(directory)!, parsed.GetValue(since), verification, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        });
        return new Command("audit", "The ledgers: what was done, by whom, provably unchanged.") { verify, AuditFiles.Prove(), AuditProof.Create(), AuditFiles.Search(), AuditReconcile.Create() };
    }

    /// <summary>Verifies and reports.</summary>
    /// <param name="directory">The folder, as for the command.</param>
    /// <param name="since">A file with an earlier head, or null.</param>
    /// <param name="verification">What else to start from.</param>
    /// <param name="output">What was read.</param>
    /// <param name="error">What is wrong.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string directory, FileInfo? since, LedgerVerification verification, TextWriter output, TextWriter error)
    {
        if (since is not null)
        {
            if (ReadHead(since) is not { } head)
            {
                error.WriteLine($"{since.FullName} holds no signed head: give a line of heads.jsonl, or a copy of the file.");
                return (int)LedgerVerdict.NotReadable;
            }

            verification = verification with { Since = head };
        }

        LedgerReport report = LedgerVerifier.Verify(directory, verification);
        foreach (LedgerSummary ledger in report.Ledgers)
        {
            output.WriteLine($"{ledger.Origin ?? ledger.Directory}: {ledger.Records} records ({ledger.Refused} refused, {ledger.Failed} failed), {ledger.Heads} signed heads, {ledger.Acts} signed acts verified");
            output.WriteLine($"  from {ledger.FirstTime ?? "–"} to {ledger.LastTime ?? "–"}, root {ledger.Root ?? "–"}");
            output.WriteLine($"  audit key {ledger.Key ?? "–"}");
            if (ledger.Unsigned > 0 || ledger.TornBytes > 0 || ledger.ClockStepsBack > 0)
            {
                output.WriteLine($"  behind the last head: {ledger.Unsigned} records, {ledger.TornBytes} torn bytes; the clock stepped back {ledger.ClockStepsBack} times");
            }
        }

        foreach (LedgerFinding finding in report.Findings)
        {
            string place = finding.Sequence is { } sequence ? $" at record {sequence}" : "";
            error.WriteLine($"{finding.Ledger}: {finding.Fault}{place}: {finding.Message}{(finding.Holds is { } holds ? $" ({holds})" : "")}");
        }

        output.WriteLine(report.Verdict switch
        {
            LedgerVerdict.Whole when verification.Since is not null || verification.Key is not null => "Whole: nothing was changed, removed or added.",
            LedgerVerdict.Whole => "Whole in itself. Whether it is the log that was kept, and not one forged from end to end, an earlier head (--since) or the audit key (--key) tells.",
            LedgerVerdict.Broken => $"BROKEN: {report.Findings.Count} findings.",
            _ => "NOT READABLE.",
        });
        return report.ExitCode;
    }

    // The newest head in the file: the one that covers most.
    private static SignedHead? ReadHead(FileInfo file)
    {
        SignedHead? newest = null;
        try
        {
            foreach (string line in File.ReadLines(file.FullName))
            {
                if (SignedHead.TryParse(line, out SignedHead? head) && (newest is null || head.Size > newest.Size))
                {
                    newest = head;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return newest;
    }
}
