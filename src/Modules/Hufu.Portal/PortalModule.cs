using System.Text;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Portal.Rendering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Portal;

/// <summary>The public page (<c>GET /</c>): Chinese first, English by <c>?lang=en</c>, without script. Keeps no records and no state but a page that is a few seconds old.</summary>
public sealed class PortalModule : IRoom
{
    private const string PagePolicy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly HomePage _home;
    private readonly PortalOptions _options;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private Task<HealthReport>? _asking;
    private (DateTimeOffset At, HealthReport Report)? _known;

    /// <summary>The portal.</summary>
    /// <param name="settings">Public addresses.</param>
    /// <param name="policy">Types of certificates and times to tell.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="options">What the host tells.</param>
    public PortalModule(HostSettings settings, Policy policy, TimeProvider clock, PortalOptions options)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(options);
        _home = new HomePage(settings, policy, options);
        _options = options;
        _clock = clock;
    }

    /// <inheritdoc/>
    public string Name => "portal";

    /// <inheritdoc/>
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], async (HttpContext context, string? lang, CancellationToken ct) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = PagePolicy;
            headers.CacheControl = "max-age=5";
            var words = Words.Of(lang);
            headers.ContentLanguage = words["lang"];
            return Results.Text(_home.Render(words, await HealthAsync().WaitAsync(ct), _clock.GetUtcNow()), "text/html", Encoding.UTF8);
        }).WithName("home").ExcludeFromDescription();
        Asset(endpoints, "/assets/portal.css", "text/css; charset=utf-8", Assets.Css);
        Asset(endpoints, "/assets/seal.svg", "image/svg+xml", Assets.Seal);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken ct) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<IReadOnlyList<RoomCheck>> CheckHealthAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<RoomCheck>>([]);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // One question at a time, however many visitors; who waits too long gets what was known, or nothing.
    private async Task<HealthReport?> HealthAsync()
    {
        Task<HealthReport> asking;
        lock (_lock)
        {
            if (_known is { } known && _clock.GetUtcNow() - known.At < Fresh)
            {
                return known.Report;
            }

            asking = _asking ??= Task.Run(AskAsync);
        }

        try
        {
            return await asking.WaitAsync(Patience).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The page is there even when a room is not: the strip then says what was known last, or that it is not known.
            lock (_lock)
            {
                return _known?.Report;
            }
        }
    }

    private async Task<HealthReport> AskAsync()
    {
        try
        {
            var report = await _options.Health(CancellationToken.None).ConfigureAwait(false);
            lock (_lock)
            {
                _known = (_clock.GetUtcNow(), report);
            }

            return report;
        }
        finally
        {
            lock (_lock)
            {
                _asking = null;
            }
        }
    }

    private static void Asset(IEndpointRouteBuilder endpoints, string path, string mediaType, byte[] content) =>
        endpoints.MapGet(path, (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            return Results.Bytes(content, mediaType);
        }).ExcludeFromDescription();
}
