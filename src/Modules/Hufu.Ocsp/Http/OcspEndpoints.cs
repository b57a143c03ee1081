using System.Globalization;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Hosting;
using Hufu.Ocsp.Answering;
using Hufu.Pki;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Hufu.Ocsp.Http;

/// <summary>OCSP over HTTP (RFC 6960 appendix A, RFC 5019 5): <c>POST /ocsp</c> and <c>GET /ocsp/{base64}</c>. Whatever happens, an OCSP client gets an OCSP response.</summary>
internal static class OcspEndpoints
{
    /// <summary>Where the service is.</summary>
    public const string Path = "/ocsp";

    private const string RequestType = "application/ocsp-request";
    private const string ResponseType = "application/ocsp-response";

    /// <summary>Maps both.</summary>
    public static void Map(IEndpointRouteBuilder endpoints, Responder responder, TimeProvider clock, OcspOptions options, ILogger log)
    {
        endpoints.MapPost(Path, (Delegate)Post).Accepts<byte[]>(RequestType).WithBodyLimit(options.RequestLimit + 1).WithName("OcspPost").WithSummary("OCSP (RFC 6960)");
        endpoints.MapGet(Path + "/{**request}", (Delegate)Get).WithName("OcspGet").WithSummary("OCSP (RFC 5019): the request in base64");

        async Task Post(HttpContext context)
        {
            if (context.Request.ContentType is not { } type || !type.Split(';')[0].Trim().Equals(RequestType, StringComparison.OrdinalIgnoreCase))
            {
                context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
                return;
            }

            OcspAnswer answer;
            try
            {
                answer = Answer(await context.Request.ReadBodyAsync(options.RequestLimit, context.RequestAborted));
            }
            catch (RefusedException refused)
            {
                answer = Responder.Failure(ResponseStatuses.Of(refused.Refusal.Code));
            }

            context.Response.Headers.CacheControl = "no-store";
            await WriteAsync(context, answer);
        }

        async Task Get(HttpContext context)
        {
            var answer = Decode(context, options.RequestLimit) is { } request ? Answer(request) : Responder.Failure(OcspResponseStatus.MalformedRequest);
            SetCaching(context.Response, answer, clock.GetUtcNow(), options.CacheFor);
            await WriteAsync(context, answer);
        }

        OcspAnswer Answer(ReadOnlyMemory<byte> request)
        {
            try
            {
                return responder.Answer(request);
            }
#pragma warning disable CA1031 // RFC 6960 2.3: a fault is an internalError to the client; the log has the rest.
            catch (Exception fault)
            {
                OcspLog.Fault(log, fault);
                return Responder.Failure(OcspResponseStatus.InternalError);
            }
#pragma warning restore CA1031
        }
    }

    /// <summary>The request of a GET: base64, percent-encoded or not (RFC 6960 A.1); null when it is none.</summary>
    internal static byte[]? Decode(HttpContext context, int limit)
    {
        var path = context.Request.Path.Value ?? "";
        var text = path.Length > Path.Length + 1 ? Uri.UnescapeDataString(path[(Path.Length + 1)..]) : "";
        if (text.Length == 0 || text.Length > (limit + 2) / 3 * 4)
        {
            return null;
        }

        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), bytes, out var length) ? bytes[..length] : null;
    }

    // RFC 5019 6.2: an answer for everybody may be kept until newer information is there; one for one client, or a failure, may not.
    private static void SetCaching(HttpResponse response, OcspAnswer answer, DateTimeOffset now, TimeSpan cacheFor)
    {
        if (answer.Status != OcspResponseStatus.Successful || answer.HasNonce)
        {
            response.Headers.CacheControl = "no-store";
            return;
        }

        var age = answer.NextUpdate - now < cacheFor ? answer.NextUpdate - now : cacheFor;
        var seconds = Math.Max(0, (long)age.TotalSeconds);
        response.Headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"max-age={seconds}, public, no-transform, must-revalidate");
        response.Headers.LastModified = answer.ThisUpdate.ToString("R", CultureInfo.InvariantCulture);
        response.Headers.Expires = (now + TimeSpan.FromSeconds(seconds)).ToString("R", CultureInfo.InvariantCulture);
        response.Headers.ETag = $"\"{Convert.ToHexStringLower(Sm3.HashData(answer.Der))}\"";
    }

    private static async Task WriteAsync(HttpContext context, OcspAnswer answer)
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = ResponseType;
        context.Response.ContentLength = answer.Der.Length;
        await context.Response.Body.WriteAsync(answer.Der, context.RequestAborted);
    }
}
