using Hufu.Portal.Rendering;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Portal.Desk;

/// <summary>The pages of staff. A page shows and asks; the person's own token signs each act, and the room decides.</summary>
internal sealed class DeskPages(PageDoor door)
{
    public void Map(IEndpointRouteBuilder endpoints)
    {
        PageDoor.Get(endpoints, "/desk", (http, _) => door.PageAsync<WhoPage>(http));
        PageDoor.Get(endpoints, "/desk/ra", (http, _) => door.PageAsync<RaPage>(http));
    }
}
