using System.Text;
using System.Text.Json;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Records;

/// <summary>The verification of one ledger: one pass over records.jsonl beside heads.jsonl.</summary>
/// <remarks>
/// The checks in their order: form of each line, its number, its reference to the record before, its time, certificates, signed acts; at each head's size the root; at the end the
/// heads' keys, signatures and times, the files' ends, and the earlier head.
/// </remarks>
internal sealed class LedgerCheck(string directory, LedgerVerification wanted)
{
    private static readonly byte[] None = Encoding.ASCII.GetBytes(new string('0', 64));

    private readonly FindingList findings = new(directory, Math.Max(1, wanted.MaxFindings));
    private readonly SignerPath? path = wanted.Authorities is { } authorities ? new SignerPath(authorities) : null;
    private readonly RunningTree tree = new();
    private readonly byte[] before = new byte[LogReader.HashSize];
    private readonly byte[] beforeHex = (byte[])None.Clone();
    private readonly byte[] lastTime = new byte[RecordFacts.TimeLength];
    private List<HeadLine> heads = [];
    private int nextHead;
    private long lastGoodHead;
    private bool rootBroken;
    private long records;
    private long expected;
    private string? firstTime;
    private string? origin;
    private SubjectPublicKeyInfo? key;
    private long refused;
    private long failed;
    private long clockBack;
    private byte[]? sinceRoot;

    internal (LedgerSummary Summary, IReadOnlyList<LedgerFinding> Findings) Run()
    {
        long torn = 0;
        ActCheck acts = new(findings, path);
        try
        {
            heads = ReadHeads();
            using var reader = new LogReader(Path.Combine(directory, "records.jsonl"));
            ReadRecords(reader, acts);
            torn = reader.Torn.Length;
            if (!RecordFacts.IsBeginning(reader.Torn))
            {
                findings.Add(LedgerFault.Form, records, $"The last {torn} bytes of records.jsonl are no record and no beginning of one.", Neighbour(records));
            }

            CheckKeyFile();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            findings.Add(LedgerFault.Unreadable, null, $"The files of {directory} cannot be read: {e.Message}");
        }

        var order = new HeadCheck(findings, heads, key, origin, lastGoodHead, wanted);
        order.Run(records, torn);
        if (wanted.Since is { } since && IsMine(since))
        {
            order.CheckSince(since, records, sinceRoot);
        }

        return (Summary(acts, torn), [.. findings.All.OrderBy(f => f.Fault)]);
    }

    /// <summary>The name in record 0; null when it could not be read.</summary>
    internal string? Origin => origin;

    private bool IsMine(SignedHead since) => origin is null || since.Origin == origin;

    private List<HeadLine> ReadHeads()
    {
        string path = Path.Combine(directory, "heads.jsonl");
        if (!File.Exists(path))
        {
            findings.Add(LedgerFault.Head, null, "heads.jsonl is missing: nothing in this folder is signed.");
            return [];
        }

        return HeadLine.ReadAll(path, findings);
    }

    private void ReadRecords(LogReader reader, ActCheck acts)
    {
        var chain = new ChainWatch(findings);
        AtHeads([]);
        while (reader.NextBatch())
        {
            long first = records;
            for (int part = 0; part < reader.Parts; part++)
            {
                TakePart(reader, part, chain, acts);
            }

            if (wanted.Acts == ActSignatures.Verify)
            {
                Parallel.For(0, reader.Parts, part => acts.Verify(reader, part, first, origin));
                acts.Report();
            }
        }

        chain.End(records);
        if (reader.TooLong)
        {
            findings.Add(LedgerFault.Form, records, $"Line {records} of records.jsonl is longer than any record; reading stopped there.", Neighbour(records));
        }
    }

    // A whole part goes into the tree at once, by the hash that was made along with its leaves; heads inside of it are compared with the tree as it was at their size.
    private void TakePart(LogReader reader, int part, ChainWatch chain, ActCheck acts)
    {
        (int from, int until) = reader.Part(part);
        bool whole = until - from == LogReader.PartLines;
        for (int i = from; i < until; i++)
        {
            Take(reader, i, chain, acts);
            if (!whole)
            {
                tree.Add(reader.Leaf(i));
            }
            else if (i == until - 1)
            {
                tree.AddSubtree(LogReader.PartLevel, reader.Subtree(part));
            }

            AtHeads(whole && i < until - 1 ? reader.Leaves(from, i + 1) : []);
        }
    }

    private void Take(LogReader reader, int i, ChainWatch chain, ActCheck acts)
    {
        ref RecordFacts line = ref reader.Line(i);
        long place = records++;
        if (line.Formed)
        {
            bool inOrder = line.Sequence == expected;
            if (!inOrder)
            {
                string what = line.Sequence > expected ? $"records {expected} to {line.Sequence - 1} are missing or stand elsewhere" : "it stands out of its order or twice";
                findings.Add(LedgerFault.Sequence, expected, $"Line {place} holds record {line.Sequence} where record {expected} belongs: {what}.", Neighbour(place));
            }

            expected = line.Sequence < long.MaxValue ? line.Sequence + 1 : 0;
            chain.Link(place, reader.Bytes(line.Start + line.Previous, 64).SequenceEqual(beforeHex), !inOrder);
            CheckTime(reader.Bytes(line.Start + line.Time, RecordFacts.TimeLength), place);
            Count(in line);
        }
        else
        {
            findings.Add(LedgerFault.Form, place, $"Line {place} of records.jsonl is not of the form that the ledger writes.", Neighbour(place));
            chain.Link(place, holds: true, explainedBySequence: true);
            expected++;
        }

        if (place == 0)
        {
            ReadBeginning(reader.Text(i));
        }

        if (line is { Formed: true, Certifies: true })
        {
            acts.AddCertificate(place, reader.Text(i).Span, in line);
        }

        reader.Leaf(i).CopyTo(before);
        Convert.TryToHexStringLower(before, beforeHex, out _);
    }

