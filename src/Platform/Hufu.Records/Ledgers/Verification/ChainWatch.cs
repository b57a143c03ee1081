namespace Hufu.Records;

/// <summary>Watches that each record refers to the one before it, and says from the breaks which record was changed and which neighbour still holds.</summary>
/// <remarks>
/// Record i carries the leaf hash of record i-1. A record changed elsewhere breaks one link, the next record's; a record whose own reference was changed breaks two.
/// So a single broken link i accuses record i-1, a run of broken links i…m accuses the records i…m-1.
/// </remarks>
internal sealed class ChainWatch(FindingList findings)
{
    private long runFrom = -1;
    private long runTo;
    private bool explained;

    internal void Link(long record, bool holds, bool explainedBySequence)
    {
        if (holds)
        {
            End(record);
            return;
        }

        if (runFrom < 0)
        {
            runFrom = record;
            explained = false;
        }

        runTo = record;
        explained |= explainedBySequence;
    }

    internal void End(long next)
    {
        if (runFrom < 0)
        {
            return;
        }

        (long first, long last) = runFrom == runTo ? (runFrom - 1, runFrom - 1) : (runFrom, runTo - 1);
        if (runFrom == 0)
        {
            findings.Add(LedgerFault.Chain, 0, "Record 0 refers to a record before it: the beginning is missing or was changed.");
        }
        else if (!explained)
        {
            string which = first == last ? $"Record {first} was changed" : $"Records {first} to {last} were changed";
            findings.Add(
                LedgerFault.Chain,
                first,
                $"{which}: record {last + 1} refers to other bytes than stand there.",
                first > 0 ? $"Record {first - 1} still holds{(next > last + 1 ? $", and so does record {last + 1}" : "")}." : next > last + 1 ? $"Record {last + 1} still holds." : null);
        }

        runFrom = -1;
    }
}
