using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hufu.Portal.Rendering;

/// <summary>Renders a component to HTML, by itself and at once (docs/decisions/0008). Chinese stays Chinese.</summary>
internal sealed class PageRenderer : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddSingleton(HtmlEncoder.Create(UnicodeRanges.All))
        .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
        .BuildServiceProvider();

    private readonly string _contentPolicy;

    /// <summary>A renderer.</summary>
    /// <param name="agent">The origin of the signing agent on the user's own machine, which scripts may ask.</param>
    public PageRenderer(string agent) => _contentPolicy =
        $"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' blob:; connect-src 'self' {agent}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>The page as an answer.</summary>
    /// <typeparam name="T">The page.</typeparam>
    /// <param name="response">Gets the headers.</param>
    /// <param name="context">What every page knows.</param>
    /// <param name="parameters">Its other parameters.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="cache">Cache-Control; pages with anybody's data are never kept.</param>
    public async Task<IResult> RenderAsync<T>(HttpResponse response, PageContext context, IReadOnlyDictionary<string, object?>? parameters = null, int status = StatusCodes.Status200OK, string cache = "no-store")
        where T : IComponent
    {
        var html = await HtmlAsync<T>(context, parameters).ConfigureAwait(false);
        response.Headers.ContentSecurityPolicy = _contentPolicy;
        response.Headers.CacheControl = cache;
        response.Headers.ContentLanguage = context.Words["lang"];
        return Results.Text("<!DOCTYPE html>\n" + html, "text/html", Encoding.UTF8, status);
    }

    public async Task<string> HtmlAsync<T>(PageContext context, IReadOnlyDictionary<string, object?>? parameters)
        where T : IComponent
    {
        var all = new Dictionary<string, object?>(parameters ?? new Dictionary<string, object?>(), StringComparer.Ordinal) { [nameof(PortalComponent.Page)] = context };
        await using var renderer = new HtmlRenderer(_services, NullLoggerFactory.Instance);
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<T>(ParameterView.FromDictionary(all)).ConfigureAwait(true)).ToHtmlString()).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