    private void Count(in RecordFacts line)
    {
        refused += line.Outcome == LedgerOutcome.Refused ? 1 : 0;
        failed += line.Outcome == LedgerOutcome.Failed ? 1 : 0;
        clockBack += line.ClockBack ? 1 : 0;
    }

    private void CheckTime(ReadOnlySpan<byte> time, long place)
    {
        firstTime ??= Encoding.ASCII.GetString(time);
        if (time.SequenceCompareTo(lastTime) < 0)
        {
            findings.Add(LedgerFault.Time, place, $"Record {place} is dated before record {place - 1}.", Neighbour(place));
        }

        time.CopyTo(lastTime);
    }

    // Record 0 states the ledger's name and the audit key.
    private void ReadBeginning(ReadOnlyMemory<byte> line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            JsonElement detail = root.GetProperty("detail");
            if (root.GetProperty("act").GetString() == "ledger.begin" && detail.GetProperty("format").GetString() == "HUFU-LEDGER 1")
            {
                origin = root.GetProperty("object").GetString();
                key = SubjectPublicKeyInfo.Decode(detail.GetProperty("auditKey").GetBytesFromBase64());
                return;
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or PkiException)
        {
            // Said below.
        }

        findings.Add(LedgerFault.Form, 0, "Record 0 does not state the ledger's name and audit key: the beginning is missing or was changed.");
    }

    // The key lies beside the log for people who verify by hand: it must be the one of record 0.
    private void CheckKeyFile()
    {
        string path = Path.Combine(directory, "head-signer.pub");
        if (key is null || !File.Exists(path))
        {
            return;
        }

        string expected = Convert.ToBase64String(key.RawData.Span);
        string there = new FileInfo(path).Length > 4_096 ? "" : string.Concat(File.ReadAllLines(path).Where(l => !l.StartsWith('-')));
        if (there != expected)
        {
            findings.Add(LedgerFault.Key, 0, "head-signer.pub is not the audit key that record 0 names.");
        }

        CheckKeyCertificate();
    }

    // Whose is the audit key? Its certificate says so when it leads to a root that was given.
    private void CheckKeyCertificate()
    {
        string file = Path.Combine(directory, "head-signer.cer");
        if (path is null || !File.Exists(file) || new FileInfo(file).Length > 32 * 1024)
        {
            return;
        }

        try
        {
            Certificate certificate = Certificate.Decode(File.ReadAllBytes(file));
            string? wrong = certificate.PublicKey.Equals(key) ? path.Fault(certificate) : "it certifies another key than the audit key";
            if (wrong is not null)
            {
                findings.Add(LedgerFault.Key, null, $"head-signer.cer: {wrong}.");
            }
        }
        catch (PkiException)
        {
            findings.Add(LedgerFault.Key, null, "head-signer.cer is no certificate.");
        }
    }

    // The tree is compared with each head when it has the head's size, and kept for the earlier head.
    private void AtHeads(ReadOnlySpan<byte> more)
    {
        byte[]? root = null;
        while (nextHead < heads.Count && heads[nextHead].Size <= records)
        {
            HeadLine head = heads[nextHead++];
            if (head.Size < records)
            {
                continue; // out of order: HeadCheck says so
            }

            if ((root ??= tree.RootWith(more)).AsSpan().SequenceEqual(head.Root))
            {
                lastGoodHead = rootBroken ? lastGoodHead : head.Size;
            }
            else if (!rootBroken)
            {
                rootBroken = true;
                findings.Add(
                    LedgerFault.Root,
                    lastGoodHead,
                    $"The first {head.Size} records are not those that the head of {head.Time} signed: something among the records {lastGoodHead} to {head.Size - 1} was changed, added or removed.",
                    lastGoodHead > 0 ? $"The head over {lastGoodHead} records still holds." : null);
            }
        }

        if (wanted.Since is { } since && since.Size == records && IsMine(since))
        {
            sinceRoot = root ?? tree.RootWith(more);
        }
    }

    private static string? Neighbour(long place) => place > 0 ? $"See the chain for record {place - 1}." : null;

    private LedgerSummary Summary(ActCheck acts, long torn) => new()
    {
        Directory = directory,
        Origin = origin,
        Key = key is null ? null : Convert.ToHexStringLower(Sm3.HashData(key.RawData.Span)),
        Records = records,
        Refused = refused,
        Failed = failed,
        Heads = heads.Count,
        Acts = acts.Good,
        Certificates = acts.Certificates,
        Unsigned = Math.Max(0, records - (heads.Count == 0 ? 0 : heads[^1].Size)),
        TornBytes = torn,
        ClockStepsBack = clockBack,
        FirstTime = firstTime,
        LastTime = records == 0 ? null : Encoding.ASCII.GetString(lastTime),
        Root = Convert.ToHexStringLower(tree.Root()),
    };
}
