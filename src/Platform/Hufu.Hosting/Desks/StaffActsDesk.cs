using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hufu.Hosting;

/// <summary>
/// What is done to people in office: <c>POST /api/{room}/staff/{person}/suspend | resume | end | change | fitness</c>, signed acts along the lines of appointment; and, in a session,
/// <c>GET /api/{room}/staff</c> and <c>GET /api/{room}/proposals</c>.
/// </summary>
/// <param name="context">The room.</param>
/// <param name="certifier">Certifies who changes roles.</param>
internal sealed class StaffActsDesk(RoomContext context, IStaffCertifier certifier)
{
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        var room = context.Name;
        var doors = endpoints.ServiceProvider.GetRequiredService<SessionDoors>();
        var staff = endpoints.MapGroup($"/api/{room}/staff/{{person}}").WithTags(room);
        staff.MapPost("/suspend", async (string person, ActRequest request, CancellationToken ct) =>
        {
            await RunAsync<StaffReason, bool>(person, request, ActNames.StaffSuspend, why => why.Reason, (session, _, _) => context.Staff.SetSuspended(session, person, true), ct);
            return Results.NoContent();
        }).WithName($"{room}-staff-suspend").WithSummary("Suspends a person (StaffReason)").Produces(StatusCodes.Status204NoContent).ProducesRefusals();
        staff.MapPost("/resume", async (string person, ActRequest request, CancellationToken ct) =>
        {
            await RunAsync<StaffReason, bool>(person, request, ActNames.StaffResume, why => why.Reason, (session, _, _) => context.Staff.SetSuspended(session, person, false), ct);
            return Results.NoContent();
        }).WithName($"{room}-staff-resume").WithSummary("Lifts a suspension (StaffReason)").Produces(StatusCodes.Status204NoContent).ProducesRefusals();
        staff.MapPost("/end", async (string person, ActRequest request, CancellationToken ct) =>
        {
            return Results.Json(await RunAsync<RoleEnd, RoleEnded>(person, request, ActNames.StaffEnd, end => end.Reason, (session, act, end) =>
            {
                act.Detail["role"] = end.Role;
                var ended = context.Staff.EndRole(session, person, end.Role);
                act.Detail["voidSerials"] = new JsonArray([.. ended.VoidSerials.Select(serial => JsonValue.Create(serial))]);
                return ended;
            }, ct), ContractJson.Options);
        }).WithName($"{room}-staff-end").WithSummary("Ends a role (RoleEnd)").Produces<RoleEnded>().ProducesRefusals();
        staff.MapPost("/fitness", async (string person, ActRequest request, CancellationToken ct) =>
        {
            await RunAsync<FitnessRecord, bool>(person, request, ActNames.StaffFitness, record => record.Evidence, (session, act, record) =>
            {
                act.Detail["kind"] = record.Kind.ToString();
                act.Detail["on"] = record.On.ToUnixTimeMilliseconds();
                context.Staff.RecordFitness(session, person, record, act.Person);
                return true;
            }, ct);
            return Results.NoContent();
        }).WithName($"{room}-staff-fitness").WithSummary("Puts a check, a training or a confirmation on record (FitnessRecord)").Produces(StatusCodes.Status204NoContent).ProducesRefusals();
        staff.MapPost("/change", async (string person, ActRequest request, CancellationToken ct) => Results.Json(await ChangeAsync(person, request, ct), ContractJson.Options))
            .WithName($"{room}-staff-change").WithSummary("Moves a person to another role (RoleChange)").Produces<Appointed>().ProducesRefusals();
        endpoints.MapGet($"/api/{room}/staff", async (HttpContext http, CancellationToken ct) =>
        {
            var session = await doors.FindAsync(http, room) ?? throw new RefusedException(RefusalCode.SessionMissing);
            return Results.Json(await context.SignIn.ReadAsync(session, ActNames.StaffRead, "staff/all", context.Staff.Register, ct), ContractJson.Options);
        }).WithName($"{room}-staff-list").WithTags(room).WithSummary("Who is on the staff, in a session").Produces<IReadOnlyList<StaffEntry>>().ProducesRefusals();
        endpoints.MapGet($"/api/{room}/proposals", async (HttpContext http, CancellationToken ct) =>
        {
            var session = await doors.FindAsync(http, room) ?? throw new RefusedException(RefusalCode.SessionMissing);
            return Results.Json(
                await context.SignIn.ReadAsync(session, ActNames.StaffRead, "proposal/open", read => Proposals.Open(read, context.Policy, context.Staff, session.Person, context.Clock.GetUtcNow()), ct), ContractJson.Options);
        }).WithName($"{room}-proposals").WithTags(room).WithSummary("Acts that wait for a second person, in a session").Produces<IReadOnlyList<ProposalEntry>>().ProducesRefusals();
    }

    private Task<T> RunAsync<TPayload, T>(
        string person, ActRequest request, string act, Func<TPayload, string> reasonOf, Func<Session, AuthorisedAct, TPayload, T> work, CancellationToken ct, Action<TPayload>? readable = null)
        where TPayload : class => context.Acts.RunAsync<TPayload, T>(
        request,
        act,
        payload =>
        {
            readable?.Invoke(payload);
            return new ExpectedAct(act, $"person/{person}") { MustDifferFrom = [person] };
        },
        (session, authorised, payload) =>
        {
            var reason = reasonOf(payload);
            if (reason.Trim().Length is 0 or > 500)
            {
                throw new RefusedException(RefusalCode.FieldInvalid, "1 to 500 characters.", "reason");
            }

            var member = context.Staff.DemandLine(session, authorised.Person, person);
            if (authorised.Second?.PersonId == person)
            {
                throw new RefusedException(RefusalCode.SamePerson, "Nobody seconds what is done to themselves.", "second");
            }

            authorised.Detail["person"] = member.ToString();
            authorised.Detail["reason"] = reason.Trim();
            return work(session, authorised, payload);
        },
        ct);

    private async Task<Appointed> ChangeAsync(string person, ActRequest request, CancellationToken ct)
    {
        // What the payload asks is looked at once the person's right to ask is decided.
        RoleDefinition role = null!;
        CertificationRequest key = null!;
        var (act, name, change) = await RunAsync<RoleChange, (AuthorisedAct, string, RoleChange)>(
            person, request, ActNames.StaffChange, asked => asked.Reason, (session, authorised, asked) =>
            {
                authorised.Detail["from"] = asked.From;
                authorised.Detail["to"] = asked.To;
                var member = context.Staff.Find(session, person)!;
                Demand(member, asked.From);
                Contractors.DemandNone(session, context, member.Name);
                context.Staff.CheckAppointment(session, asked.To, member.Name, key.PublicKey, authorised.Person, asked.From);
                return (authorised, member.Name, asked);
            },
            ct,
            asked =>
            {
                role = context.Policy.Roles.TryGetValue(asked.To, out var known) && known.ExistsIn(context.Name) ? known : throw new RefusedException(RefusalCode.FieldInvalid, $"'{context.Name}' has no such role.", "to");
                key = PersonRequests.Open(asked.Request, "request");
            }).ConfigureAwait(false);
        var certificate = await certifier.CertifyAsync(
            new StaffCertification(role.Id, role.TitleZh, name, key, new AppointmentEvidence(act.Signed, request.Payload.GetRawText(), act.Certificate)), ct).ConfigureAwait(false);
        return await context.Database.WriteAsync(
            session =>
            {
                Demand(context.Staff.Find(session, person)!, change.From);
                var changed = context.Staff.Enrol(session, role.Id, name, certificate, context.Staff.Find(session, act.Person.PersonId), act.Signed, change.From);
                context.Ledger.Append(session, new LedgerRecord
                {
                    Actor = act.Person.ToString(), Act = "staff.enrol", Object = $"role/{role.Id}", Outcome = LedgerOutcome.Done,
                    Detail = new JsonObject { ["person"] = changed.ToString(), ["insteadOf"] = change.From, ["certificateDigest"] = ActStatement.Digest(certificate) },
                });
                return new Appointed(changed.PersonId, role.Id, certificate);
            },
            CancellationToken.None).ConfigureAwait(false);
    }

    private static void Demand(StaffMember member, string role)
    {
        if (!member.Roles.Contains(role))
        {
            throw new RefusedException(RefusalCode.StateWrong, $"{member.Name} does not hold '{role}'.", "from");
        }
    }
}
