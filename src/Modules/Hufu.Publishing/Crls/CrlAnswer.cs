using System.IO.Compression;
using Hufu.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Hufu.Publishing.Crls;

/// <summary>A CRL over HTTP: whole or in ranges, packed for who asks for it, with an entity tag by which caches ask again (6.2.7.9-a; RFC 5280 4.2.1.13, RFC 9110).</summary>
internal static class CrlAnswer
{
    private const string MediaType = "application/pkix-crl";

    /// <summary>The answer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="name">The name of the list's address.</param>
    /// <param name="crl">The list.</param>
    /// <param name="files">Where large lists lie.</param>
    /// <param name="now">By the room's clock.</param>
    [Clause("6.2.7.9-a")]
    public static IResult Of(HttpContext context, string name, CrlRow crl, CrlFiles files, DateTimeOffset now)
    {
        var headers = context.Response.Headers;
        // A list so large that it lies in a file is not packed: serials do not shrink, and memory would grow with it (R19).
        headers.Vary = "Accept-Encoding";
        // Until the next regular list is due a cache need not ask; a list made in between is seen within five minutes.
        var left = Math.Clamp((long)(DateTimeOffset.FromUnixTimeMilliseconds(crl.NextUpdate) - now).TotalSeconds, 0, 300);
        headers.CacheControl = $"public, max-age={left}, no-transform";
        var packed = crl.File is null && !context.Request.Headers.ContainsKey(HeaderNames.Range) && AsksForGzip(context.Request);
        // The tag is name, number and coding: two lists never share it, nor do a list and its packed form (RFC 9110 8.8.3).
        var tag = new EntityTagHeaderValue($"\"{name}-{crl.Number}{(packed ? "-gzip" : "")}\"");
        var modified = DateTimeOffset.FromUnixTimeMilliseconds(crl.ThisUpdate);
        if (!packed)
        {
            return crl.File is { } digest
                ? Results.File(files.PathOf(digest), MediaType, lastModified: modified, entityTag: tag, enableRangeProcessing: true)
                : Results.Bytes(crl.Der, MediaType, lastModified: modified, entityTag: tag, enableRangeProcessing: true);
        }

        headers.ContentEncoding = "gzip";
        return Results.Bytes(Packed(crl), MediaType, lastModified: modified, entityTag: tag);
    }

    private static byte[] Packed(CrlRow crl)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            gzip.Write(crl.Der);
        }

        return output.ToArray();
    }

    private static bool AsksForGzip(HttpRequest request) => StringWithQualityHeaderValue.TryParseList([.. request.Headers.AcceptEncoding.OfType<string>()], out var codings)
        && codings.Any(coding => coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && coding.Quality is not 0);
}
