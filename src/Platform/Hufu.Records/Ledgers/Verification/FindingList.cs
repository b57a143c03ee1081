namespace Hufu.Records;

/// <summary>The findings of one ledger, bounded.</summary>
internal sealed class FindingList(string directory, int limit)
{
    private readonly List<LedgerFinding> findings = [];

    internal IReadOnlyList<LedgerFinding> All => findings;

    internal void Add(LedgerFault fault, long? sequence, string message, string? holds = null)
    {
        if (findings.Count < limit)
        {
            findings.Add(new LedgerFinding(directory, fault, sequence, message, holds));
        }
    }
}
