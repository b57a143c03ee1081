using Hufu.Contracts;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Hosting;

/// <summary>Everything that a room's auditors do with ledgers: mapped by <see cref="HufuWeb.MapHufu"/> for every room with staff.</summary>
/// <param name="context">The room.</param>
/// <param name="staffless">The rooms of this process without staff of their own.</param>
internal sealed class AuditDesk(RoomContext context, IReadOnlyList<RoomContext> staffless)
{
    // Rooms without staff are certified by the CA, and its auditors look after their logs.
    private readonly AuditedLedgers _ledgers = new(context, context.Name == Rooms.Ca ? staffless : []);

    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        new RecordsDesk(context, _ledgers).MapEndpoints(endpoints);
        new AnomalyDesk(context, _ledgers).MapEndpoints(endpoints);
        new MonthDesk(context, _ledgers).MapEndpoints(endpoints);
    }
}
