using Hufu.Contracts;
using Hufu.Portal.Rendering;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Portal.Desk;

/// <summary>The pages of staff. A page shows and asks; the person's own token signs each act, and the room decides.</summary>
internal sealed class DeskPages(PageDoor door, HealthWatch health)
{
    public void Map(IEndpointRouteBuilder endpoints)
    {
        PageDoor.Get(endpoints, "/desk", (http, _) => door.PageAsync<WhoPage>(http));
        PageDoor.Get(endpoints, "/desk/ra", (http, _) => door.PageAsync<RaPage>(http));
        PageDoor.Get(endpoints, "/desk/ca", async (http, ct) => await door.PageAsync<CaPage>(http, new() { ["Health"] = await health.ReportAsync().WaitAsync(ct) }));
        PageDoor.Get(endpoints, "/desk/kmc", KmcAsync);
        PageDoor.Get(endpoints, "/desk/audit", (http, _) => door.PageAsync<AuditPage>(http));
        PageDoor.Get(endpoints, "/desk/policy", (http, _) => door.PageAsync<PolicyPage>(http));
    }

    private async Task<IResult> KmcAsync(HttpContext http, CancellationToken ct)
    {
        var stores = await door.Rooms.GetAsync<KeyStores>("/api/kmc/stores", ct);
        var forecast = await door.Rooms.GetAsync<StoreForecast>("/api/kmc/stores/forecast", ct);
        return await door.PageAsync<KmcPage>(http, new() { ["Stores"] = stores.Value, ["Forecast"] = forecast.Value }, stores.Problem);
    }
}
