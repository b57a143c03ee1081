using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Hufu.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace Hufu.Hosting;

/// <summary>Limits how often the doors that change something are used, per address and in all (<see cref="DoorLimits"/>).</summary>
internal static class DoorLimiter
{
    public static void Configure(RateLimiterOptions options, DoorLimits limits)
    {
        options.GlobalLimiter = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<HttpContext, string>(context => IsSignIn(context) ? Bucket("in " + AddressOf(context), limits.SignInBurst, limits.SignInPerSecond) : RateLimitPartition.GetNoLimiter("")),
            PartitionedRateLimiter.Create<HttpContext, string>(context => Changes(context) ? Bucket(AddressOf(context), limits.AddressBurst, limits.AddressPerSecond) : RateLimitPartition.GetNoLimiter("")),
            PartitionedRateLimiter.Create<HttpContext, string>(context => Changes(context) ? Bucket("all", limits.TotalBurst, limits.TotalPerSecond) : RateLimitPartition.GetNoLimiter("")));
        options.OnRejected = static (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)) : 1;
            rejected.HttpContext.Items[RetryAfter] = wait.ToString(CultureInfo.InvariantCulture);
            throw new RefusedException(RefusalCode.TooManyRequests, $"Again in {wait} s.");
        };
    }

    /// <summary>Under this key of the request's items: for how many seconds to wait.</summary>
    public const string RetryAfter = "hufu-retry-after";

    private static bool Changes(HttpContext context) =>
        !(HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || HttpMethods.IsOptions(context.Request.Method))
        && (context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) || context.Request.Path.StartsWithSegments("/inbox", StringComparison.Ordinal));

    private static bool IsSignIn(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method) && context.Request.Path.Value?.Split('/') is ["", "api", _, "session", ..];

    private static string AddressOf(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes()[..8]) : address.ToString();
    }

    private static RateLimitPartition<string> Bucket(string key, int burst, int perSecond) => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
    {
        TokenLimit = burst, TokensPerPeriod = perSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0, AutoReplenishment = true,
    });
}
