using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Portal.Rendering;

/// <summary>What page addresses share: contexts, rendering, forms with limits, redirects.</summary>
internal sealed class PageDoor(HostSettings settings, Policy policy, TimeProvider clock, PageRenderer renderer, RoomsClient rooms)
{
    /// <summary>The largest form: one paper and the fields around it.</summary>
    public const int FormLimit = 11 * 1024 * 1024;

    public RoomsClient Rooms => rooms;

    public Policy Policy => policy;

    public DateTimeOffset Now => clock.GetUtcNow();

    public PageContext Context(HttpRequest request, Problem? problem = null) => new()
    {
        Words = Words.Of(request.Query["lang"].ToString()),
        Settings = settings,
        Policy = policy,
        Now = clock.GetUtcNow(),
        Path = request.Path,
        Query = request.Query,
        Problem = problem,
    };

    public Task<IResult> PageAsync<T>(HttpContext http, Dictionary<string, object?>? parameters = null, Problem? problem = null, string cache = "no-store")
        where T : IComponent
        => renderer.RenderAsync<T>(http.Response, Context(http.Request, problem), parameters, problem is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity, cache);

    /// <summary>A part of a page, without its frame.</summary>
    public Task<IResult> PartAsync<T>(HttpContext http, Dictionary<string, object?> parameters)
        where T : IComponent
        => renderer.RenderAsync<T>(http.Response, Context(http.Request), parameters);

    /// <summary>Maps a page that is read.</summary>
    public static void Get(IEndpointRouteBuilder endpoints, string path, Func<HttpContext, CancellationToken, Task<IResult>> page) =>
        endpoints.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], (HttpContext http, CancellationToken ct) => page(http, ct)).ExcludeFromDescription();

    /// <summary>Maps a form: only from this site, within the limit.</summary>
    public static void Post(IEndpointRouteBuilder endpoints, string path, Func<HttpContext, IFormCollection, CancellationToken, Task<IResult>> handle) =>
        endpoints.MapPost(path, async (HttpContext http, CancellationToken ct) =>
        {
            if (!SameOrigin.Holds(http.Request))
            {
                throw new RefusedException(RefusalCode.MessageNotAllowed, "The form came from another site.");
            }

            if (!http.Request.HasFormContentType)
            {
                throw new RefusedException(RefusalCode.Malformed, "A form is expected.");
            }

            var form = await http.Request.ReadFormAsync(new Microsoft.AspNetCore.Http.Features.FormOptions { ValueCountLimit = 64, ValueLengthLimit = 65_536, MultipartBodyLengthLimit = FormLimit, BufferBodyLengthLimit = FormLimit }, ct).ConfigureAwait(false);
            return await handle(http, form, ct).ConfigureAwait(false);
        }).WithBodyLimit(FormLimit).DisableAntiforgery().ExcludeFromDescription();

    /// <summary>See other: the page that shows what a form did, in the same language.</summary>
    public static IResult To(HttpRequest request, string path) => Results.Redirect(
        request.Query["lang"] == "en" ? path + (path.Contains('?', StringComparison.Ordinal) ? "&lang=en" : "?lang=en") : path, permanent: false, preserveMethod: false);

    /// <summary>A file of a form, at most the limit; null when none was chosen.</summary>
    public static async Task<byte[]?> FileAsync(IFormCollection form, string name, CancellationToken ct)
    {
        if (form.Files.GetFile(name) is not { Length: > 0 } file)
        {
            return null;
        }

        var bytes = new byte[file.Length];
        await using var stream = file.OpenReadStream();
        await stream.ReadExactlyAsync(bytes, ct).ConfigureAwait(false);
        return bytes;
    }
}
