using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Hosting;
using Hufu.Portal.Rendering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Portal.Desk;

/// <summary>The pages of staff. A page shows and asks; the person's own token signs each act, and the room decides.</summary>
internal sealed class DeskPages(PageDoor door, HealthWatch health)
{
    private const int BatchLimit = 16 * 1024 * 1024;

    public void Map(IEndpointRouteBuilder endpoints)
    {
        PageDoor.Get(endpoints, "/desk", (http, _) => door.PageAsync<WhoPage>(http));
        PageDoor.Get(endpoints, "/desk/session", (http, _) => door.PageAsync<SessionPage>(http));
        PageDoor.Get(endpoints, "/desk/ra", (http, _) => door.PageAsync<RaPage>(http));
        PageDoor.Get(endpoints, "/desk/ca", async (http, ct) => await door.PageAsync<CaPage>(http, new() { ["Health"] = await health.ReportAsync().WaitAsync(ct) }));
        PageDoor.Get(endpoints, "/desk/batch", BatchAsync);
        endpoints.MapPost("/desk/batch/digest", DigestAsync).WithBodyLimit(BatchLimit).ExcludeFromDescription();
        PageDoor.Get(endpoints, "/desk/kmc", KmcAsync);
        PageDoor.Get(endpoints, "/desk/audit", (http, _) => door.PageAsync<AuditPage>(http));
        PageDoor.Get(endpoints, "/desk/policy", (http, _) => door.PageAsync<PolicyPage>(http));
    }

    // The browser has no SM3: the clerk signs the file's digest, which the RA computes again from the file it gets.
    private static async Task<IResult> DigestAsync(HttpContext http, CancellationToken ct)
    {
        if (!SameOrigin.Holds(http.Request))
        {
            throw new RefusedException(RefusalCode.MessageNotAllowed, "The request came from another site.");
        }

        return Results.Text(Convert.ToHexStringLower(Sm3.HashData(await http.Request.ReadBodyAsync(BatchLimit, ct))));
    }

    private async Task<IResult> BatchAsync(HttpContext http, CancellationToken ct)
    {
        var agreement = await door.Rooms.GetAsync<Agreement>("/api/ra/agreement", ct);
        return await door.PageAsync<BatchPage>(http, new() { ["AgreementVersion"] = agreement.Value?.Version ?? "" }, agreement.Problem);
    }

    private async Task<IResult> KmcAsync(HttpContext http, CancellationToken ct)
    {
        var stores = await door.Rooms.GetAsync<KeyStores>("/api/kmc/stores", ct);
        var forecast = await door.Rooms.GetAsync<StoreForecast>("/api/kmc/stores/forecast", ct);
        return await door.PageAsync<KmcPage>(http, new() { ["Stores"] = stores.Value, ["Forecast"] = forecast.Value }, stores.Problem);
    }
}
