using System.Buffers;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Hufu.Records;

/// <summary>Sends lines as syslog messages (RFC 5424) in octet-counted frames over TLS (RFC 5425).</summary>
internal sealed class SyslogSink : ILedgerSink
{
    // Facility 13 (log audit), severity 6 (informational): RFC 5424 6.2.1.
    private const int Priority = (13 * 8) + 6;
    // What was written in the last moments before a break may be lost: so much is sent again.
    private const int SentAgain = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly LedgerOptions options;
    private readonly string state;
    private readonly TcpClient client;
    private readonly SslStream stream;
    private readonly ArrayBufferWriter<byte> frames = new(64 * 1024);

    private SyslogSink(LedgerOptions options, SyslogCopy copy, TcpClient client, SslStream stream)
    {
        this.options = options;
        this.client = client;
        this.stream = stream;
        state = Path.Combine(options.Directory, $"copied-{copy.Name}");
    }

    internal static async Task<SyslogSink> ConnectAsync(LedgerOptions options, SyslogCopy copy, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        var client = new TcpClient();
        SslStream? stream = null;
        try
        {
            await client.ConnectAsync(copy.Host, copy.Port, patience.Token).ConfigureAwait(false);
            client.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false);
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = copy.Host,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    RemoteCertificateValidationCallback = (_, certificate, _, errors) => certificate is X509Certificate2 shown && IsTrusted(shown, errors, copy.Trust),
                },
                patience.Token).ConfigureAwait(false);
            return new SyslogSink(options, copy, client, stream);
        }
        catch (Exception e)
        {
            if (stream is not null)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }

            client.Dispose();
            if (e is OperationCanceledException && !ct.IsCancellationRequested)
            {
                throw new IOException($"The log server {copy.Host}:{copy.Port} does not answer.", e);
            }

            throw;
        }
    }

    // Only what was given is trusted, never the machine's own store; the name must be the server's.
    private static bool IsTrusted(X509Certificate2 shown, SslPolicyErrors errors, X509Certificate2Collection trust)
    {
        if ((errors & (SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateNotAvailable)) != 0)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trust);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // the log server's certificate is pinned by the operator, who replaces it
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.1"));
        return chain.Build(shown);
    }

    public async Task<long> StartAsync(LedgerFile file, CancellationToken ct)
    {
        long sent = 0;
        if (File.Exists(state))
        {
            string[] words = (await File.ReadAllTextAsync(state, ct).ConfigureAwait(false)).Split(' ');
            sent = words.Length == 2 && long.TryParse(words[(int)file], NumberStyles.None, CultureInfo.InvariantCulture, out long known) ? known : 0;
        }

        await using var own = new FileStream(LedgerCopier.PathOf(options, file), FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        sent = Math.Min(sent, own.Length);
        if (sent <= SentAgain)
        {
            return 0;
        }

        // Back to the beginning of a line.
        var before = new byte[SentAgain];
        own.Position = sent - SentAgain;
        await own.ReadExactlyAsync(before, ct).ConfigureAwait(false);
        int line = before.AsSpan().IndexOf((byte)'\n');
        return line < 0 ? 0 : sent - SentAgain + line + 1;
    }

    public async Task WriteAsync(LedgerFile file, ReadOnlyMemory<byte> lines, CancellationToken ct)
    {
        byte[] header = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"<{Priority}>1 {options.Clock.GetUtcNow().UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {HostName()} hufu-{options.Origin} - {(file == LedgerFile.Records ? "record" : "head")} - \uFEFF"));
        frames.ResetWrittenCount();
        for (ReadOnlyMemory<byte> rest = lines; !rest.IsEmpty;)
        {
            int length = rest.Span.IndexOf((byte)'\n');
            frames.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{header.Length + length} ")));
            frames.Write(header);
            frames.Write(rest.Span[..length]);
            rest = rest[(length + 1)..];
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            await stream.WriteAsync(frames.WrittenMemory, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new IOException("The log server takes nothing more.", e);
        }
    }

    public async Task FlushAsync(long records, long heads, CancellationToken ct)
    {
        await stream.FlushAsync(ct).ConfigureAwait(false);
        string beside = state + ".new";
        await File.WriteAllTextAsync(beside, string.Create(CultureInfo.InvariantCulture, $"{records} {heads}"), ct).ConfigureAwait(false);
        File.Move(beside, state, overwrite: true);
    }

    private static string HostName() => string.Concat(Environment.MachineName.Where(c => c is > ' ' and < '\u007f')) is { Length: > 0 and <= 255 } name ? name : "-";

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync().ConfigureAwait(false);
        client.Dispose();
    }
}
