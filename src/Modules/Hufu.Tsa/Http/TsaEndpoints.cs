using System.Buffers;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Tsa.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Tsa.Http;

/// <summary>Time stamps over HTTP (RFC 3161 3.4, GM/T 0033): <c>POST /tsa</c> answers with CMS identifiers, <c>POST /tsa/gm</c> with those of GM/T 0010.</summary>
internal static class TsaEndpoints
{
    private const string RequestType = "application/timestamp-query";
    private const string ResponseType = "application/timestamp-reply";

    /// <summary>Maps both.</summary>
    /// <param name="endpoints">Where to.</param>
    /// <param name="stamper">The service; null while the room is not started.</param>
    /// <param name="options">The request's limit.</param>
    public static void Map(IEndpointRouteBuilder endpoints, Func<Stamper?> stamper, TsaOptions options)
    {
        Post("/tsa", MessageSyntax.Cms, "TimeStampCms");
        Post("/tsa/gm", MessageSyntax.Gm, "TimeStampGm");

        void Post(string path, MessageSyntax syntax, string name) => endpoints
            .MapPost(path, (Delegate)(Func<HttpContext, Task>)(context => AnswerAsync(context, stamper(), syntax, options)))
            .Accepts<byte[]>(RequestType).WithBodyLimit(options.RequestLimit + 1).WithName(name).WithSummary("Time stamp (RFC 3161, GM/T 0033)");
    }

    /// <summary>Answers at one of the two addresses.</summary>
    internal static async Task AnswerAsync(HttpContext context, Stamper? stamper, MessageSyntax syntax, TsaOptions options)
    {
        if (context.Request.ContentType is not { } type || !type.Split(';')[0].Trim().Equals(RequestType, StringComparison.OrdinalIgnoreCase))
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        byte[] der;
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
            var request = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, options.RequestLimit + 1L)).ToArray();
            reader.AdvanceTo(read.Buffer.End);
            der = stamper is null ? Stamper.Reject(StampRefusal.Of(new Refusal(RefusalCode.NotInitialised, ""))) : await stamper.AnswerAsync(request, syntax);
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            der = Stamper.Reject(StampRefusal.Of(new Refusal(RefusalCode.TooLarge, $"At most {options.RequestLimit} bytes.")));
        }

        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = ResponseType;
        context.Response.ContentLength = der.Length;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.BodyWriter.WriteAsync(der, context.RequestAborted);
    }
}
