using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Hufu.Ocsp;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;
using Reason = Hufu.Contracts.RevocationReason;

namespace Hufu.Modules.Tests.Ocsp;

/// <summary>A real nginx in front of the status service.</summary>
public sealed class CacheTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nginx_keeps_answers_to_GET_for_their_time_and_then_shows_the_revocation()
    {
        await using var place = await OcspPlace.OpenAsync(options: new OcspOptions { CacheFor = TimeSpan.FromSeconds(5) });
        // nginx goes by the machine's clock, so the room does too.
        var real = TimeProvider.System.GetUtcNow();
        if (real > place.Room.Clock.GetUtcNow())
        {
            place.Room.Clock.Set(real);
        }

        await place.BeatAsync();
        var known = await place.IssueAsync("甲");
        await using var nginx = await Nginx.StartAsync(place.Site.Client.BaseAddress!);
        var request = OcspRequest.Create([OcspCertId.Create(place.Issuer, known.SerialNumber, Oids.Sha1)], null).Encode();
        var path = "/ocsp/" + Uri.EscapeDataString(Convert.ToBase64String(request));

        Assert.Equal(("MISS", OcspCertificateStatus.Good), await GetAsync(path));
        // Kept: on a machine so slow that it ends between two questions, it is asked again.
        for (var (asked, watching) = (await GetAsync(path), Stopwatch.StartNew()); asked != ("HIT", OcspCertificateStatus.Good); asked = await GetAsync(path))
        {
            Assert.Equal(OcspCertificateStatus.Good, asked.Status);
            Assert.True(watching.Elapsed < TimeSpan.FromSeconds(60), $"nginx keeps nothing: {asked.Cache}");
        }

        await place.RevokeAsync(known, Reason.KeyCompromise);

        // The kept answer ends by itself; then everybody sees the revocation. For at most a minute.
        var watch = Stopwatch.StartNew();
        var (cache, status) = await GetAsync(path);
        while (status == OcspCertificateStatus.Good && watch.Elapsed < TimeSpan.FromSeconds(60))
        {
            await Task.Delay(200, Ct);
            (cache, status) = await GetAsync(path);
        }

        Assert.Equal(OcspCertificateStatus.Revoked, status);
        Assert.NotEqual("HIT", cache);

        // An answer with a nonce is for one client.
        var own = "/ocsp/" + Uri.EscapeDataString(Convert.ToBase64String(OcspRequest.Create([OcspCertId.Create(place.Issuer, known.SerialNumber, Oids.Sha1)], new byte[16]).Encode()));
        Assert.Equal("MISS", (await GetAsync(own)).Cache);
        Assert.Equal("MISS", (await GetAsync(own)).Cache);

        async Task<(string? Cache, OcspCertificateStatus Status)> GetAsync(string address)
        {
            using var response = await nginx.Client.GetAsync(address, Ct);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return (response.Headers.GetValues("X-Cache").Single(), OcspResponse.Decode(await response.Content.ReadAsByteArrayAsync(Ct)).Responses.Single().Status);
        }
    }

    /// <summary>nginx as a child on a free port, everything in a folder of its own; stopped by its own process id.</summary>
    private sealed class Nginx : IAsyncDisposable
    {
        private readonly TempFolder _folder = new();
        private readonly Process _process;

        private Nginx(Uri upstream)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            listener.Stop();
            File.WriteAllText(_folder["nginx.conf"], $$"""
                daemon off;
                master_process off;
                pid {{_folder["nginx.pid"]}};
                error_log {{_folder["error.log"]}};
                events { }
                http {
                  access_log off;
                  client_body_temp_path {{_folder["body"]}};
                  proxy_temp_path {{_folder["proxy"]}};
                  fastcgi_temp_path {{_folder["fastcgi"]}};
                  uwsgi_temp_path {{_folder["uwsgi"]}};
                  scgi_temp_path {{_folder["scgi"]}};
                  proxy_cache_path {{_folder["cache"]}} keys_zone=status:1m;
                  server {
                    listen 127.0.0.1:{{port}};
                    location /ocsp/ {
                      proxy_pass http://{{upstream.Authority}};
                      proxy_http_version 1.1;
                      proxy_cache status;
                      add_header X-Cache $upstream_cache_status;
                    }
                  }
                }
                """);
            _process = Process.Start(new ProcessStartInfo("/usr/sbin/nginx", ["-p", _folder.Path, "-c", _folder["nginx.conf"], "-e", _folder["error.log"]]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        }

        public HttpClient Client { get; }

        /// <summary>Runs it and waits until it answers, for at most a minute.</summary>
        public static async Task<Nginx> StartAsync(Uri upstream)
        {
            var nginx = new Nginx(upstream);
            for (var i = 0; i < 600; i++)
            {
                try
                {
                    (await nginx.Client.GetAsync("/", Ct)).Dispose();
                    return nginx;
                }
                catch (HttpRequestException) when (!nginx._process.HasExited)
                {
                    await Task.Delay(100, Ct);
                }
            }

            throw new TimeoutException("nginx does not come up: " + File.ReadAllText(nginx._folder["error.log"]));
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            if (!_process.HasExited)
            {
                using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
                await kill.WaitForExitAsync();
                await _process.WaitForExitAsync();
            }

            _process.Dispose();
            _folder.Dispose();
        }
    }
}
