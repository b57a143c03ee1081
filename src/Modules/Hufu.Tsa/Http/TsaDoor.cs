using System.Buffers;
using System.IO.Pipelines;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Tsa.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Tsa.Http;

/// <summary>Time stamps over HTTP (RFC 3161 3.4, GM/T 0033): <c>POST /tsa</c> answers with the identifiers of <see cref="TsaOptions.Syntax"/>, <c>POST /tsa/gm</c> with those of GM/T 0010.</summary>
/// <param name="stamper">The service; null while the room is not started.</param>
/// <param name="options">Limits and syntax.</param>
/// <param name="clock">For the limit.</param>
internal sealed class TsaDoor(Func<Stamper?> stamper, TsaOptions options, TimeProvider clock)
{
    private const string Path = "/tsa";
    private const string GmPath = "/tsa/gm";
    private const string RequestType = "application/timestamp-query";
    private const string ResponseType = "application/timestamp-reply";

    private readonly AddressGate _gate = new(options.AddressPerSecond, clock);

    /// <summary>Maps both.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        Post(Path, options.Syntax, "TimeStamp");
        Post(GmPath, MessageSyntax.Gm, "TimeStampGm");

        void Post(string path, MessageSyntax syntax, string name) => endpoints
            .MapPost(path, (Delegate)(Func<HttpContext, Task>)(context => AnswerAsync(context, syntax)))
            .Accepts<byte[]>(RequestType).WithBodyLimit(options.RequestLimit + 1).WithName(name).WithSummary("Time stamp (RFC 3161, GM/T 0033)");
    }

    /// <summary>The answer when the request is for this door; null when it is not.</summary>
    public Task? TryHandle(HttpContext context) =>
        context.Request.Path.Value is not { } path || !path.StartsWith(Path, StringComparison.Ordinal) || !HttpMethods.IsPost(context.Request.Method) ? null
        : path.Length == Path.Length ? AnswerAsync(context, options.Syntax)
        : path == GmPath ? AnswerAsync(context, MessageSyntax.Gm)
        : null;

    private async Task AnswerAsync(HttpContext context, MessageSyntax syntax)
    {
        if (!_gate.TryEnter(context.Connection.RemoteIpAddress))
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.RetryAfter = "1";
            return;
        }

        if (!IsRequestType(context.Request.ContentType))
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        if (stamper() is not { } ready)
        {
            await WriteAsync(context, Stamper.Reject(StampRefusal.Of(new Refusal(RefusalCode.NotInitialised, ""))));
            return;
        }

        StampWork work;
        try
        {
            var reader = context.Request.BodyReader;
            var read = await reader.ReadAsync(context.RequestAborted);
            while (!read.IsCompleted && read.Buffer.Length <= options.RequestLimit)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                read = await reader.ReadAsync(context.RequestAborted);
            }

            // One byte more than is allowed says that it is too large; the rest is not read.
            work = read.Buffer.IsSingleSegment
                ? ready.Begin(read.Buffer.FirstSpan, syntax)
                : ready.Begin(read.Buffer.Slice(0, Math.Min(read.Buffer.Length, options.RequestLimit + 1L)).ToArray(), syntax);
            reader.AdvanceTo(read.Buffer.End);
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await WriteAsync(context, Stamper.Reject(StampRefusal.Of(new Refusal(RefusalCode.TooLarge, $"At most {options.RequestLimit} bytes."))));
            return;
        }

        await work.WaitAsync();
        await WriteAsync(context, work.Response.Written);
        ready.Return(work);
    }

    private static ValueTask<FlushResult> WriteAsync(HttpContext context, ReadOnlyMemory<byte> der)
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = ResponseType;
        context.Response.ContentLength = der.Length;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.BodyWriter.WriteAsync(der, context.RequestAborted);
    }

    private static bool IsRequestType(string? type) =>
        type is not null && (type == RequestType || type.AsSpan(0, type.AsSpan().IndexOf(';') is >= 0 and var end ? end : type.Length).Trim().Equals(RequestType, StringComparison.OrdinalIgnoreCase));
}
