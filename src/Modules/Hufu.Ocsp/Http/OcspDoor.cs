using System.Buffers;
using System.Globalization;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Ocsp.Answering;
using Hufu.Pki;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hufu.Ocsp.Http;

/// <summary>OCSP over HTTP (RFC 6960 appendix A, RFC 5019 5): <c>POST /ocsp</c> and <c>GET /ocsp/{base64}</c>. Whatever happens, an OCSP client gets an OCSP response.</summary>
internal sealed class OcspDoor(Responder responder, TimeProvider clock, OcspOptions options, ILogger log)
{
    /// <summary>Where the service is.</summary>
    public const string Path = "/ocsp";

    /// <summary>What clients post.</summary>
    public const string RequestType = "application/ocsp-request";

    private const string ResponseType = "application/ocsp-response";
    private const string NoStore = "no-store";

    private readonly AddressGate _gate = new(options.AddressPerSecond, clock);

    /// <summary>The answer when the request is for this door; null when it is not.</summary>
    public Task? TryHandle(HttpContext context)
    {
        var path = context.Request.Path.Value;
        if (path is null || !path.StartsWith(Path, StringComparison.Ordinal))
        {
            return null;
        }

        return path.Length == Path.Length
            ? HttpMethods.IsPost(context.Request.Method) ? PostAsync(context) : null
            : path[Path.Length] == '/' && HttpMethods.IsGet(context.Request.Method) ? GetAsync(context) : null;
    }

    /// <summary>A POST: the body is the request.</summary>
    public async Task PostAsync(HttpContext context)
    {
        if (!IsRequestType(context.Request.ContentType))
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        if (!_gate.TryEnter(context.Connection.RemoteIpAddress))
        {
            await TooOftenAsync(context);
            return;
        }

        var reader = context.Request.BodyReader;
        var read = await reader.ReadAsync(context.RequestAborted);
        while (!read.IsCompleted && read.Buffer.Length <= options.RequestLimit)
        {
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await reader.ReadAsync(context.RequestAborted);
        }

        // What the answer needs comes from memory while the headers are written.
        if (read.Buffer.IsSingleSegment)
        {
            responder.Fetch(read.Buffer.FirstSpan);
        }

        var work = responder.Rent();
        context.Response.Headers.CacheControl = NoStore;
        var ready = Begin(read.Buffer, work);
        reader.AdvanceTo(read.Buffer.End);
        context.Response.ContentType = ResponseType;
        if (!ready)
        {
            await SignedAsync(work);
        }

        await WriteAsync(context, work);
    }

    /// <summary>A GET: the request stands in the path, base64, percent-encoded or not (RFC 6960 A.1).</summary>
    public async Task GetAsync(HttpContext context)
    {
        if (!_gate.TryEnter(context.Connection.RemoteIpAddress))
        {
            await TooOftenAsync(context);
            return;
        }

        var work = responder.Rent();
        if (!BeginPath(context.Request.Path.Value ?? "", work))
        {
            await SignedAsync(work);
        }

        SetCaching(context.Response, work);
        context.Response.ContentType = ResponseType;
        await WriteAsync(context, work);
    }

    private async ValueTask TooOftenAsync(HttpContext context)
    {
        var work = responder.Rent();
        work.Fail(OcspResponseStatus.TryLater);
        context.Response.Headers.CacheControl = NoStore;
        context.Response.Headers.RetryAfter = "1";
        context.Response.ContentType = ResponseType;
        await WriteAsync(context, work, StatusCodes.Status429TooManyRequests);
    }

    private bool Begin(in ReadOnlySequence<byte> body, AnswerWork work)
    {
        if (body.Length > options.RequestLimit)
        {
            work.Fail(OcspResponseStatus.MalformedRequest);
            return true;
        }

        return body.IsSingleSegment ? Begin(body.FirstSpan, work) : Begin(body.ToArray(), work);
    }

