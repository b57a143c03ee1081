using System.Collections.Concurrent;

namespace Hufu.Records;

/// <summary>A file of lines that copies a table: appended to as the table grows, flushed, and after a crash cut back to what agrees with the table.</summary>
internal sealed class LineFile : IAsyncDisposable
{
    private const long MaxOffered = 32 << 20;

    private readonly Database database;
    private readonly LineTable table;
    private readonly FileStream file;
    private readonly byte[] buffer = new byte[256 * 1024];
    private readonly ConcurrentQueue<LedgerRow> offered = new();
    private long offeredBytes;
    private int filled;

    private LineFile(Database database, LineTable table, FileStream file)
    {
        this.database = database;
        this.table = table;
        this.file = file;
    }

    /// <summary>How many lines the file holds.</summary>
    internal long Count { get; private set; }

    /// <summary>Opens the file and brings it to agree with the table.</summary>
    /// <param name="database">Where the table lies.</param>
    /// <param name="table">The table.</param>
    /// <param name="path">The file; made when missing.</param>
    /// <param name="certain">So many lines were flushed for certain: a difference among them is no torn write.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="LedgerException">FilesAhead, Broken.</exception>
    internal static async Task<LineFile> OpenAsync(Database database, LineTable table, string path, long certain, CancellationToken ct)
    {
        FileStream file = PrivateFiles.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        try
        {
            var opened = new LineFile(database, table, file);
            await opened.RepairAsync(path, certain, ct).ConfigureAwait(false);
            return opened;
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task RepairAsync(string path, long certain, CancellationToken ct)
    {
        long length = file.Length;
        (long whole, long last, long end) = await database.ReadAsync(session => table.Locate(session, length), ct).ConfigureAwait(false);
        if (length > end)
        {
            throw new LedgerException(
                LedgerError.FilesAhead,
                $"Ledger: {path} holds more than the database, which must have been put back to an older state. Reconcile the restore with the file before the room starts.");
        }

        // What a crash can spoil was not flushed yet: it lies behind the last signed head, so at most a head's worth of lines is compared, and always the last line.
        Count = Math.Max(0, Math.Min(Math.Min(certain, whole) - 1, whole));
        while (Count < whole)
        {
            IReadOnlyList<Line> lines = await database.ReadAsync(session => table.Read(session, Count, Math.Min(whole - Count, 1_000)), ct).ConfigureAwait(false);
            if (lines.Count == 0)
            {
                throw new LedgerException(LedgerError.Broken, $"Ledger: rows are missing in the database at line {Count}.");
            }

            foreach (Line line in lines)
            {
                if (!await HoldsAsync(line, ct).ConfigureAwait(false))
                {
                    if (Count < certain)
                    {
                        throw new LedgerException(
                            LedgerError.Broken, $"Ledger: line {Count} of {path} is not what the database holds, and a signed head covers it. Verify a copy: hufu audit verify.");
                    }

                    whole = Count;
                    break;
                }

                Count++;
                last = line.Ends;
            }
        }

        last = Count == 0 ? 0 : last;
        file.SetLength(last);
        file.Position = last;
        file.Flush(flushToDisk: true);
    }

    private async Task<bool> HoldsAsync(Line line, CancellationToken ct)
    {
        var there = new byte[line.Text.Length + 1];
        file.Position = line.Ends - there.Length;
        int read = await file.ReadAtLeastAsync(there, there.Length, throwOnEndOfStream: false, ct).ConfigureAwait(false);
        return read == there.Length && there[^1] == (byte)'\n' && there.AsSpan(0, line.Text.Length).SequenceEqual(line.Text);
    }

    /// <summary>Takes rows that were just committed, so that they need not be read back; what does not fit is read back.</summary>
    internal void Offer(IReadOnlyList<LedgerRow> rows)
    {
        foreach (LedgerRow row in rows)
        {
            if (Interlocked.Read(ref offeredBytes) < MaxOffered)
            {
                Interlocked.Add(ref offeredBytes, row.Line.Length);
                offered.Enqueue(row);
            }
        }
    }

    // The next lines: those offered when they go on where the file ends, else the table's.
    private async Task<IReadOnlyList<Line>> NextAsync(long from, long count, CancellationToken ct)
    {
        while (offered.TryPeek(out LedgerRow? row) && row.Sequence <= from)
        {
            if (row.Sequence < from)
            {
                Drop();
                continue;
            }

            var lines = new List<Line>();
            while (lines.Count < Math.Min(count, 1_000) && offered.TryPeek(out row) && row.Sequence == from + lines.Count)
            {
                lines.Add(new Line(row.Line, row.Ends));
                Drop();
            }

            return lines;
        }

        long until = offered.TryPeek(out LedgerRow? next) ? Math.Min(count, next.Sequence - from) : count;
        return await database.ReadAsync(session => table.Read(session, from, Math.Min(until, 1_000)), ct).ConfigureAwait(false);
    }

    private void Drop()
    {
        if (offered.TryDequeue(out LedgerRow? row))
        {
            Interlocked.Add(ref offeredBytes, -row.Line.Length);
        }
    }

    /// <summary>Appends the table's lines up to a count; they are in the file, not yet flushed.</summary>
    internal async Task CopyAsync(long count, CancellationToken ct)
    {
        long written = file.Position;
        long copied = Count;
        try
        {
            while (copied < count)
            {
                IReadOnlyList<Line> lines = await NextAsync(copied, count - copied, ct).ConfigureAwait(false);
                if (lines.Count == 0)
                {
                    throw new LedgerException(LedgerError.Broken, $"Ledger: rows are missing in the database at line {copied}.");
                }

                foreach (Line line in lines)
                {
                    await PutAsync(line.Text, ct).ConfigureAwait(false);
                }

                await DrainAsync(ct).ConfigureAwait(false);
                copied += lines.Count;
                Count = copied;
                written = lines[^1].Ends;
            }
        }
        catch
        {
            // Half a batch may stand in the file: go back to the last whole one and let the next try write it again.
            filled = 0;
            file.SetLength(written);
            file.Position = written;
            throw;
        }
    }

    internal void Flush() => file.Flush(flushToDisk: true);

    private async Task PutAsync(byte[] line, CancellationToken ct)
    {
        if (filled + line.Length + 1 > buffer.Length)
        {
            await DrainAsync(ct).ConfigureAwait(false);
            if (line.Length + 1 > buffer.Length)
            {
                await file.WriteAsync(line, ct).ConfigureAwait(false);
                line = [];
            }
        }

        line.CopyTo(buffer, filled);
        filled += line.Length;
        buffer[filled++] = (byte)'\n';
    }

    private async Task DrainAsync(CancellationToken ct)
    {
        await file.WriteAsync(buffer.AsMemory(0, filled), ct).ConfigureAwait(false);
        filled = 0;
    }

    public ValueTask DisposeAsync() => file.DisposeAsync();
}

/// <summary>One line of a table.</summary>
internal sealed record Line(byte[] Text, long Ends);

/// <summary>A table whose rows are the lines of a file, numbered from 0.</summary>
internal sealed class LineTable
{
    private readonly string read;
    private readonly string at;
    private readonly string last;

    private LineTable(string name, string number)
    {
        read = $"SELECT line AS text, ends FROM {name} WHERE {number} >= @from ORDER BY {number} LIMIT @count";
        at = $"SELECT ends FROM {name} WHERE {number} = @middle";
        last = $"SELECT {number} FROM {name} ORDER BY {number} DESC LIMIT 1";
    }

    internal static LineTable Records { get; } = new("ledger_record", "sequence");

    internal static LineTable Heads { get; } = new("ledger_head", "number");

    internal IReadOnlyList<Line> Read(Session session, long from, long count) => session.Query<Line>(read, new { from, count });

    /// <summary>How many whole lines a length holds, where the last of them ends, and where the table's last line ends.</summary>
    internal (long Whole, long Last, long End) Locate(Session session, long length)
    {
        long count = session.Scalar<long?>(last) is { } number ? number + 1 : 0;
        long end = Ends(session, count);
        long low = 0;
        long high = count;
        while (low < high)
        {
            long middle = (low + high + 1) / 2;
            if (Ends(session, middle) <= length)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return (low, Ends(session, low), end);
    }

    private long Ends(Session session, long count) => count == 0
        ? 0
        : session.Scalar<long?>(at, new { middle = count - 1 }) ?? throw new LedgerException(LedgerError.Broken, $"Ledger: row {count - 1} is missing in the database.");
}
