using System.Text;
using System.Text.Json.Nodes;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Records;

/// <summary>
/// A room's append-only record of everything that was done, refused or failed: a Merkle tree over SM3 (RFC 9162 hashing), in the owner's database and transactions (no ledger row,
/// no act), copied to files as it grows, its heads signed by the audit key. The files can be verified without the room (<see cref="LedgerVerifier"/>).
/// </summary>
public sealed class Ledger : IAsyncDisposable
{
    private readonly LedgerOptions options;
    private readonly LedgerEdge edge;
    private readonly LedgerFiles files;
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly LedgerKeeper keeper;
    private readonly LedgerIndex index;
    private readonly LedgerCopier[] copiers;
    private readonly string key;
    private long size;
    private long headCount;
    private long headEnds;
    private SignedHead? head;
    private long headClock;
    private volatile Exception? fault;
    private bool disposed;

    private Ledger(LedgerOptions options, LedgerEdge edge, LedgerFiles files, LedgerStore.LastHead? last)
    {
        this.options = options;
        this.edge = edge;
        this.files = files;
        size = edge.Now().Size;
        key = KeyDigest(options.Signer.PublicKey);
        if (last is not null)
        {
            headCount = last.Number + 1;
            headEnds = last.Ends;
            head = SignedHead.TryParse(Encoding.UTF8.GetString(last.Line), out SignedHead? signed) ? signed : null;
            headClock = head?.Time.UtcTicks ?? 0;
        }

        index = new LedgerIndex(options.Database);
        copiers = [.. options.Copies.Select(copy => new LedgerCopier(options, copy))];
        keeper = new LedgerKeeper(this, options);
        edge.Written = rows =>
        {
            files.Offer(rows);
            index.Offer(rows);
            Volatile.Write(ref size, rows[^1].Sequence + 1);
            keeper.Signal();
        };
    }

    /// <summary>The ledger's name.</summary>
    public string Origin => options.Origin;

    /// <summary>False while the audit files cannot be written: every act is refused until they can (R24).</summary>
    public bool IsWritable => fault is null;

    /// <summary>How many records are committed.</summary>
    public long Size => Volatile.Read(ref size);

    /// <summary>The latest signed head; null before the first.</summary>
    public SignedHead? Head => Volatile.Read(ref head);

    /// <summary>What the clock said when the latest head was signed; the head's own time is later after a clock that went back. Null before the first.</summary>
    internal DateTimeOffset? HeadClock => Volatile.Read(ref headClock) is var ticks and not 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Opens a room's ledger, or begins it with record 0, which states the room and the audit key; repairs what a crash left of the files; starts the background task.</summary>
    /// <param name="options">Where it lies and who signs.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The open ledger; the caller disposes it before the database.</returns>
    /// <exception cref="LedgerException">Broken, FilesAhead, AnotherLedger.</exception>
    public static Task<Ledger> OpenAsync(LedgerOptions options, CancellationToken ct) => OpenAsync(options, static start => new LedgerEdge(start), ct);