    private bool BeginPath(string path, AnswerWork work)
    {
        var text = path.AsSpan(Math.Min(path.Length, Path.Length + 1));
        if (text.Contains('%'))
        {
            text = Uri.UnescapeDataString(text);
        }

        if (text.IsEmpty || text.Length > (options.RequestLimit + 2) / 3 * 4)
        {
            work.Fail(OcspResponseStatus.MalformedRequest);
            return true;
        }

        var padded = (text.Length + 3) / 4 * 4;
        var bytes = ArrayPool<byte>.Shared.Rent(padded);
        var chars = ArrayPool<char>.Shared.Rent(padded);
        try
        {
            text.CopyTo(chars);
            chars.AsSpan(text.Length, padded - text.Length).Fill('=');
            if (Convert.TryFromBase64Chars(chars.AsSpan(0, padded), bytes, out var length))
            {
                return Begin(bytes.AsSpan(0, length), work);
            }

            work.Fail(OcspResponseStatus.MalformedRequest);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            ArrayPool<char>.Shared.Return(chars);
        }
    }

    private bool Begin(ReadOnlySpan<byte> request, AnswerWork work)
    {
        try
        {
            return responder.Begin(request, work);
        }
        catch (RefusedException refused)
        {
            work.Fail(ResponseStatuses.Of(refused.Refusal.Code));
            return true;
        }
#pragma warning disable CA1031 // RFC 6960 2.3: a fault is an internalError to the client; the log has the rest.
        catch (Exception fault)
        {
            OcspLog.Fault(log, fault);
            work.Fail(OcspResponseStatus.InternalError);
            return true;
        }
    }

    private async ValueTask SignedAsync(AnswerWork work)
    {
        try
        {
            await work.WaitAsync();
        }
        catch (RefusedException refused)
        {
            // The device waits for its operator, or is away: later, not never.
            work.Fail(ResponseStatuses.Of(refused.Refusal.Code));
        }
        catch (Exception fault)
        {
            OcspLog.Fault(log, fault);
            work.Fail(OcspResponseStatus.InternalError);
        }
#pragma warning restore CA1031
    }

    private static bool IsRequestType(string? type) =>
        type is not null && (type == RequestType || type.AsSpan(0, type.AsSpan().IndexOf(';') is >= 0 and var end ? end : type.Length).Trim().Equals(RequestType, StringComparison.OrdinalIgnoreCase));

    // RFC 5019 6.2: an answer for everybody may be kept until newer information is there; one for one client, or a failure, may not.
    private void SetCaching(HttpResponse response, AnswerWork work)
    {
        if (work.Status != OcspResponseStatus.Successful || work.HasNonce || work.Times is not { } times)
        {
            response.Headers.CacheControl = NoStore;
            return;
        }

        var now = clock.GetUtcNow();
        var seconds = Math.Max(0, Math.Min(times.Next - now.ToUnixTimeSeconds(), (long)options.CacheFor.TotalSeconds));
        response.Headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"max-age={seconds}, public, no-transform, must-revalidate");
        response.Headers.LastModified = DateTimeOffset.FromUnixTimeSeconds(times.This).ToString("R", CultureInfo.InvariantCulture);
        response.Headers.Expires = (now + TimeSpan.FromSeconds(seconds)).ToString("R", CultureInfo.InvariantCulture);
        response.Headers.ETag = $"\"{Convert.ToHexStringLower(Crypto.Sm3.HashData(work.Response.Span))}\"";
    }

    private async ValueTask WriteAsync(HttpContext context, AnswerWork work, int status = StatusCodes.Status200OK)
    {
        var response = context.Response;
        var der = work.Response;
        if (status != StatusCodes.Status200OK)
        {
            response.StatusCode = status;
        }

        response.ContentLength = der.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.BodyWriter.WriteAsync(der, context.RequestAborted);
        }

        responder.Return(work);
    }
}
