using Hufu.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Ocsp.Http;

/// <summary>The addresses of the door: <c>POST /ocsp</c> and <c>GET /ocsp/{base64}</c>.</summary>
internal static class OcspEndpoints
{
    /// <summary>Maps both.</summary>
    public static void Map(IEndpointRouteBuilder endpoints, OcspDoor door, OcspOptions options)
    {
        endpoints.MapPost(OcspDoor.Path, (Delegate)door.PostAsync).Accepts<byte[]>(OcspDoor.RequestType).WithBodyLimit(options.RequestLimit + 1).WithName("OcspPost").WithSummary("OCSP (RFC 6960)");
        endpoints.MapGet(OcspDoor.Path + "/{**request}", (Delegate)door.GetAsync).WithName("OcspGet").WithSummary("OCSP (RFC 5019): the request in base64");
    }
}
