using System.Text.Json;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ra.Initialisation;

/// <summary>
/// Brings an RA to life once its service certificates are installed (GM/T 0037): business administrator and auditor, certified by the CA. A crash in between is repeated: the orders'
/// ids give the same certificates again.
/// </summary>
internal sealed class InitialiseRegistration(RaDesk desk) : IStaffCertifier
{
    public async Task<RaInitialised> RunAsync(RaInitialisation asked, CancellationToken ct)
    {
        await desk.Context.Database.ReadAsync(
            session =>
            {
                desk.Context.SetupCode.Demand(session, asked.SetupCode);
                return true;
            },
            ct);
        if (!desk.Context.Identity.IsInstalled)
        {
            throw new RefusedException(RefusalCode.NotInitialised, "Install the room's certificates first: POST /api/ra/identity.");
        }

        if (asked.BusinessAdministrator.Name == asked.Auditor.Name)
        {
            throw new RefusedException(RefusalCode.SamePerson, field: "auditor");
        }

        var administrator = await CertifyAsync(Roles.BusinessAdministrator, asked.BusinessAdministrator.Name, PersonRequests.Open(asked.BusinessAdministrator.Request, "businessAdministrator"), null, ct);
        var auditor = await CertifyAsync(Roles.Auditor, asked.Auditor.Name, PersonRequests.Open(asked.Auditor.Request, "auditor"), null, ct);
        return await desk.Context.Database.WriteAsync(
            session =>
            {
                desk.Context.SetupCode.Demand(session, asked.SetupCode);
                var first = desk.Context.Staff.Enrol(session, Roles.BusinessAdministrator, asked.BusinessAdministrator.Name, administrator, by: null, act: null);
                var second = desk.Context.Staff.Enrol(session, Roles.Auditor, asked.Auditor.Name, auditor, by: null, act: null);
                desk.Context.SetupCode.Consume(session);
                desk.Context.Ledger.Append(session, new LedgerRecord
                {
                    Actor = "setup",
                    Act = "ra.initialise",
                    Object = "room/ra",
                    Outcome = LedgerOutcome.Done,
                    Detail = new JsonObject { ["businessAdministrator"] = first.ToString(), ["auditor"] = second.ToString() },
                });
                return new RaInitialised(new Appointed(first.PersonId, Roles.BusinessAdministrator, administrator), new Appointed(second.PersonId, Roles.Auditor, auditor));
            },
            ct);
    }

    /// <summary>A certificate from the CA for a member of this RA's staff, on an administrator's signed appointment, which the CA sees and checks.</summary>
    public Task<byte[]> CertifyAsync(StaffCertification certification, CancellationToken ct) =>
        CertifyAsync(certification.Role, certification.Name, certification.Request, certification.Appointment, ct);

    // The same order has the same id and gets the same certificate (R03); one that differs in anything is another one, so that an answer to it is never taken for this one's.
    private async Task<byte[]> CertifyAsync(string role, string name, CertificationRequest request, AppointmentEvidence? appointment, CancellationToken ct)
    {
        RestoreMark.Demand(desk.Context.DataDirectory);
        var order = new IssueStaffCertificate(role, name, request.Encode(), appointment);
        var digest = ActStatement.Digest(JsonSerializer.SerializeToUtf8Bytes(order, ContractJson.Options));
        return (await desk.Context.Post.AskAsync(Rooms.Ca, order, $"staff-{digest[..48]}", ct)).Certificate;
    }
}
