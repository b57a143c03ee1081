using Microsoft.AspNetCore.Http;

namespace Hufu.Portal.Rendering;

/// <summary>A form is taken from this site's own pages only: the browser says where a request comes from (Sec-Fetch-Site, Origin), and a page of another site cannot make it say otherwise.</summary>
internal static class SameOrigin
{
    /// <summary>Whether a POST comes from this site, or from a program that is no browser and sends neither header.</summary>
    public static bool Holds(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
        {
            return site == "same-origin";
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || origin == $"{request.Scheme}://{request.Host}";
    }
}
