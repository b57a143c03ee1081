namespace Hufu.Records;

/// <summary>A copy in a folder: must be the beginning of the ledger's own files, and goes on where it ends.</summary>
internal sealed class FolderSink : ILedgerSink
{
    private const int Compared = 64 * 1024;

    private readonly LedgerOptions options;
    private readonly string folder;
    private readonly FileStream?[] files = new FileStream?[2];

    internal FolderSink(LedgerOptions options, FolderCopy copy)
    {
        this.options = options;
        folder = Path.Combine(copy.Folder, options.Origin);
        PrivateFiles.MakeDirectory(folder);
        foreach (string name in (ReadOnlySpan<string>)[LedgerFiles.ReadmeName, LedgerFiles.KeyName, LedgerFiles.CertificateName])
        {
            string own = Path.Combine(options.Directory, name);
            if (File.Exists(own))
            {
                PrivateFiles.Replace(Path.Combine(folder, name), File.ReadAllBytes(own));
            }
        }
    }

    public async Task<long> StartAsync(LedgerFile file, CancellationToken ct)
    {
        string own = LedgerCopier.PathOf(options, file);
        FileStream there = files[(int)file] = PrivateFiles.Open(Path.Combine(folder, Path.GetFileName(own)), FileMode.OpenOrCreate, FileAccess.ReadWrite);
        await using var source = new FileStream(own, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        if (there.Length > source.Length)
        {
            throw new LedgerException(
                LedgerError.FilesAhead, $"Ledger: the copy {there.Name} holds more than {own}: the room was put back to an older state. Reconcile it with the copy (hufu audit reconcile); nothing is overwritten.");
        }

        // The end must agree; a line that was torn by a crash is cut off and written again.
        int length = (int)Math.Min(Compared, there.Length);
        var mine = new byte[length];
        var copied = new byte[length];
        source.Position = there.Position = there.Length - length;
        await source.ReadExactlyAsync(mine, ct).ConfigureAwait(false);
        await there.ReadExactlyAsync(copied, ct).ConfigureAwait(false);
        int whole = copied.AsSpan().LastIndexOf((byte)'\n') + 1;
        if (!mine.AsSpan(0, whole).SequenceEqual(copied.AsSpan(0, whole)) || (whole == 0 && length == Compared))
        {
            throw new LedgerException(LedgerError.Broken, $"Ledger: the copy {there.Name} is not the beginning of {own}. Keep both and verify them: hufu audit verify.");
        }

        there.SetLength(there.Length - length + whole);
        there.Position = there.Length;
        return there.Length;
    }

    public async Task WriteAsync(LedgerFile file, ReadOnlyMemory<byte> lines, CancellationToken ct)
    {
        FileStream there = files[(int)file]!;
        await there.WriteAsync(lines, ct).ConfigureAwait(false);
        there.Flush(flushToDisk: true);
    }

    public Task FlushAsync(long records, long heads, CancellationToken ct) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (FileStream? file in files)
        {
            if (file is not null)
            {
                await file.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
