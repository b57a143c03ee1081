using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Records;

/// <summary>What a ledger's end grows from.</summary>
/// <param name="Origin">The ledger's name.</param>
/// <param name="Clock">The clock of records.</param>
/// <param name="Frontier">The tree's right edge.</param>
/// <param name="Last">The last record; null of an empty ledger.</param>
/// <param name="Certificates">The digests of those that stand in the log.</param>
/// <param name="Cipher">Seals private fields; null when they are refused.</param>
internal sealed record EdgeStart(string Origin, TimeProvider Clock, MerkleFrontier Frontier, LedgerStore.LastRecord? Last, IEnumerable<string> Certificates, IDataCipher? Cipher);

/// <summary>The ledger's growing end, in memory: follows the writer's transactions and goes back with every work that is rolled back. Used on the writer's thread only.</summary>
/// <remarks>The rows of a whole group of works are written by one statement before its commit: when that fails, the group fails, and no act of it has happened (R24).
/// Not sealed for the bench's sake alone: the double that issue-with-audit compares with is made there; nothing in the product derives from it (a test looks).</remarks>
[Clause("6.6.1.4-c")]
internal class LedgerEdge : ISessionPart
{
    internal const string CertificateSeen = "certificate.seen";
    internal const string PrivateMember = "private";
    private const int MaxPrivate = 16 * 1024;

    private readonly IDataCipher? cipher;
    private readonly TimeProvider clock;
    private readonly string origin;
    private readonly MerkleFrontier frontier;
    private readonly HashSet<string> certificates;
    private readonly RecordLine writer = new();
    private readonly byte[] previous = new byte[MerkleFrontier.HashSize];
    // As it was before the first record of the group.
    private readonly Group group = new();
    private readonly Func<LedgerRecord, LedgerRecord> seal;
    private long lastTime;
    private long ends;
    private int digits = 1;
    private long tenfold = 10;
    private readonly List<LedgerRow> rows = [];
    private readonly List<LedgerStore.NodeRow> nodes = [];
    private Session? current;
    private bool flushed;
    // How many of the group's rows are in the tree.
    private int pushed;
    private byte[] leaves = [];

    internal LedgerEdge(EdgeStart start)
    {
        (origin, clock, frontier, cipher) = (start.Origin, start.Clock, start.Frontier, start.Cipher);
        certificates = [.. start.Certificates];
        seal = Seal;
        MindDigits(frontier.Size);
        if (start.Last is { } last)
        {
            last.Leaf.CopyTo(previous, 0);
            lastTime = last.Time;
            ends = last.Ends;
        }
    }

    /// <summary>Is told of the rows of a group once they are durable.</summary>
    internal Action<IReadOnlyList<LedgerRow>> Written { get; set; } = static _ => { };

    /// <summary>How many records there are with those of this group, their root, and the time of the last.</summary>
    internal (long Size, byte[] Root, long LastTime) Now()
    {
        PushAll();
        return (frontier.Size, frontier.Root(), lastTime);
    }

    /// <summary>Checks a record and writes what does not depend on its place; on any thread.</summary>
    internal virtual PreparedRecord Prepare(LedgerRecord record) => PreparedRecord.Make(record, Volatile.Read(ref digits));

    /// <summary>Appends a record, and before it its certificate when that is new, in the session's transaction.</summary>
    internal virtual LedgerReceipt Append(Session session, PreparedRecord prepared)
    {
        if (!ReferenceEquals(current, session))
        {
            // Once a work.
            current = session;
            Begin();
            session.Join(this, rows.Count);
        }

        if (prepared.Digest is { } digest && certificates.Add(digest))
        {
            session.OnRolledBack(() => certificates.Remove(digest));
            LedgerReceipt first = AppendOne(PreparedRecord.Make(Seen(digest, prepared.Record.Certificate!), digits));
            session.Send(LedgerStore.InsertCertificate, new { Digest = digest, first.Sequence });
        }

        return AppendOne(prepared);
    }

    private LedgerRecord Seen(string digest, byte[] certificate) => new()
    {
        Actor = origin,
        Act = CertificateSeen,
        Object = digest,
        Outcome = LedgerOutcome.Done,
        Detail = new JsonObject { ["certificate"] = Convert.ToBase64String(certificate) },
    };

    private void Begin()
    {
        if (rows.Count == 0)
        {
            group.Size = frontier.Size;
            group.Hashes = frontier.Keep();
            previous.CopyTo(group.Previous, 0);
            (group.LastTime, group.Ends) = (lastTime, ends);
        }
    }

