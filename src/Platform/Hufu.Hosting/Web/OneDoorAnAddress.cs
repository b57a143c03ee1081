using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Hosting;

/// <summary>Two doors of one address and method are found at the start and not by whoever asks first: the framework answers 500 then, for both.</summary>
internal static partial class OneDoorAnAddress
{
    /// <param name="endpoints">Everything that is mapped.</param>
    /// <exception cref="InvalidOperationException">Two doors have one address.</exception>
    public static void Demand(IEndpointRouteBuilder endpoints)
    {
        var doubled = endpoints.DataSources
            .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(door => (door.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["*"]).Select(method => $"{method} /{Place().Replace(door.RoutePattern.RawText ?? "", "{}").Trim('/')}"))
            .GroupBy(address => address, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        if (doubled is not null)
        {
            throw new InvalidOperationException($"{doubled.Count()} doors have the address {doubled.Key}.");
        }
    }

    // What stands in a place does not tell doors apart, but a constraint does.
    [GeneratedRegex(@"\{[^:{}]+\}")]
    private static partial Regex Place();
}
