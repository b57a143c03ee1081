using System.Text.Json;

namespace Hufu.Agent.Web;

// The order of checks:
//   1 the Host is this machine's loopback (else another name has been bound to it: DNS rebinding)
//   2 the Origin is one of the list; a request without one does not come from a page
//   3 a preflight is answered and goes no further

/// <summary>The agent's door: pages of listed origins only; CORS and private-network preflights; refusals as problem details.</summary>
internal sealed class OriginGuard(RequestDelegate next, IReadOnlySet<string> origins, TextWriter log)
{
    public static string OriginOf(HttpContext context) => context.Request.Headers.Origin.ToString();

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            if (context.Request.Host.Host is not ("127.0.0.1" or "localhost"))
            {
                throw new AgentRefusedException(AgentRefusal.HostNotAllowed);
            }

            var headers = context.Response.Headers;
            headers.Vary = "Origin, Access-Control-Request-Private-Network";
            headers.XContentTypeOptions = "nosniff";
            headers.CacheControl = "no-store";
            var origin = OriginOf(context);
            if (!origins.Contains(origin))
            {
                throw new AgentRefusedException(AgentRefusal.OriginNotAllowed, Statements.Statement.Printable(origin.Length is 0 or > 200 ? "" : origin));
            }

            headers.AccessControlAllowOrigin = origin;
            if (HttpMethods.IsOptions(context.Request.Method))
            {
                Preflight(context);
                return;
            }

            await next(context);
            if (context.Response.StatusCode == StatusCodes.Status404NotFound && !context.Response.HasStarted)
            {
                throw new AgentRefusedException(AgentRefusal.UnknownAddress);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The page has gone.
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            var (refusal, evidence) = fault switch
            {
                AgentRefusedException refused => (refused.Refusal, refused.Message),
                BadHttpRequestException { InnerException: JsonException json } => (AgentRefusal.Malformed, $"JSON: {json.Path}"),
                BadHttpRequestException => (AgentRefusal.Malformed, ""),
                _ => (AgentRefusal.Fault, ""),
            };
            if (refusal == AgentRefusal.Fault)
            {
                await log.WriteLineAsync($"{context.Request.Method} {context.Request.Path}: {fault}");
            }

            await WriteAsync(context, refusal, evidence);
        }
    }

    public static async Task WriteAsync(HttpContext context, AgentRefusal refusal, string evidence)
    {
        context.Response.StatusCode = AgentProblem.StatusOf(refusal);
        context.Response.ContentType = "application/problem+json";
        await context.Response.Body.WriteAsync(AgentProblem.ToJson(refusal, evidence), context.RequestAborted);
    }

    private static void Preflight(HttpContext context)
    {
        var (request, headers) = (context.Request.Headers, context.Response.Headers);
        headers.AccessControlAllowMethods = "GET, POST";
        headers.AccessControlAllowHeaders = "content-type";
        headers.AccessControlMaxAge = "600";
        // A page of a public address that calls a loopback one: https://wicg.github.io/private-network-access/.
        if (request["Access-Control-Request-Private-Network"] == "true")
        {
            headers["Access-Control-Allow-Private-Network"] = "true";
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
