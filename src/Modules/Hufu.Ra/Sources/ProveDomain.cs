using System.Net;
using System.Net.Sockets;
using Hufu.Contracts;
using Hufu.Ra.Applications;

namespace Hufu.Ra.Sources;

/// <summary>域名控制权: a TXT record or a file that only whoever controls the host name can place, like ACME's challenges. The value is derived from the application and the room's key.</summary>
internal sealed class ProveDomain(RaDesk desk)
{
    /// <summary>The field that names the host.</summary>
    public const string Field = "hostName";

    private const int FileLimit = 1024;

    public async Task<DomainControl> ChallengeAsync(string id, string? authorization, CancellationToken ct)
    {
        var row = await desk.Context.Database.ReadAsync(session => ApplicationStore.Get(session, id), ct);
        AccessToken.MustMatch(row, authorization);
        return SealedFields.Open(desk.Cipher, row).TryGetValue(Field, out var host) ? Challenge(id, host) : throw new RefusedException(RefusalCode.FieldMissing, "The application names no host.", Field);
    }

    /// <summary>Looks for the record, then for the file.</summary>
    [Clause("6.1.3.2-c")]
    public async Task<(SourceOutcome Outcome, bool Simulated, string What)> CheckAsync(string id, IReadOnlyDictionary<string, string> fields, CancellationToken ct)
    {
        if (!fields.TryGetValue(Field, out var host))
        {
            return (SourceOutcome.Unavailable, false, "申请中没有域名。 The application names no host.");
        }

        var challenge = Challenge(id, host);
        var (records, dns) = await DnsText.AskAsync(desk.Options.DnsServer, challenge.DnsName, ct);
        if (records.Contains(challenge.DnsValue, StringComparer.Ordinal))
        {
            return (SourceOutcome.Match, false, $"DNS TXT {challenge.DnsName}");
        }

        var (body, http) = await FileAsync(host, challenge.HttpUrl, ct);
        return body == challenge.HttpBody ? (SourceOutcome.Match, false, $"HTTP {challenge.HttpUrl}")
            : dns is not null && http is not null ? (SourceOutcome.Unavailable, false, $"无法验证域名控制权，请人工核验。 DNS: {dns}; HTTP: {http}")
            : (SourceOutcome.NotFound, false, $"未找到验证记录。 Neither record nor file. DNS: {dns ?? "no such value"}; HTTP: {http ?? "other content"}");
    }

    private DomainControl Challenge(string id, string host)
    {
        var value = desk.HolderKey.Derive($"domain-control\n{id}\n{host.ToLowerInvariant()}");
        return new DomainControl($"_hufu-challenge.{host}", value, $"http://{host}:{desk.Options.DomainCheckPort}/.well-known/hufu-challenge/{id}", value);
    }

    // The address is resolved first and only public ones are called: the room's own network is nobody's proof.
    private async Task<(string? Body, string? Fault)> FileAsync(string host, string url, CancellationToken ct)
    {
        try
        {
            using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectCallback = ConnectAsync };
            using var http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(5), MaxResponseContentBufferSize = FileLimit };
            using var response = await http.GetAsync(new Uri(url), ct);
            return response.IsSuccessStatusCode ? ((await response.Content.ReadAsStringAsync(ct)).Trim(), null) : (null, $"HTTP {(int)response.StatusCode}");
        }
        catch (Exception fault) when (fault is HttpRequestException or SocketException or UriFormatException || (fault is TaskCanceledException && !ct.IsCancellationRequested))
        {
            return (null, fault.GetType().Name);
        }

        async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken stop)
        {
            var addresses = desk.Options.DomainCheckAddress is { } fixedAddress ? [fixedAddress] : (await Dns.GetHostAddressesAsync(host, stop)).Where(IsPublic).ToArray();
            if (addresses.Length == 0)
            {
                throw new HttpRequestException("no public address");
            }

            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, stop);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private static bool IsPublic(IPAddress address)
    {
        var one = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IPAddress.IsLoopback(one) || one.IsIPv6LinkLocal || one.IsIPv6SiteLocal || one.IsIPv6UniqueLocal || one.IsIPv6Multicast || one.Equals(IPAddress.IPv6Any))
        {
            return false;
        }

        var bytes = one.GetAddressBytes();
        return bytes.Length == 16 || (bytes[0] is not (0 or 10 or 127 or >= 224) && !(bytes[0] == 172 && bytes[1] is >= 16 and <= 31) && !(bytes[0] == 192 && bytes[1] == 168)
            && !(bytes[0] == 169 && bytes[1] == 254) && !(bytes[0] == 100 && bytes[1] is >= 64 and <= 127));
    }
}
