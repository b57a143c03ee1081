using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Records;

/// <summary>The ledger's growing end, in memory: follows the writer's transactions and goes back with every work that is rolled back. Used on the writer's thread only.</summary>
/// <remarks>The rows of a whole group of works are written by one statement before its commit: when that fails, the group fails, and no act of it has happened (R24).</remarks>
internal sealed class LedgerEdge : IDisposable
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
    private readonly byte[] leaf = new byte[MerkleFrontier.HashSize];
    private long lastTime;
    private long ends;
    private readonly List<LedgerRow> rows = [];
    private readonly List<LedgerStore.NodeRow> nodes = [];
    private readonly Action<Session> flush;
    private Session? current;
    private bool flushed;
    private byte[] lastCertificate = [];
    private string lastDigest = "";

    internal LedgerEdge(string origin, TimeProvider clock, MerkleFrontier frontier, LedgerStore.LastRecord? last, IEnumerable<string> certificates, IDataCipher? cipher = null)
    {
        this.cipher = cipher;
        this.origin = origin;
        this.clock = clock;
        this.frontier = frontier;
        this.certificates = [.. certificates];
        flush = Flush;
        if (last is not null)
        {
            last.Leaf.CopyTo(previous, 0);
            lastTime = last.Time;
            ends = last.Ends;
        }
    }

    internal long Size => frontier.Size;

    internal long LastTime => lastTime;

    internal byte[] Root() => frontier.Root();

    /// <summary>Appends a record, and before it its certificate when that is new, in the session's transaction.</summary>
    internal LedgerReceipt Append(Session session, LedgerRecord record, Action<IReadOnlyList<LedgerRow>> committed)
    {
        RecordLine.Check(record);
        Join(session, committed);
        string? digest = record.Certificate is null ? null : Digest(record.Certificate);
        if (digest is not null && certificates.Add(digest))
        {
            session.OnRolledBack(() => certificates.Remove(digest));
            LedgerReceipt first = AppendOne(Seen(digest, record.Certificate!), null);
            session.Send(LedgerStore.InsertCertificate, new { Digest = digest, first.Sequence });
        }

        return AppendOne(record, digest);
    }

    // Neighbours in the log are often of one person; the digest is looked up again only when the bytes differ.
    private string Digest(byte[] certificate)
    {
        if (!certificate.AsSpan().SequenceEqual(lastCertificate))
        {
            lastCertificate = [.. certificate];
            lastDigest = Convert.ToHexStringLower(Sm3.HashData(certificate));
        }

        return lastDigest;
    }

    private LedgerRecord Seen(string digest, byte[] certificate) => new()
    {
        Actor = origin,
        Act = CertificateSeen,
        Object = digest,
        Outcome = LedgerOutcome.Done,
        Detail = new JsonObject { ["certificate"] = Convert.ToBase64String(certificate) },
    };

    // Once a work: what to go back to, and whom to tell.
    private void Join(Session session, Action<IReadOnlyList<LedgerRow>> committed)
    {
        if (ReferenceEquals(current, session))
        {
            return;
        }

        current = session;
        byte[] kept = frontier.Keep();
        byte[] keptPrevious = previous.ToArray();
        (long size, long keptTime, long keptEnds) = (frontier.Size, lastTime, ends);
        (int keptRows, int keptNodes) = (rows.Count, nodes.Count);
        session.OnRolledBack(() =>
        {
            frontier.Return(size, kept);
            keptPrevious.CopyTo(previous, 0);
            (lastTime, ends, current, flushed) = (keptTime, keptEnds, null, false);
            rows.RemoveRange(keptRows, rows.Count - keptRows);
            nodes.RemoveRange(keptNodes, nodes.Count - keptNodes);
        });
        session.OnCommitting(flush);
        session.OnCommitted(() =>
        {
            // The first work of the group hands over the whole group's rows.
            if (rows.Count > 0)
            {
                LedgerRow[] written = [.. rows];
                rows.Clear();
                nodes.Clear();
                current = null;
                flushed = false;
                committed(written);
            }
        });
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
        detail[PrivateMember] = Convert.ToBase64String(cipher.Seal(text, PrivateBinding(origin, frontier.Size)));
        return record with { Detail = detail, Private = null };
    }

    /// <summary>What sealed fields are bound to: this ledger and this record, so that they cannot be moved to another.</summary>
    internal static byte[] PrivateBinding(string origin, long sequence) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HUFU-LEDGER 1 {origin} {sequence}"));

    private LedgerReceipt AppendOne(LedgerRecord record, string? certificate)
    {
        record = Seal(record);
        long reading = clock.GetUtcNow().ToUnixTimeMilliseconds();
        // Time in the log never goes back; a clock that does is itself on record.
        long time = Math.Max(reading, lastTime);
        long sequence = frontier.Size;
        byte[] line = writer.Write(sequence, previous, time, reading < lastTime ? reading : null, record, certificate, leaf);
        byte[] hash = leaf.ToArray();
        rows.Add(new LedgerRow(sequence, ends + line.Length + 1, line));
        frontier.Push(hash, nodes, KeepNode);
        ends += line.Length + 1;
        lastTime = time;
        hash.CopyTo(previous, 0);
        return new LedgerReceipt(sequence, DateTimeOffset.FromUnixTimeMilliseconds(time), hash);
    }

    private static void KeepNode(List<LedgerStore.NodeRow> nodes, int level, long position, ReadOnlySpan<byte> hash)
    {
        if (level % LedgerStore.LevelStep == 0)
        {
            nodes.Add(new LedgerStore.NodeRow(level, position, hash.ToArray()));
        }
    }

    private void Flush(Session session)
    {
        if (flushed || rows.Count == 0)
        {
            return; // every work of the group asks for it
        }

        flushed = true;
        session.ExecuteMany(LedgerStore.InsertRecord, rows);
        session.ExecuteMany(LedgerStore.InsertNode, nodes);
    }

    public void Dispose() => writer.Dispose();
}