    internal static async Task<Ledger> OpenAsync(LedgerOptions options, Func<EdgeStart, LedgerEdge> makeEdge, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.HeadEveryRecords, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.HeadEvery, LedgerOptions.LongestHeadEvery, nameof(options));
        if (options.Origin.Length is 0 or > 64 || !options.Origin.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.'))
        {
            throw new ArgumentException("The origin is 1 to 64 of a–z, 0–9, hyphen and dot.", nameof(options));
        }

        await options.Database.WriteAsync(session => LedgerOrigin.BeginOrCheck(session, options), ct).ConfigureAwait(false);
        (LedgerEdge edge, LedgerStore.LastHead? last) = await options.Database.ReadAsync(session => Rebuild(session, options, makeEdge), ct).ConfigureAwait(false);
        LedgerFiles? files = null;
        try
        {
            files = await LedgerFiles.OpenAsync(options, last?.Size ?? 0, ct).ConfigureAwait(false);
            await files.ExportRecordsAsync(edge.Now().Size, ct).ConfigureAwait(false);
            await files.ExportHeadsAsync(last is null ? 0 : last.Number + 1, ct).ConfigureAwait(false);
            var ledger = new Ledger(options, edge, files, last);
            ledger.keeper.Start();
            return ledger;
        }
        catch
        {
            if (files is not null)
            {
                await files.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    internal static string KeyDigest(SubjectPublicKeyInfo key) => Convert.ToHexStringLower(Sm3.HashData(key.RawData.Span));

    private static (LedgerEdge Edge, LedgerStore.LastHead? Head) Rebuild(Session session, LedgerOptions options, Func<EdgeStart, LedgerEdge> makeEdge)
    {
        LedgerStore.LastRecord? last = LedgerStore.Last(session);
        LedgerStore.LastHead? head = LedgerStore.Head(session);
        if (head is not null)
        {
            // The database must still lead to the head that was signed last.
            if (!SignedHead.TryParse(Encoding.UTF8.GetString(head.Line), out SignedHead? signed)
                || !signed.IsSignedBy(options.Signer.PublicKey)
                || signed.Size != head.Size
                || last is null
                || head.Size > last.Sequence + 1
                || Convert.ToHexStringLower(LedgerStore.Frontier(session, head.Size).Root()) != signed.Root)
            {
                throw new LedgerException(LedgerError.Broken, "Ledger: the database does not agree with its last signed head. Keep everything and verify a copy of the files: hufu audit verify.");
            }
        }

        MerkleFrontier frontier = LedgerStore.Frontier(session, last is null ? 0 : last.Sequence + 1);
        return (makeEdge(new EdgeStart(options.Origin, options.Clock, frontier, last, LedgerStore.Certificates(session), options.PrivateCipher)), head);
    }

    /// <summary>Appends a record in the caller's transaction. When it throws, the caller's work is rolled back even if it catches the exception: no ledger row, no act (R24).</summary>
    /// <param name="session">The writing session of the act.</param>
    /// <param name="record">What happens.</param>
    /// <returns>The record's number, time and leaf hash; they stand once the transaction is committed.</returns>
    /// <exception cref="LedgerException">NotWritable, BadRecord.</exception>
    /// <exception cref="DatabaseException">The row cannot be written.</exception>
    public LedgerReceipt Append(Session session, LedgerRecord record)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(record);
        try
        {
            return AppendChecked(session, edge.Prepare(record));
        }
        catch (Exception e)
        {
            session.Doom(e);
            throw;
        }
    }

    /// <summary>Appends a record that was prepared before, as <see cref="Append(Session, LedgerRecord)"/> does.</summary>
    /// <param name="session">The writing session of the act.</param>
    /// <param name="record">What happens.</param>
    /// <exception cref="LedgerException">NotWritable.</exception>
    /// <exception cref="DatabaseException">The row cannot be written.</exception>
    public LedgerReceipt Append(Session session, PreparedRecord record)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(record);
        try
        {
            return AppendChecked(session, record);
        }
        catch (Exception e)
        {
            session.Doom(e);
            throw;
        }
    }

    private LedgerReceipt AppendChecked(Session session, PreparedRecord record)
    {
        if (!session.Writes)
        {
            throw new InvalidOperationException("A ledger record belongs to a writing session.");
        }

        ObjectDisposedException.ThrowIf(disposed, this);
        if (fault is { } reason)
        {
            throw new LedgerException(
                LedgerError.NotWritable, $"Ledger: the audit files cannot be written ({reason.Message}); acts are refused until they can. Free the disk or mend the folder {options.Directory}.", reason);
        }

        return edge.Append(session, record);
    }

    /// <summary>Checks a record and writes it as JSON on the caller's thread, so that the writer's thread has less to do: for what is known before the work begins.</summary>
    /// <param name="record">What happens; must not change any more.</param>
    /// <returns>What <see cref="Append(Session, PreparedRecord)"/> takes, once.</returns>
    /// <exception cref="LedgerException">BadRecord.</exception>
    public PreparedRecord Prepare(LedgerRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return edge.Prepare(record);
    }

    /// <summary>Appends a record in a transaction of its own.</summary>
    /// <param name="record">What happened.</param>
    /// <param name="ct">Cancels while it waits for the writer.</param>
    /// <exception cref="LedgerException">NotWritable, BadRecord.</exception>
    public Task<LedgerReceipt> AppendAsync(LedgerRecord record, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(record);
        try
        {
            PreparedRecord prepared = edge.Prepare(record);
            return options.Database.WriteAsync(session => Append(session, prepared), ct);
        }
        catch (LedgerException e)
        {
            return Task.FromException<LedgerReceipt>(e);
        }
    }

    /// <summary>Signs a head over all that is committed, after the records are in the file and flushed.</summary>
    /// <param name="ct">Cancels.</param>
    /// <returns>The new head, or the latest one when nothing was added since.</returns>
    public async Task<SignedHead> SignHeadAsync(CancellationToken ct)
    {
        await gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            return await SignLockedAsync(ct).ConfigureAwait(false);
        }
        finally
        {
            gate.Release();
        }
    }

