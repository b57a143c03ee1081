using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Hufu.Hosting;

/// <summary>What the interface description says of refusals.</summary>
public static class RefusalMetadata
{
    /// <summary>Describes the refusals that nearly every address can answer with: problem details with 400, 403, 404, 409, 413, 422, 503.</summary>
    public static RouteHandlerBuilder ProducesRefusals(this RouteHandlerBuilder builder)
    {
        foreach (var status in new[]
        {
            StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status413PayloadTooLarge,
            StatusCodes.Status422UnprocessableEntity, StatusCodes.Status503ServiceUnavailable,
        })
        {
            builder.Produces<RefusalProblem>(status, RefusalProblem.MediaType);
        }

        return builder;
    }
}
