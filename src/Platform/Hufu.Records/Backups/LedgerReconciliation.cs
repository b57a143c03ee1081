using System.Text;

namespace Hufu.Records;

/// <summary>What a room's log holds elsewhere and the restored room had lost.</summary>
/// <param name="Had">Records that the restored room had.</param>
/// <param name="Now">Records that it has now.</param>
/// <param name="Missing">The records that were brought back, as their lines: what was acknowledged after the backup. The room's tables do not know of these acts; the ledger does.</param>
public sealed record LedgerReconciliation(long Had, long Now, IReadOnlyList<string> Missing)
{
    private const int MostMissing = 1_000_000;

    /// <summary>
    /// Brings a restored room's ledger to where its copy is (the log server's): the copy is verified, must go on from the restored records, and what follows is appended as it was, heads
    /// too. So the log has no fork and nothing acknowledged is missing from it. Carrying the acts out again (R17: revocations first) is the room's own matter.
    /// </summary>
    /// <param name="database">The restored room's database, its ledger not open.</param>
    /// <param name="copy">The copy's folder with records.jsonl and heads.jsonl.</param>
    /// <param name="ct">Cancels; nothing is kept then.</param>
    /// <exception cref="BackupException">LedgerBroken: the copy does not verify, or is of another log.</exception>
    public static async Task<LedgerReconciliation> BringBackAsync(Database database, string copy, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(database);
        (LedgerStore.LastRecord? last, LedgerStore.LastHead? head) = await database.ReadAsync(session => (LedgerStore.Last(session), LedgerStore.Head(session)), ct).ConfigureAwait(false);
        SignedHead? known = head is not null && SignedHead.TryParse(Encoding.UTF8.GetString(head.Line), out SignedHead? signed) ? signed : null;
        LedgerReport report = LedgerVerifier.Verify(copy, known);
        if (report.Verdict != LedgerVerdict.Whole || last is null)
        {
            throw new BackupException(BackupError.LedgerBroken, $"Reconcile: {copy} is not the continuation of the restored ledger: {(report.Findings.Count > 0 ? report.Findings[0].Message : "the room has no ledger")}");
        }

        long had = last.Sequence + 1;
        var rows = new List<LedgerRow>();
        var missing = new List<string>();
        long ends = 0;
        long at = 0;
        bool same = false;
        foreach (byte[] line in Lines(Path.Combine(copy, LedgerFiles.RecordsName)))
        {
            ends += line.Length + 1;
            if (at == last.Sequence)
            {
                same = ends == last.Ends && RecordLine.Leaf(line).AsSpan().SequenceEqual(last.Leaf);
            }
            else if (at > last.Sequence)
            {
                rows.Add(new LedgerRow(at, ends, line));
                missing.Add(Encoding.UTF8.GetString(line));
            }

            at++;
            if (missing.Count > MostMissing)
            {
                throw new BackupException(BackupError.NotUsable, "Reconcile: more than a million records are missing. Restore a newer backup first.");
            }
        }

        if (at < had || !same)
        {
            throw new BackupException(BackupError.LedgerBroken, $"Reconcile: {copy} holds {at} records and does not go through record {last.Sequence} of the restored room: it is older, or of another log.");
        }

        await database.WriteAsync(session => Append(session, had, rows, Path.Combine(copy, LedgerFiles.HeadsName), head), ct).ConfigureAwait(false);
        return new LedgerReconciliation(had, at, missing);
    }

    /// <summary>Writes the ledger's files anew from the database: after records were brought back they are ahead of the files.</summary>
    /// <param name="database">The room's database, its ledger not open.</param>
    /// <param name="audit">The folder of the room's ledger files.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static async Task WriteFilesAsync(Database database, string audit, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(database);
        foreach ((string name, string sql) in new[]
        {
            (LedgerFiles.RecordsName, "SELECT line FROM ledger_record ORDER BY sequence"), (LedgerFiles.HeadsName, "SELECT line FROM ledger_head ORDER BY number"),
        })
        {
            await database.ReadAsync(
                session =>
                {
                    using var stream = new BufferedStream(PrivateFiles.Open(Path.Combine(audit, name), FileMode.Create, FileAccess.Write), 1 << 20);
                    session.Each(sql, null, row =>
                    {
                        stream.Write((byte[])row.GetValue(0));
                        stream.WriteByte((byte)'\n');
                    });
                    return 0;
                },
                ct).ConfigureAwait(false);
        }
    }

    private static void Append(Session session, long had, List<LedgerRow> rows, string headsFile, LedgerStore.LastHead? head)
    {
        MerkleFrontier frontier = LedgerStore.Frontier(session, had);
        var nodes = new List<LedgerStore.NodeRow>();
        foreach (LedgerRow row in rows)
        {
            frontier.Push(RecordLine.Leaf(row.Line), nodes, static (list, level, position, hash) =>
            {
                if (level % LedgerStore.LevelStep == 0)
                {
                    list.Add(new LedgerStore.NodeRow(level, position, hash.ToArray()));
                }
            });
            RecordFields fields = RecordFields.Of(row.Line);
            if (fields.Act == LedgerEdge.CertificateSeen)
            {
                session.Execute(LedgerStore.InsertCertificate + " ON CONFLICT (digest) DO NOTHING", new { Digest = fields.Object, row.Sequence });
            }
        }

        session.ExecuteMany(LedgerStore.InsertRecord, rows);
        session.ExecuteMany(LedgerStore.InsertNode, nodes);
        long number = 0;
        long ends = 0;
        foreach (byte[] line in Lines(headsFile))
        {
            ends += line.Length + 1;
            if (number > (head?.Number ?? -1) && SignedHead.TryParse(Encoding.UTF8.GetString(line), out SignedHead? signed))
            {
                session.Execute(LedgerStore.InsertHead, new { Number = number, signed.Size, Line = line, Ends = ends });
            }

            number++;
        }
    }

    // Whole lines only: a torn last one is no record.
    private static IEnumerable<byte[]> Lines(string path)
    {
        using var stream = new BufferedStream(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), 1 << 20);
        var line = new List<byte>(1_024);
        for (int one; (one = stream.ReadByte()) >= 0;)
        {
            if (one == '\n')
            {
                yield return [.. line];
                line.Clear();
            }
            else
            {
                line.Add((byte)one);
            }
        }
    }
}
