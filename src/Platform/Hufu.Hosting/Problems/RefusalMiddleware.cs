using System.Text.Json;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hufu.Hosting;

/// <summary>The edge: refusals become problem details, faults are logged under an id and shown as nothing but that id.</summary>
internal sealed class RefusalMiddleware(RequestDelegate next, ILogger<RefusalMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var id = SecureRandom.NewId();
        try
        {
            await next(context).ConfigureAwait(false);
            await ExplainAsync(context, id).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; there is nobody to tell.
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            var refusal = RefusalOf(exception);
            if (refusal.Code == RefusalCode.Fault)
            {
                HostingLog.Fault(log, exception, id, context.Request.Method, context.Request.Path);
            }

            await WriteAsync(context, refusal, id, null).ConfigureAwait(false);
        }
    }

    /// <summary>What an exception at the edge means to the caller; everything unnamed is a fault.</summary>
    internal static Refusal RefusalOf(Exception exception) => exception switch
    {
        RefusedException refused => refused.Refusal,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new Refusal(RefusalCode.TooLarge, ""),
        BadHttpRequestException { InnerException: JsonException json } => new Refusal(RefusalCode.Malformed, Words(json)),
        BadHttpRequestException => new Refusal(RefusalCode.Malformed, ""),
        JsonException json => new Refusal(RefusalCode.Malformed, Words(json)),
        // R24: what cannot be put on record is not done.
        LedgerException { Error: LedgerError.NotWritable } => new Refusal(RefusalCode.LedgerUnavailable, ""),
        DatabaseException { Error: DatabaseError.Full or DatabaseError.Failed } => new Refusal(RefusalCode.LedgerUnavailable, ""),
        PkiException { Error: PkiError.TooLarge } => new Refusal(RefusalCode.TooLarge, ""),
        _ => new Refusal(RefusalCode.Fault, ""),
    };

    // Where, and which members were missing; of the framework's sentence nothing else, for it names types of ours.
    private static string Words(JsonException json)
    {
        const string before = "missing required properties including: ";
        var at = json.Message.IndexOf(before, StringComparison.Ordinal);
        var missing = at < 0 ? "" : $" Missing: {json.Message[(at + before.Length)..].TrimEnd('.')}.";
        return $"JSON: {json.Path ?? "$"}, line {(json.LineNumber ?? 0) + 1}.{missing}";
    }

    /// <summary>Where the framework answered with a bare status, the reason is added.</summary>
    private static async Task ExplainAsync(HttpContext context, string id)
    {
        var response = context.Response;
        var path = context.Request.Path;
        if (response.HasStarted || response.ContentType is not null || response.ContentLength > 0
            || !(path.StartsWithSegments("/api", StringComparison.Ordinal) || path.StartsWithSegments("/inbox", StringComparison.Ordinal) || PlainPage.IsFor(context)))
        {
            return;
        }

        Refusal? refusal = response.StatusCode switch
        {
            StatusCodes.Status400BadRequest => new Refusal(RefusalCode.Malformed, "The body does not end."),
            StatusCodes.Status413PayloadTooLarge => new Refusal(RefusalCode.TooLarge, ""),
            StatusCodes.Status404NotFound => new Refusal(RefusalCode.UnknownObject, "There is no such address."),
            StatusCodes.Status405MethodNotAllowed => new Refusal(RefusalCode.Malformed, $"The address takes {response.Headers.Allow}."),
            StatusCodes.Status415UnsupportedMediaType => new Refusal(RefusalCode.Malformed, "The content type must be the one that the interface description names."),
            _ => null,
        };
        if (refusal is not null)
        {
            await WriteAsync(context, refusal, id, response.StatusCode).ConfigureAwait(false);
        }
    }

    private static async Task WriteAsync(HttpContext context, Refusal refusal, string id, int? status)
    {
        var response = context.Response;
        if (status is null)
        {
            response.Clear();
            SecurityHeaders.Apply(context);
        }

        var problem = RefusalProblem.Of(refusal, id, status);
        response.StatusCode = problem.Status;
        response.ContentType = RefusalProblem.MediaType;
        if (refusal.Code is RefusalCode.TooManyRequests)
        {
            response.Headers.RetryAfter = context.Items[DoorLimiter.RetryAfter] as string ?? "1";
        }

        var body = problem.ToJson();
        if (!context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) && !context.Request.Path.StartsWithSegments("/inbox", StringComparison.Ordinal) && PlainPage.IsFor(context))
        {
            response.ContentType = "text/html; charset=utf-8";
            body = PlainPage.Of(problem);
        }

        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
        }
    }
}
