using Hufu.Contracts;
using Hufu.Governance;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Hosting;

/// <summary>User names and passwords, by signed acts: <c>POST /api/{room}/account</c> by oneself, <c>POST /api/{room}/staff/{person}/unlock</c> and <c>/reset</c> by an administrator.</summary>
/// <param name="context">The room.</param>
public sealed class AccountDesk(RoomContext context)
{
    private readonly Accounts _accounts = new(context.Policy, context.Clock);

    /// <summary>Maps the addresses.</summary>
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var room = context.Name;
        endpoints.MapPost($"/api/{room}/account", async (ActRequest request, CancellationToken ct) => Results.Json(await OpenAsync(request, ct), ContractJson.Options))
            .WithName($"{room}-account").WithTags(room).WithSummary("Sets one's own user name and first password (AccountOpening)").Produces<AccountOpened>().ProducesRefusals();
        endpoints.MapPost($"/api/{room}/staff/{{person}}/unlock", async (string person, ActRequest request, CancellationToken ct) =>
        {
            await ToAsync(person, request, ActNames.AccountUnlock, (session, id) => Accounts.Unlock(session, id), ct);
            return Results.NoContent();
        }).WithName($"{room}-staff-unlock").WithTags(room).WithSummary("Unlocks an account (StaffReason)").Produces(StatusCodes.Status204NoContent).ProducesRefusals();
        endpoints.MapPost($"/api/{room}/staff/{{person}}/reset", async (string person, ActRequest request, CancellationToken ct) =>
        {
            await ToAsync(person, request, ActNames.AccountReset, (session, id) => _accounts.Reset(session, id), ct);
            return Results.NoContent();
        }).WithName($"{room}-staff-reset").WithTags(room).WithSummary("Closes an account until its person opens it anew (StaffReason)").Produces(StatusCodes.Status204NoContent).ProducesRefusals();
    }

    private Task<AccountOpened> OpenAsync(ActRequest request, CancellationToken ct) => context.Acts.RunAsync<AccountOpening, AccountOpened>(
        request,
        ActNames.AccountOpen,
        opening => new ExpectedAct(ActNames.AccountOpen, $"account/{opening.UserName}"),
        (session, act, opening) =>
        {
            act.Detail["person"] = act.Person.ToString();
            return _accounts.Open(session, act.Person, opening);
        },
        ct);

    private Task<bool> ToAsync(string person, ActRequest request, string act, Action<Records.Session, string> work, CancellationToken ct) => context.Acts.RunAsync<StaffReason, bool>(
        request,
        act,
        _ => new ExpectedAct(act, $"person/{person}") { MustDifferFrom = [person] },
        (session, authorised, why) =>
        {
            var reason = why.Reason.Trim();
            if (reason.Length is 0 or > 500)
            {
                throw new RefusedException(RefusalCode.FieldInvalid, "1 to 500 characters.", "reason");
            }

            authorised.Detail["reason"] = reason;
            context.Staff.DemandLine(session, authorised.Person, person);
            work(session, person);
            return true;
        },
        ct);
}
