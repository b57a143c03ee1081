using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Hufu.Portal.Holder;

/// <summary>The access token of an application in a cookie that only that application's pages see.</summary>
internal static partial class ApplicationCookies
{
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(30);

    /// <summary>Keeps a token for thirty days.</summary>
    public static void Remember(HttpContext http, string id, string token) => http.Response.Cookies.Append(NameOf(id), token, Options(http, id));

    /// <summary>The application that the address names, and its token; null when the browser has none.</summary>
    public static (string Id, string Token)? Find(HttpContext http) =>
        http.Request.RouteValues["id"] is string id && Id().IsMatch(id) && http.Request.Cookies[NameOf(id)] is { } token ? (id, token) : null;

    public static string NameOf(string id) => "hufu-" + id;

    public static bool IsId(string id) => Id().IsMatch(id);

    public static CookieOptions Options(HttpContext http, string id) => new()
    {
        HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, Path = $"/applications/{id}", MaxAge = Remembered,
    };

    [GeneratedRegex("^[0-9A-Za-z-]{1,64}$")]
    private static partial Regex Id();
}
