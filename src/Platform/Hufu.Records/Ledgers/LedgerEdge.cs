using System.Text.Json.Nodes;
using Hufu.Crypto;

namespace Hufu.Records;

/// <summary>The ledger's growing end, in memory: follows the writer's transactions and goes back with every work that is rolled back. Used on the writer's thread only.</summary>
internal sealed class LedgerEdge : IDisposable
{
    internal const string CertificateSeen = "certificate.seen";

    private readonly TimeProvider clock;
    private readonly string origin;
    private readonly MerkleFrontier frontier;
    private readonly HashSet<string> certificates;
    private readonly RecordLine writer = new();
    private readonly byte[] previous = new byte[MerkleFrontier.HashSize];
    private readonly byte[] leaf = new byte[MerkleFrontier.HashSize];
    private long lastTime;
    private long ends;
    private Session? current;

    internal LedgerEdge(string origin, TimeProvider clock, MerkleFrontier frontier, LedgerStore.LastRecord? last, IEnumerable<string> certificates)
    {
        this.origin = origin;
        this.clock = clock;
        this.frontier = frontier;
        this.certificates = [.. certificates];
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
    internal LedgerReceipt Append(Session session, LedgerRecord record, Action committed)
    {
        RecordLine.Check(record);
        Join(session, committed);
        string? digest = record.Certificate is null ? null : Convert.ToHexStringLower(Sm3.HashData(record.Certificate));
        if (digest is not null && certificates.Add(digest))
        {
            session.OnRolledBack(() => certificates.Remove(digest));
            LedgerReceipt seen = AppendOne(session, Seen(digest, record.Certificate!), null);
            session.Execute(LedgerStore.InsertCertificate, new { Digest = digest, seen.Sequence });
        }

        return AppendOne(session, record, digest);
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
    private void Join(Session session, Action committed)
    {
        if (ReferenceEquals(current, session))
        {
            return;
        }

        current = session;
        byte[] kept = frontier.Keep();
        byte[] keptPrevious = previous.ToArray();
        (long size, long keptTime, long keptEnds) = (frontier.Size, lastTime, ends);
        session.OnRolledBack(() =>
        {
            frontier.Return(size, kept);
            keptPrevious.CopyTo(previous, 0);
            (lastTime, ends, current) = (keptTime, keptEnds, null);
        });
        session.OnCommitted(committed);
    }

    private LedgerReceipt AppendOne(Session session, LedgerRecord record, string? certificate)
    {
        long reading = clock.GetUtcNow().ToUnixTimeMilliseconds();
        // Time in the log never goes back; a clock that does is itself on record.
        long time = Math.Max(reading, lastTime);
        long sequence = frontier.Size;
        byte[] line = writer.Write(sequence, previous, time, reading < lastTime ? reading : null, record, certificate, leaf);
        byte[] hash = leaf.ToArray();
        session.Execute(
            LedgerStore.InsertRecord,
            new { Sequence = sequence, Time = time, record.Actor, record.Act, record.Object, record.Outcome, Line = line, Leaf = hash, Ends = ends + line.Length + 1 });
        frontier.Push(hash, session, KeepNode);
        ends += line.Length + 1;
        lastTime = time;
        hash.CopyTo(previous, 0);
        return new LedgerReceipt(sequence, DateTimeOffset.FromUnixTimeMilliseconds(time), hash);
    }

    private static void KeepNode(Session session, int level, long position, ReadOnlySpan<byte> hash)
    {
        if (level % LedgerStore.LevelStep == 0)
        {
            session.Execute(LedgerStore.InsertNode, new { Level = level, Position = position, Hash = hash.ToArray() });
        }
    }

    public void Dispose() => writer.Dispose();
}
