using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>An RA comes to life: identity, first two people certified by the CA, then clerks and vetters by appointment.</summary>
public sealed class InitialisationTests
{
    [Fact]
    public async Task The_first_two_people_come_from_the_CA_and_appoint_the_rest()
    {
        await using var office = await RaOffice.OpenAsync(staffed: false);
        using TestPerson administrator = new("孙管理"), auditor = new("钱审计"), clerk = new("李录入");
        var code = office.Context.SetupCode.Pending!;
        var asked = new RaInitialisation(code, administrator.Request(), auditor.Request());
        Assert.Equal("not-initialised", await office.Site.RefusedAsync("/api/ra/initialise", asked));
        office.InstallIdentity();
        await office.KnowCaAsync();
        await office.Ca.Room.Context.Database.WriteAsync(session => office.Ca.Room.Context.Peers.Register(session, office.Context.Identity.AsPeer(), office.Ca.Room.Authority.Chain), RaOffice.Ct);
        Assert.Equal("setup-code-wrong", await office.Site.RefusedAsync("/api/ra/initialise", asked with { SetupCode = new string('0', 32) }));
        Assert.Equal("same-person", await office.Site.RefusedAsync("/api/ra/initialise", asked with { Auditor = asked.BusinessAdministrator }));
        Assert.Equal("possession-not-proven", await office.Site.RefusedAsync("/api/ra/initialise", asked with { Auditor = new PersonRequest("钱审计", Applicant.RequestBy(BadSigner.WithoutZ())) }));
        Assert.Equal(0, await office.CountAsync("staff_people"));
        Assert.Equal(1, office.Ca.StaffOrders.Count(order => order.Name == "孙管理"));

        // The CA is away in between; repeated, the first person gets the same certificate again.
        office.Ca.GoAway();
        Assert.Equal("room-unreachable", await office.Site.RefusedAsync("/api/ra/initialise", asked));
        Assert.Equal(0, await office.CountAsync("staff_people"));
        office.Ca.ComeBack();
        var done = await office.Site.PostAsync<RaInitialisation, RaInitialised>("/api/ra/initialise", asked);
        Assert.Equal(2, office.Ca.StaffOrders.Count);
        Assert.Null(office.Context.SetupCode.Pending);
        Assert.Equal("already-initialised", await office.Site.RefusedAsync("/api/ra/initialise", asked));
        Assert.Equal((Roles.BusinessAdministrator, Roles.Auditor), (done.BusinessAdministrator.Role, done.Auditor.Role));

        // The administrator appoints a clerk: the CA sees the signed appointment.
        administrator.Certificate = Certificate.Decode(done.BusinessAdministrator.Certificate);
        var appointment = new Appointment(Roles.EntryClerk, clerk.Request());
        var act = administrator.Act(Rooms.Ra, ActNames.StaffAppoint, $"role/{Roles.EntryClerk}", appointment, office.Clock.GetUtcNow());
        var appointed = await office.Site.PostAsync<ActRequest, Appointed>("/api/ra/staff", act);
        clerk.Certificate = Certificate.Decode(appointed.Certificate);
        var order = office.Ca.StaffOrders.Last();
        Assert.Equal((act.Act.Statement, Roles.EntryClerk), (order.Appointment!.Act.Statement, order.Role));
        Assert.Equal(administrator.Certificate.Encode(), order.Appointment.AppointerCertificate);
        Assert.Equal(act.Payload.GetRawText(), order.Appointment.Payload);
        Assert.Null((await office.QueueAsync(clerk, ApplicationState.Submitted)).Refused);
        Assert.Equal("role-missing", (await office.QueueAsync(administrator, ApplicationState.Submitted)).Refused);
    }
}
