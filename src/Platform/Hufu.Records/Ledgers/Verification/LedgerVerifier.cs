namespace Hufu.Records;

/// <summary>Verifies ledgers from their files alone, on a path of code of its own: it shares no hashing of trees, no reading and no writing with <see cref="Ledger"/>.</summary>
public static class LedgerVerifier
{
    /// <summary>Verifies the ledger in a folder, or the ledgers in its sub-folders.</summary>
    /// <param name="directory">A folder with records.jsonl, or one above such folders (to three levels).</param>
    /// <param name="since">An earlier head, or null.</param>
    public static LedgerReport Verify(string directory, SignedHead? since) => Verify(directory, new LedgerVerification { Since = since });

    /// <summary>Verifies the ledger in a folder, or the ledgers in its sub-folders.</summary>
    /// <param name="directory">A folder with records.jsonl, or one above such folders (to three levels).</param>
    /// <param name="verification">What to start from.</param>
    public static LedgerReport Verify(string directory, LedgerVerification verification) => throw new NotImplementedException();
}
