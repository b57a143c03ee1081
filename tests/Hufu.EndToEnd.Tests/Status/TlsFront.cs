using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Hufu.EndToEnd.Tests.Status;

/// <summary>
/// TLS in front of a platform, as an operator's proxy is: a listener on loopback with a P-256 certificate of an authority of its own, that hands the bytes on. Ends with everything that goes through it.
/// </summary>
internal sealed class TlsFront : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate;
    private readonly Uri _behind;
    private readonly Task _running;

    /// <summary>Listens.</summary>
    /// <param name="behind">The platform.</param>
    /// <param name="host">What its certificate names: an address or a host.</param>
    internal TlsFront(Uri behind, string host = "127.0.0.1")
    {
        _behind = behind;
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var asked = new CertificateRequest("CN=transport", authorityKey, HashAlgorithmName.SHA256);
        asked.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        asked.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 authority = asked.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        Trust = authority.ExportCertificatePem();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using X509Certificate2 made = request.Create(authority, now.AddMinutes(-30), now.AddHours(12), [1, 2, 3, 4]);
        using X509Certificate2 whole = made.CopyWithPrivateKey(key);
        _certificate = X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
        _listener.Start();
        Address = new Uri($"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _running = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    internal Uri Address { get; }

    /// <summary>The authority's certificate, PEM.</summary>
    internal string Trust { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _running;
        _certificate.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> open = [];
        try
        {
            while (true)
            {
                open.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var behind = new TcpClient())
        {
            try
            {
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
                await behind.ConnectAsync(_behind.Host, _behind.Port, _stop.Token);
                NetworkStream plain = behind.GetStream();
                // Whoever ends first ends the other.
                using var both = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                Task there = tls.CopyToAsync(plain, both.Token), back = plain.CopyToAsync(tls, both.Token);
                await Task.WhenAny(there, back);
                await both.CancelAsync();
                await Task.WhenAll(there, back);
            }
            catch (Exception end) when (end is IOException or OperationCanceledException or AuthenticationException or SocketException)
            {
                // A client that does not believe the certificate, or one that has gone.
            }
        }
    }
}
