using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Hufu.Hosting;

/// <summary>What people see where an address of pages answers with a refusal: what is wrong and what to do, in Chinese and English, without script or style.</summary>
internal static class PlainPage
{
    public static byte[] Of(RefusalProblem problem)
    {
        var text = new StringBuilder()
            .Append("<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>").Append(Encoded(problem.Title)).Append("</title><h1>").Append(Encoded(problem.Title)).Append("</h1><p>")
            .Append(Encoded(problem.Next.Zh)).Append("</p><p lang=\"en\">").Append(Encoded(problem.Detail)).Append(' ').Append(Encoded(problem.Next.En)).Append("</p><p><a href=\"/\">首页 Home</a></p><p><small>")
            .Append(Encoded(problem.Code)).Append(' ').Append(problem.Id).Append("</small></p></html>\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Whether the request is a person's with a browser, and not for an interface.</summary>
    public static bool IsFor(HttpContext context) =>
        (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || HttpMethods.IsPost(context.Request.Method))
        && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private static string Encoded(string words) => WebUtility.HtmlEncode(words);
}
