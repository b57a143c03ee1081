using System.Globalization;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Records;

/// <summary>What a ledger's heads say of themselves and of the file's end, and what an earlier head says of the ledger.</summary>
internal sealed class HeadCheck(FindingList findings, List<HeadLine> heads, SubjectPublicKeyInfo? key, string? origin, long lastGood, LedgerVerification wanted)
{
    private readonly string? digest = key is null ? null : Convert.ToHexStringLower(Sm3.HashData(key.RawData.Span));

    internal void Run(long records, long torn)
    {
        if (records > 0 && heads.Count == 0)
        {
            findings.Add(LedgerFault.Head, null, "No signed head can be read: nothing in this folder is signed.");
        }

        long covered = heads.Count == 0 ? 0 : heads.Max(h => h.Size);
        if (covered > records)
        {
            string half = torn > 0 ? $" ({torn} bytes of a torn line follow)" : "";
            findings.Add(
                LedgerFault.End, records, $"The records {records} to {covered - 1} are missing at the end{half}: a head signed {covered}.", lastGood > 0 ? $"The head over {lastGood} records still holds." : null);
        }

        if (wanted.Key is not null && digest is not null && !string.Equals(wanted.Key, digest, StringComparison.OrdinalIgnoreCase))
        {
            findings.Add(LedgerFault.Key, 0, $"The log names the audit key {digest}, not the one expected: it was forged, or belongs to another room.");
        }

        Order();
        Signatures();
    }

    private void Order()
    {
        for (int i = 0; i < heads.Count; i++)
        {
            HeadLine head = heads[i];
            if (i > 0 && head.Size <= heads[i - 1].Size)
            {
                findings.Add(LedgerFault.Head, null, $"Line {head.Line} of heads.jsonl covers {head.Size} records, no more than the line before.", $"The line before covers {heads[i - 1].Size}.");
            }

            if (i > 0 && string.CompareOrdinal(head.Time, heads[i - 1].Time) < 0)
            {
                findings.Add(LedgerFault.Time, null, $"Line {head.Line} of heads.jsonl is dated before the line before it.");
            }

            if (origin is not null && head.Origin != origin)
            {
                findings.Add(LedgerFault.Head, null, $"Line {head.Line} of heads.jsonl is a head of '{head.Origin}', not of '{origin}'.");
            }

            if (digest is not null && head.Key != digest)
            {
                findings.Add(LedgerFault.Key, null, $"Line {head.Line} of heads.jsonl names another key than record 0.");
            }
        }
    }

    private void Signatures()
    {
        if (key is null)
        {
            return;
        }

        var good = new bool[heads.Count];
        Parallel.For(0, heads.Count, i => good[i] = key.Verify(AlgorithmIdentifier.Sm2WithSm3, heads[i].Signed(), heads[i].Signature));
        for (int i = 0; i < heads.Count; i++)
        {
            if (!good[i])
            {
                findings.Add(LedgerFault.Head, null, $"The head on line {heads[i].Line} of heads.jsonl (over {heads[i].Size} records) is not signed by the audit key.", HeadLine.Before(heads[..i]));
            }
        }
    }

    /// <summary>Compares the earlier head with the log.</summary>
    /// <param name="since">The head, kept elsewhere.</param>
    /// <param name="records">How many records the log has.</param>
    /// <param name="root">The log's root at the head's size; null when it never had it.</param>
    internal void CheckSince(SignedHead since, long records, byte[]? root)
    {
        if (digest is not null && since.Key != digest)
        {
            findings.Add(LedgerFault.Key, 0, $"The earlier head was signed by the key {since.Key}, the log names {digest}: it is another log or was forged.");
        }
        else if (key is not null && !key.Verify(AlgorithmIdentifier.Sm2WithSm3, Text(since), since.Signature))
        {
            findings.Add(LedgerFault.Since, null, "The earlier head itself is not signed by the audit key: take another copy of it.");
        }

        if (root is null)
        {
            findings.Add(LedgerFault.Since, records, $"The earlier head covers {since.Size} records, the log has {records}: its end was cut off.");
        }
        else if (Convert.ToHexStringLower(root) != since.Root)
        {
            findings.Add(LedgerFault.Since, null, $"The first {since.Size} records are not those that the earlier head signed: the log was rewritten after it was made.", "Nothing before that head can be relied on.");
        }
    }

    private static byte[] Text(SignedHead head) => new HeadLine
    {
        Line = 0,
        Origin = head.Origin,
        Size = head.Size,
        Root = Convert.FromHexString(head.Root),
        Time = head.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        Key = head.Key,
        Signature = head.Signature,
    }.Signed();
}
