using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Hosting;

/// <summary>Appoints people: <c>POST /api/{room}/staff</c>, a signed act. Steps: 1 the act is authorised and the appointment checked, 2 the person is certified, 3 they are put on the staff.</summary>
/// <param name="context">The room.</param>
/// <param name="certifier">Certifies them.</param>
/// <remarks>A crash between the steps leaves a certificate that no room knows: it opens nothing, and the appointment is made again.</remarks>
public sealed class StaffDesk(RoomContext context, IStaffCertifier certifier)
{
    /// <summary>Maps the address.</summary>
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost($"/api/{context.Name}/staff", async (ActRequest request, CancellationToken ct) => Results.Json(await AppointAsync(request, ct), ContractJson.Options))
            .WithName($"{context.Name}-staff").WithTags(context.Name).WithSummary("Appoints a person (Appointment)").Produces<Appointed>().ProducesRefusals();
        new StaffActsDesk(context, certifier).MapEndpoints(endpoints);
    }

    [Clause("6.6.1.2-d")]
    internal async Task<Appointed> AppointAsync(ActRequest request, CancellationToken ct)
    {
        // 1: what the payload asks is looked at once the person's right to ask is decided.
        RoleDefinition role = null!;
        CertificationRequest person = null!;
        var (act, appointment) = await context.Acts.RunAsync<Appointment, (AuthorisedAct, Appointment)>(
            request,
            ActNames.StaffAppoint,
            asked =>
            {
                role = context.Policy.Roles.TryGetValue(asked.Role, out var known) && known.ExistsIn(context.Name) ? known : throw new RefusedException(RefusalCode.FieldInvalid, $"'{context.Name}' has no such role.", "role");
                person = PersonRequests.Open(asked.Person.Request, "person.request");
                return new ExpectedAct(ActNames.StaffAppoint, $"role/{role.Id}");
            },
            (session, authorised, asked) =>
            {
                Contractors.DemandNone(session, context, asked.Person.Name, asked.Employment);
                context.Staff.CheckAppointment(session, role.Id, asked.Person.Name, person.PublicKey, authorised.Person);
                if (authorised.Second is { } second && Staff.IsCalled(second, asked.Person.Name))
                {
                    throw new RefusedException(RefusalCode.SamePerson, "Nobody seconds their own appointment.", "second");
                }

                authorised.Detail["person"] = asked.Person.Name;
                authorised.Detail["employment"] = "own-staff";
                return (authorised, asked);
            },
            ct).ConfigureAwait(false);

        // 2
        byte[] certificate;
        try
        {
            certificate = await certifier.CertifyAsync(
                new StaffCertification(role.Id, role.TitleZh, appointment.Person.Name.Trim(), person, new AppointmentEvidence(act.Signed, request.Payload.GetRawText(), act.Certificate)), ct).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            await context.Ledger.AppendAsync(
                Record(act, role, LedgerOutcome.Failed, new JsonObject { ["person"] = appointment.Person.Name, ["reason"] = (exception as RefusedException)?.Refusal.ToString() ?? exception.GetType().Name }),
                CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        // 3: who appointed may have lost the right meanwhile, and the person may have got another role; all is checked again.
        var member = await context.Database.WriteAsync(
            session =>
            {
                var appointer = context.Staff.Find(session, act.Person.PersonId);
                var enrolled = context.Staff.Enrol(session, role.Id, appointment.Person.Name, certificate, appointer, act.Signed);
                context.Ledger.Append(
                    session, Record(act, role, LedgerOutcome.Done, new JsonObject { ["person"] = enrolled.ToString(), ["certificateDigest"] = ActStatement.Digest(certificate) }));
                return enrolled;
            },
            CancellationToken.None).ConfigureAwait(false);
        return new Appointed(member.PersonId, role.Id, certificate);
    }

    private static LedgerRecord Record(AuthorisedAct act, RoleDefinition role, LedgerOutcome outcome, JsonObject detail) => new()
    {
        Actor = act.Person.ToString(),
        Act = "staff.enrol",
        Object = $"role/{role.Id}",
        Outcome = outcome,
        Detail = detail,
    };
}
