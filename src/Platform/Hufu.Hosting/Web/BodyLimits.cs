using Hufu.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Hufu.Hosting;

/// <summary>How large a request's body may be, in bytes; more is refused as TooLarge before it is read.</summary>
public static class BodyLimits
{
    /// <summary>JSON, and everything that says nothing else: 256 KiB.</summary>
    public const int Json = 256 * 1024;

    /// <summary>A scanned paper: 10 MiB.</summary>
    public const int Evidence = 10 * 1024 * 1024;

    /// <summary>A sealed message: 1 MiB.</summary>
    public const int Inbox = 1024 * 1024;

    /// <summary>Sets an endpoint's limit.</summary>
    /// <param name="builder">The endpoint.</param>
    /// <param name="bytes">The limit.</param>
    public static TBuilder WithBodyLimit<TBuilder>(this TBuilder builder, int bytes)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Limit(bytes));

    /// <summary>Reads a whole body as bytes.</summary>
    /// <param name="request">The request.</param>
    /// <param name="limit">Most bytes.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="RefusedException">TooLarge.</exception>
    public static async Task<byte[]> ReadBodyAsync(this HttpRequest request, int limit, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.ContentLength > limit)
        {
            throw new RefusedException(RefusalCode.TooLarge, $"At most {limit} bytes.");
        }

        using var body = new MemoryStream(request.ContentLength is { } length ? (int)length : 4096);
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
        {
            if (body.Length + read > limit)
            {
                throw new RefusedException(RefusalCode.TooLarge, $"At most {limit} bytes.");
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private sealed class Limit(int bytes) : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => bytes;
    }
}
