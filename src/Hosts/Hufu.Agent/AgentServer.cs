using System.Net;
using System.Threading.RateLimiting;
using Hufu.Agent.Tokens;
using Hufu.Agent.Web;
using Hufu.Contracts;
using Hufu.Devices;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Hufu.Agent;

/// <summary>The loopback signer: lets pages of listed origins sign with a token on this machine; the PIN is asked by the agent and never by a page.</summary>
[Clause("6.6.2.2-h")]
internal sealed class AgentServer : IAsyncDisposable
{
    private const int BodyLimit = 1024 * 1024;
    private readonly WebApplication _app;
    private readonly TokenHand _hand;
    private readonly IReadOnlyList<SkfReader> _readers;

    private AgentServer(WebApplication app, TokenHand hand, IReadOnlyList<SkfReader> readers)
    {
        (_app, _hand, _readers) = (app, hand, readers);
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Starts listening.</summary>
    /// <exception cref="IOException">The port is in use.</exception>
    /// <exception cref="DeviceException">An SKF library cannot be loaded.</exception>
    public static async Task<AgentServer> StartAsync(AgentOptions options, CancellationToken ct)
    {
        var readers = new List<SkfReader>();
        try
        {
            readers.AddRange(options.SkfLibraries.Select(SkfReader.Load));
            return await ListenAsync(options, readers, ct);
        }
        catch
        {
            readers.ForEach(static reader => reader.Dispose());
            throw;
        }
    }

    /// <summary>Until Ctrl+C or SIGTERM.</summary>
    public Task WaitForShutdownAsync(CancellationToken ct) => _app.WaitForShutdownAsync(ct);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _hand.Dispose();
        foreach (var reader in _readers)
        {
            reader.Dispose();
        }
    }

    private static async Task<AgentServer> ListenAsync(AgentOptions options, IReadOnlyList<SkfReader> readers, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, options.Port);
            kestrel.Limits.MaxRequestBodySize = BodyLimit;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.MaxConcurrentConnections = 50;
            // Each window keeps its idle connection; for the two minutes that are usual, fifty of them would shut the next page out.
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(5);
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        });
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(json => ContractJson.Apply(json.SerializerOptions));
        builder.Services.AddRateLimiter(limits =>
        {
            limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(static _ => RateLimitPartition.GetTokenBucketLimiter("page", static _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = 200, TokensPerPeriod = 50, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0, AutoReplenishment = true,
            }));
            limits.OnRejected = static async (rejected, _) =>
            {
                rejected.HttpContext.Response.Headers.RetryAfter = "1";
                await OriginGuard.WriteAsync(rejected.HttpContext, AgentRefusal.TooMany, "");
            };
        });
        var app = builder.Build();
        var hand = new TokenHand(new TokenShelf(options.TokenFolders, readers), options.Prompt, options.KeptOpen, options.Clock);
        app.UseMiddleware<OriginGuard>(options.Origins, options.Log);
        app.UseRateLimiter();
        new AgentApi(hand, options.Clock).Map(app);
        try
        {
            await app.StartAsync(ct);
            return new AgentServer(app, hand, readers);
        }
        catch
        {
            hand.Dispose();
            await app.DisposeAsync();
            throw;
        }
    }
}
