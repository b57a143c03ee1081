using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading.Channels;
using Hufu.Contracts;

namespace Hufu.Records;

/// <summary>Copies a ledger's files to one place as they grow; what cannot be copied now is copied later, and said meanwhile.</summary>
/// <remarks>
/// A copy that cannot be reached stops no act: the room's own files and database hold the record; the lag is the operator's to see. Records go before the head that covers them.
/// </remarks>
[Clause("6.6.1.4-e")]
internal sealed class LedgerCopier : IAsyncDisposable
{
    private readonly LedgerOptions options;
    private readonly LedgerCopy copy;
    private readonly Channel<bool> grown = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;
    private readonly byte[] buffer = new byte[1 << 20];
    private readonly long[] at = new long[2];
    private volatile string? fault;

    internal LedgerCopier(LedgerOptions options, LedgerCopy copy)
    {
        this.options = options;
        this.copy = copy;
        running = Task.Run(() => RunAsync(stop.Token));
    }

    internal LedgerCopyState State => new(copy.Name, Math.Max(0, Length(LedgerFile.Records) - Interlocked.Read(ref at[0])), fault);

    internal void Signal() => grown.Writer.TryWrite(true);

    private async Task RunAsync(CancellationToken ct)
    {
        ILedgerSink? sink = null;
        try
        {
            while (true)
            {
                try
                {
                    sink ??= await OpenAsync(ct).ConfigureAwait(false);
                    await StepAsync(sink, ct).ConfigureAwait(false);
                    fault = null;
                    await WaitAsync(ct).ConfigureAwait(false);
                }
                catch (Exception e) when (e is IOException or SocketException or AuthenticationException or UnauthorizedAccessException or LedgerException)
                {
                    fault = e.Message;
                    options.OnFault?.Invoke(e);
                    await CloseAsync(sink).ConfigureAwait(false);
                    sink = null;
                    await Task.Delay(options.RetryEvery, ct).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await LastAsync(sink).ConfigureAwait(false);
        }
    }

    private async Task<ILedgerSink> OpenAsync(CancellationToken ct)
    {
        ILedgerSink sink = copy switch
        {
            FolderCopy folder => new FolderSink(options, folder),
            SyslogCopy syslog => await SyslogSink.ConnectAsync(options, syslog, ct).ConfigureAwait(false),
            _ => throw new NotSupportedException(copy.GetType().Name),
        };
        try
        {
            foreach (LedgerFile file in Enum.GetValues<LedgerFile>())
            {
                Interlocked.Exchange(ref at[(int)file], await sink.StartAsync(file, ct).ConfigureAwait(false));
            }

            return sink;
        }
        catch
        {
            await CloseAsync(sink).ConfigureAwait(false);
            throw;
        }
    }

    private async Task StepAsync(ILedgerSink sink, CancellationToken ct)
    {
        // The heads' length is read first: every record that such a head covers is in the file by then.
        long heads = Length(LedgerFile.Heads);
        await CopyAsync(sink, LedgerFile.Records, Length(LedgerFile.Records), ct).ConfigureAwait(false);
        await CopyAsync(sink, LedgerFile.Heads, heads, ct).ConfigureAwait(false);
        await sink.FlushAsync(at[0], at[1], ct).ConfigureAwait(false);
    }

    private async Task CopyAsync(ILedgerSink sink, LedgerFile file, long until, CancellationToken ct)
    {
        while (at[(int)file] < until)
        {
            int whole;
            await using (var source = new FileStream(PathOf(options, file), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0))
            {
                source.Position = at[(int)file];
                int read = await source.ReadAtLeastAsync(buffer, (int)Math.Min(buffer.Length, until - at[(int)file]), throwOnEndOfStream: false, ct).ConfigureAwait(false);
                whole = buffer.AsSpan(0, read).LastIndexOf((byte)'\n') + 1;
            }

            if (whole == 0)
            {
                return; // the line is still being written
            }

            await sink.WriteAsync(file, buffer.AsMemory(0, whole), ct).ConfigureAwait(false);
            Interlocked.Add(ref at[(int)file], whole);
        }
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        if (copy is FolderCopy { Every.Ticks: > 0 } daily)
        {
            await Task.Delay(daily.Every, options.Clock, ct).ConfigureAwait(false);
        }
        else
        {
            await grown.Reader.ReadAsync(ct).ConfigureAwait(false);
        }
    }

    // What the last moments brought goes along when the place can be reached.
    private async Task LastAsync(ILedgerSink? sink)
    {
        if (sink is null)
        {
            return;
        }

        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await StepAsync(sink, soon.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException or OperationCanceledException)
        {
            options.OnFault?.Invoke(e);
        }

        await CloseAsync(sink).ConfigureAwait(false);
    }

    private static async Task CloseAsync(ILedgerSink? sink)
    {
        if (sink is not null)
        {
            try
            {
                await sink.DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
            {
                // It was broken already.
            }
        }
    }

    internal static string PathOf(LedgerOptions options, LedgerFile file) =>
        Path.Combine(options.Directory, file == LedgerFile.Records ? LedgerFiles.RecordsName : LedgerFiles.HeadsName);

    private long Length(LedgerFile file) => new FileInfo(PathOf(options, file)) is { Exists: true } there ? there.Length : 0;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
        stop.Dispose();
    }
}