    /// <summary>Goes back to where the group had so many records.</summary>
    void ISessionPart.RolledBack(int mark)
    {
        if (mark >= rows.Count)
        {
            return;
        }

        rows.RemoveRange(mark, rows.Count - mark);
        (current, flushed) = (null, false);
        if (pushed > rows.Count)
        {
            frontier.Return(group.Size, group.Hashes);
            nodes.Clear();
            pushed = 0;
        }

        if (rows.Count == 0)
        {
            group.Previous.CopyTo(previous, 0);
            (lastTime, ends) = (group.LastTime, group.Ends);
        }
        else
        {
            LedgerRow last = rows[^1];
            last.Origin!.Leaf.CopyTo(previous, 0);
            (lastTime, ends) = (last.Origin.Time, last.Ends);
        }
    }

    // Into the tree: those of the group that are not in it yet.
    private void PushAll()
    {
        int count = rows.Count - pushed;
        if (count == 0)
        {
            return;
        }

        if (leaves.Length < count * MerkleFrontier.HashSize)
        {
            leaves = new byte[count * MerkleFrontier.HashSize];
        }

        for (int i = 0; i < count; i++)
        {
            rows[pushed + i].Origin!.Leaf.CopyTo(leaves, i * MerkleFrontier.HashSize);
        }

        frontier.PushMany(leaves.AsSpan(0, count * MerkleFrontier.HashSize), nodes, KeepNode);
        pushed = rows.Count;
    }

    void ISessionPart.Committing(Session last)
    {
        if (flushed || rows.Count == 0)
        {
            return; // every work of the group asks for it
        }

        PushAll();
        flushed = true;
        last.SendMany(LedgerStore.InsertRecord, rows);
        last.SendMany(LedgerStore.InsertNode, nodes);
    }

    // The first work of the group hands over the whole group's rows.
    void ISessionPart.Committed()
    {
        if (rows.Count == 0)
        {
            return;
        }

        LedgerRow[] written = [.. rows];
        rows.Clear();
        nodes.Clear();
        (current, flushed, pushed) = (null, false, 0);
        Written(written);
    }

    private LedgerRecord Seal(LedgerRecord record)
    {
        if (record.Private is not { } open)
        {
            return record;
        }

        if (cipher is null)
        {
            throw new LedgerException(LedgerError.BadRecord, "Ledger: this ledger has no cipher for private fields.");
        }

        byte[] text = JsonSerializer.SerializeToUtf8Bytes(open);
        if (text.Length > MaxPrivate || record.Detail?.ContainsKey(PrivateMember) == true)
        {
            throw new LedgerException(LedgerError.BadRecord, "Ledger: private fields have at most 16 KiB, and detail.private is theirs.");
        }

        JsonObject detail = record.Detail?.DeepClone().AsObject() ?? [];
        detail[PrivateMember] = Convert.ToBase64String(cipher.Seal(text, PrivateBinding(origin, frontier.Size + rows.Count - pushed)));
        return record with { Detail = detail, Private = null };
    }

    /// <summary>What sealed fields are bound to: this ledger and this record, so that they cannot be moved to another.</summary>
    internal static byte[] PrivateBinding(string origin, long sequence) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HUFU-LEDGER 1 {origin} {sequence}"));

    private LedgerReceipt AppendOne(PreparedRecord prepared)
    {
        long reading = clock.GetUtcNow().ToUnixTimeMilliseconds();
        // Time in the log never goes back; a clock that does is itself on record.
        long time = Math.Max(reading, lastTime);
        long sequence = frontier.Size + rows.Count - pushed;
        var leaf = new byte[MerkleFrontier.HashSize];
        byte[] line = writer.End(prepared.Take(seal), sequence, previous, time, reading < lastTime ? reading : null, leaf);
        ends += line.Length + 1;
        rows.Add(new LedgerRow(sequence, ends, line) { Origin = new RowOrigin(time, leaf, prepared.Record) });
        lastTime = time;
        leaf.CopyTo(previous, 0);
        MindDigits(sequence + 1);
        return new LedgerReceipt(sequence, DateTimeOffset.FromUnixTimeMilliseconds(time), (byte[])leaf.Clone());
    }

    // How long numbers are by now, for lines that are written ahead; that it never falls back costs a copy at worst.
    private void MindDigits(long number)
    {
        while (number >= tenfold)
        {
            (tenfold, digits) = (tenfold * 10, digits + 1);
        }
    }

    private static void KeepNode(List<LedgerStore.NodeRow> nodes, int level, long position, ReadOnlySpan<byte> hash)
    {
        if (level % LedgerStore.LevelStep == 0)
        {
            nodes.Add(new LedgerStore.NodeRow(level, position, hash.ToArray()));
        }
    }

    /// <summary>The edge before the group's first record.</summary>
    private sealed class Group
    {
        internal long Size { get; set; }

        internal byte[] Hashes { get; set; } = [];

        internal byte[] Previous { get; } = new byte[MerkleFrontier.HashSize];

        internal long LastTime { get; set; }

        internal long Ends { get; set; }
    }
}