    private void SignalCopies()
    {
        foreach (LedgerCopier copier in copiers)
        {
            copier.Signal();
        }
    }

    private async Task<SignedHead> SignLockedAsync(CancellationToken ct)
    {
        // On the writer's thread the edge is the end of this group: when the read-only work is committed, so is the rest.
        (long count, byte[] root, long lastTime) = await options.Database.WriteAsync(_ => edge.Now(), ct).ConfigureAwait(false);
        await files.ExportRecordsAsync(count, ct).ConfigureAwait(false);
        if (head is { } latest && latest.Size == count)
        {
            await files.ExportHeadsAsync(headCount, ct).ConfigureAwait(false);
            return latest;
        }

        // As the records' time, a head's never goes back.
        long earliest = Math.Max(lastTime, head?.Time.ToUnixTimeMilliseconds() ?? 0);
        DateTimeOffset now = options.Clock.GetUtcNow();
        DateTimeOffset time = DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(now.ToUnixTimeMilliseconds(), earliest));
        var unsigned = new SignedHead(options.Origin, count, Convert.ToHexStringLower(root), time, key, []);
        SignedHead signed = unsigned with { Signature = options.Signer.Sign(Encoding.UTF8.GetBytes(unsigned.SignedText())) };
        byte[] line = signed.ToLine();
        long ends = headEnds + line.Length + 1;
        await options.Database.WriteAsync(session => session.Execute(LedgerStore.InsertHead, new { Number = headCount, Size = count, Line = line, Ends = ends }), ct).ConfigureAwait(false);
        headCount++;
        headEnds = ends;
        Volatile.Write(ref headClock, now.UtcTicks);
        Volatile.Write(ref head, signed);
        await files.ExportHeadsAsync(headCount, ct).ConfigureAwait(false);
        SignalCopies();
        return signed;
    }

    /// <summary>Brings the files to what is committed and flushes them.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task ExportAsync(CancellationToken ct)
    {
        await gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await files.ExportRecordsAsync(Size, ct).ConfigureAwait(false);
            await files.ExportHeadsAsync(headCount, ct).ConfigureAwait(false);
            SignalCopies();
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Indexes the segments that are whole by now; what is behind them is searched by reading it.</summary>
    internal Task IndexAsync(CancellationToken ct) => index.GrowAsync(Size, ct);

    /// <summary>Lays the audit key's certificate beside the files and into the log.</summary>
    /// <param name="certificate">The certificate, DER.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="LedgerException">BadRecord: it certifies another key, or is no certificate.</exception>
    public async Task InstallCertificateAsync(ReadOnlyMemory<byte> certificate, CancellationToken ct)
    {
        LedgerOrigin.CheckCertificate(certificate, options.Signer.PublicKey);
        await AppendAsync(
            new LedgerRecord
            {
                Actor = options.Origin,
                Act = "ledger.certificate",
                Object = Convert.ToHexStringLower(Sm3.HashData(certificate.Span)),
                Outcome = LedgerOutcome.Done,
                Detail = new JsonObject { ["certificate"] = Convert.ToBase64String(certificate.Span) },
            },
            ct).ConfigureAwait(false);
        files.PutCertificate(certificate.Span);
    }

    /// <summary>Proves that a record stands in the tree of the latest head; signs one when the record is newer.</summary>
    /// <param name="sequence">The record's number.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The proof and the head.</returns>
    public async Task<(InclusionProof Proof, SignedHead Head)> ProveAsync(long sequence, CancellationToken ct)
    {
        SignedHead latest = Head is { } known && known.Size > sequence ? known : await SignHeadAsync(ct).ConfigureAwait(false);
        return (await ProveInclusionAsync(sequence, latest.Size, ct).ConfigureAwait(false), latest);
    }

    /// <summary>Proves that a record stands in the tree of a size.</summary>
    /// <param name="sequence">The record's number, below the size.</param>
    /// <param name="treeSize">A committed size.</param>
    /// <param name="ct">Cancels.</param>
    public Task<InclusionProof> ProveInclusionAsync(long sequence, long treeSize, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(treeSize, Size);
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sequence, treeSize);
        return options.Database.ReadAsync(
            session =>
            {
                var path = new List<byte[]>();
                LedgerStore.Path(session, sequence, 0, treeSize, path);
                return new InclusionProof(sequence, treeSize, LedgerStore.Hash(session, sequence, 1), path);
            },
            ct);
    }

    /// <summary>Proves that the tree of one size only grew into that of another.</summary>
    /// <param name="first">The earlier size, 1 or more.</param>
    /// <param name="second">The later, committed size.</param>
    /// <param name="ct">Cancels.</param>
    public Task<ConsistencyProof> ProveConsistencyAsync(long first, long second, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(second, Size);
        ArgumentOutOfRangeException.ThrowIfLessThan(first, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, second);
        return options.Database.ReadAsync(
            session =>
            {
                var path = new List<byte[]>();
                LedgerStore.Subproof(session, first, 0, second, true, path);
                return new ConsistencyProof(first, second, path);
            },
            ct);
    }

    /// <summary>Finds records by their indexed fields, a page at a time (R26).</summary>
    /// <param name="filter">What to look for.</param>
    /// <param name="ct">Cancels.</param>
    public Task<IReadOnlyList<LedgerEntry>> SearchAsync(LedgerFilter filter, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return options.Database.ReadAsync(session => LedgerSearch.Read(session, filter), ct);
    }

    /// <summary>Reads the private fields of a record of this ledger.</summary>
    /// <param name="entry">The record as it was found.</param>
    /// <returns>The fields; null when it has none.</returns>
    /// <exception cref="PkiException">They do not open under this room's device, or belong to another record.</exception>
    public JsonObject? OpenPrivate(LedgerEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (JsonNode.Parse(entry.Line)?["detail"]?[LedgerEdge.PrivateMember] is not { } sealedFields || options.PrivateCipher is not { } cipher)
        {
            return null;
        }

        byte[] open = cipher.Open(Convert.FromBase64String(sealedFields.GetValue<string>()), LedgerEdge.PrivateBinding(options.Origin, entry.Sequence));
        return JsonNode.Parse(open)!.AsObject();
    }

    /// <summary>How the copies stand (log server, off site).</summary>
    public IReadOnlyList<LedgerCopyState> Copies => [.. copiers.Select(c => c.State)];

    internal Exception? Fault
    {
        get => fault;
        set => fault = value;
    }

    /// <summary>Stops the background task, brings the files up to date, signs a last head, and closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return;
        }

        await keeper.DisposeAsync().ConfigureAwait(false);
        disposed = true;
        try
        {
            await SignHeadAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The records are durable in the database; the next opening brings the files up to date.
            options.OnFault?.Invoke(e);
        }

        foreach (LedgerCopier copier in copiers)
        {
            await copier.DisposeAsync().ConfigureAwait(false);
        }

        await files.DisposeAsync().ConfigureAwait(false);
        gate.Dispose();
    }
}
