using Hufu.Contracts;

namespace Hufu.Records;

/// <summary>Verifies ledgers from their files alone, on a path of code of its own: it shares no hashing of trees, no reading and no writing with <see cref="Ledger"/>.</summary>
public static class LedgerVerifier
{
    private const int MaxDepth = 3;
    private const int MaxLedgers = 1_000;

    /// <summary>Verifies the ledger in a folder, or the ledgers in its sub-folders.</summary>
    /// <param name="directory">A folder with records.jsonl, or one above such folders (to three levels).</param>
    /// <param name="since">An earlier head, or null.</param>
    public static LedgerReport Verify(string directory, SignedHead? since) => Verify(directory, new LedgerVerification { Since = since });

    /// <summary>Verifies the ledger in a folder, or the ledgers in its sub-folders.</summary>
    /// <param name="directory">A folder with records.jsonl, or one above such folders (to three levels).</param>
    /// <param name="verification">What to start from.</param>
    [Clause("6.6.1.4-d")]
    public static LedgerReport Verify(string directory, LedgerVerification verification)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(verification);
        var found = new List<string>();
        var findings = new List<LedgerFinding>();
        try
        {
            Find(directory, 0, found);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            findings.Add(new LedgerFinding(directory, LedgerFault.Unreadable, null, $"{directory} cannot be read: {e.Message}", null));
        }

        if (found.Count == 0 && findings.Count == 0)
        {
            findings.Add(new LedgerFinding(directory, LedgerFault.Unreadable, null, $"No ledger (records.jsonl) is in {directory} or below it.", null));
        }

        var summaries = new List<LedgerSummary>();
        bool met = false;
        foreach (string ledger in found)
        {
            var check = new LedgerCheck(ledger, verification);
            (LedgerSummary summary, IReadOnlyList<LedgerFinding> one) = check.Run();
            summaries.Add(summary);
            findings.AddRange(one);
            met |= check.Origin is null || check.Origin == verification.Since?.Origin;
        }

        if (verification.Since is { } since && found.Count > 0 && !met)
        {
            findings.Add(new LedgerFinding(directory, LedgerFault.Since, null, $"The earlier head is of the ledger '{since.Origin}', which is not here.", null));
        }

        LedgerVerdict verdict = findings.Any(f => f.Fault != LedgerFault.Unreadable) ? LedgerVerdict.Broken
            : findings.Count > 0 ? LedgerVerdict.NotReadable
            : LedgerVerdict.Whole;
        return new LedgerReport(verdict, summaries, findings);
    }

    private static void Find(string directory, int depth, List<string> found)
    {
        if (File.Exists(Path.Combine(directory, "records.jsonl")) || File.Exists(Path.Combine(directory, "heads.jsonl")))
        {
            found.Add(directory);
            return;
        }

        if (depth < MaxDepth)
        {
            foreach (string inner in Directory.EnumerateDirectories(directory).Order(StringComparer.Ordinal))
            {
                if (found.Count < MaxLedgers)
                {
                    Find(inner, depth + 1, found);
                }
            }
        }
    }
}
