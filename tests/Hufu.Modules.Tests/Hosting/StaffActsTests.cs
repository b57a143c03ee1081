using System.Text.Json;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Hosting;

public sealed class StaffActsTests
{
    private static readonly TimeSpan Founded = TimeSpan.FromDays(3);

    private static Task<SignInDesk> OpenAsync(string room = Rooms.Ra) => SignInDesk.OpenAsync(room, (endpoints, context) => new StaffDesk(context, new Certifier(context)).MapEndpoints(endpoints));

    private static async Task<string> IdAsync(SignInDesk desk, string name) =>
        (await desk.Room.Context.Database.ReadAsync(desk.Room.Context.Staff.List, CancellationToken.None)).Single(member => member.Name == name).PersonId;

    private static Task<string?> RefusedAsync<T>(SignInDesk desk, TestPerson by, string person, string verb, string act, T payload) =>
        desk.Site.RefusedAsync($"/api/{desk.Room.Context.Name}/staff/{person}/{verb}", by.Act(desk.Room.Context.Name, act, $"person/{person}", payload, desk.Now));

    [Fact]
    [Clause("6.6.1.3-a")]
    public async Task A_suspended_person_can_do_nothing_until_the_suspension_is_lifted()
    {
        await using var desk = await OpenAsync();
        using var administrator = await desk.WithAccountAsync(Roles.BusinessAdministrator, "吴注管", "wu.zhuguan");
        using var auditor = await desk.Room.InRoleAsync(Roles.Auditor, "冯审计");
        using var clerk = await desk.WithAccountAsync(Roles.EntryClerk, "李录入", "liluru");
        var (id, session) = (await IdAsync(desk, "李录入"), (await desk.SignInAsync(clerk, "liluru")).Cookie);
        var why = new StaffReason("接到投诉，调查期间");

        Assert.Equal("role-missing", await RefusedAsync(desk, clerk, await IdAsync(desk, "吴注管"), "suspend", ActNames.StaffSuspend, why));
        // An auditor's line is the auditor's: the clerk is appointed by the business administrator.
        Assert.Equal("role-missing", await RefusedAsync(desk, auditor, id, "suspend", ActNames.StaffSuspend, why));
        Assert.Equal("same-person", await RefusedAsync(desk, administrator, await IdAsync(desk, "吴注管"), "suspend", ActNames.StaffSuspend, why));
        Assert.Equal("unknown-object", await RefusedAsync(desk, administrator, "P9999", "suspend", ActNames.StaffSuspend, why));
        Assert.Equal("field-invalid", await RefusedAsync(desk, administrator, id, "suspend", ActNames.StaffSuspend, new StaffReason(" ")));
        Assert.Null(await RefusedAsync(desk, administrator, id, "suspend", ActNames.StaffSuspend, why));

        Assert.Equal("session-missing", (await desk.CallAsync(HttpMethod.Get, "/api/ra/session", session)).Code);
        Assert.Equal("person-suspended", (await desk.SignInAsync(clerk, "liluru")).Code);
        Assert.Equal("person-suspended", await desk.Site.RefusedAsync("/api/ra/account", desk.Opening(clerk, "liluru", "Lan9-zhu.ju!")));
        Assert.Null(await RefusedAsync(desk, administrator, id, "resume", ActNames.StaffResume, why));
        Assert.Null((await desk.SignInAsync(clerk, "liluru")).Code);
        // The two who came into office at initialisation watch each other.
        Assert.Null(await RefusedAsync(desk, auditor, await IdAsync(desk, "吴注管"), "suspend", ActNames.StaffSuspend, why));
        Assert.Equal("person-suspended", await RefusedAsync(desk, administrator, id, "suspend", ActNames.StaffSuspend, why));
    }

    [Fact]
    [Clause("6.6.1.2-a")]
    public async Task A_role_ends_and_with_the_last_role_its_persons_certificates()
    {
        await using var desk = await OpenAsync();
        using var administrator = await desk.Room.InRoleAsync(Roles.BusinessAdministrator, "吴注管");
        using var auditor = await desk.Room.InRoleAsync(Roles.Auditor, "冯审计");
        using var clerk = await desk.WithAccountAsync(Roles.EntryClerk, "李录入", "liluru");
        var id = await IdAsync(desk, "李录入");
        Assert.Equal("state-wrong", await RefusedAsync(desk, administrator, id, "end", ActNames.StaffEnd, new RoleEnd(Roles.Vetter, "离职")));
        var ended = await desk.Site.PostAsync<ActRequest, RoleEnded>(
            $"/api/ra/staff/{id}/end", administrator.Act(Rooms.Ra, ActNames.StaffEnd, $"person/{id}", new RoleEnd(Roles.EntryClerk, "离职"), desk.Now));
        Assert.Empty(ended.Roles);
        Assert.Equal([clerk.Certificate!.SerialHex], ended.VoidSerials);
        // Void here at once; that the CA revokes it is somebody's duty until it has.
        var room = desk.Room.Context;
        Assert.Equal([clerk.Certificate!.SerialHex], (await room.Database.ReadAsync(room.Staff.RevocationDuties, CancellationToken.None)).Select(duty => duty.Serial));
        await room.Database.WriteAsync(session => room.Staff.RevokeCertificate(session, clerk.Certificate!.SerialHex), CancellationToken.None);
        Assert.Empty(await room.Database.ReadAsync(room.Staff.RevocationDuties, CancellationToken.None));
        Assert.Equal("certificate-not-valid", (await desk.SignInAsync(clerk, "liluru")).Code);
        // The last holder of a role that begins at initialisation only cannot be dismissed: nobody could follow.
        Assert.Equal("state-wrong", await RefusedAsync(desk, auditor, await IdAsync(desk, "吴注管"), "end", ActNames.StaffEnd, new RoleEnd(Roles.BusinessAdministrator, "离职")));
    }

    [Fact]
    [Clause("6.6.1.3-c")]
    public async Task No_outside_contractor_is_appointed_moved_or_made_of_who_holds_a_role()
    {
        await using var desk = await OpenAsync();
        using var administrator = await desk.Room.InRoleAsync(Roles.BusinessAdministrator, "吴注管");
        using var clerk = await desk.Room.InRoleAsync(Roles.EntryClerk, "李录入");
        using var outsider = new TestPerson("外包甲");

        Task<string?> AppointAsync(TestPerson person, Employment employment = Employment.OwnStaff) => desk.Site.RefusedAsync(
            "/api/ra/staff", administrator.Act(Rooms.Ra, ActNames.StaffAppoint, $"role/{Roles.Vetter}", new Appointment(Roles.Vetter, person.Request(), employment), desk.Now));

        Task<string?> PostAsync(string name, string employed, string? until = null)
        {
            var fields = new Dictionary<string, string> { ["post"] = "developer", ["person"] = name, ["employed"] = employed, ["since"] = "2026-11-01" };
            if (until is not null)
            {
                fields["until"] = until;
            }

            return desk.Site.RefusedAsync("/api/ra/registers/posts", administrator.Act(Rooms.Ra, ActNames.RegisterEntryRecord, "register/posts", new NewRegisterEntry(fields, null, []), desk.Now));
        }

        const string contractor = "contractor-without-certification-role";
        Assert.Equal("roles-incompatible", await AppointAsync(outsider, Employment.Contractor));
        Assert.Null(await PostAsync("外包甲", contractor));
        // In the register as a contractor, however the name is typed: refused, and in the log with the reason.
        using var spaced = new TestPerson("外包 甲");
        Assert.Equal("roles-incompatible", await AppointAsync(spaced));
        Assert.Contains("posts-1", (await desk.Room.LedgerAsync())[^1], StringComparison.Ordinal);
        // Who holds a role cannot be recorded as one, and whoever was one until yesterday may be appointed.
        Assert.Equal("roles-incompatible", await PostAsync("李录入", contractor));
        Assert.Null(await PostAsync("前包乙", contractor, "2026-11-21"));
        using var former = new TestPerson("前包乙");
        Assert.Null(await AppointAsync(former));
        Assert.Contains("\"employment\":\"own-staff\"", string.Join('\n', await desk.Room.LedgerAsync()), StringComparison.Ordinal);
        // Rotation asks too: an entry that came past this room (a restored register) stops the move.
        await desk.Room.Context.Database.WriteAsync(session => session.Execute("UPDATE hosting_register_entries SET fields = replace(fields, '外包甲', '李录入')"), CancellationToken.None);
        using var next = new TestPerson("李录入");
        Assert.Equal("roles-incompatible", await RefusedAsync(desk, administrator, await IdAsync(desk, "李录入"), "change", ActNames.StaffChange, new RoleChange(Roles.EntryClerk, Roles.Vetter, next.Request().Request, "轮岗")));
    }

    [Fact]
    [Clause("6.6.1.2-d")]
    [Clause("6.6.1.3-c")]
    public async Task A_change_of_role_makes_no_forbidden_pair_and_ends_the_old_certificate()
    {
        await using var desk = await OpenAsync();
        using var administrator = await desk.Room.InRoleAsync(Roles.BusinessAdministrator, "吴注管");
        using var clerk = await desk.Room.InRoleAsync(Roles.EntryClerk, "李录入");
        var id = await IdAsync(desk, "李录入");
        using var next = new TestPerson("李录入");
        var change = new RoleChange(Roles.EntryClerk, Roles.Vetter, next.Request().Request, "轮岗");
        Assert.Equal("role-missing", await RefusedAsync(desk, administrator, id, "change", ActNames.StaffChange, change with { To = Roles.Auditor }));
        Assert.Equal("state-wrong", await RefusedAsync(desk, administrator, id, "change", ActNames.StaffChange, change with { From = Roles.Vetter, To = Roles.EntryClerk }));
        Assert.Equal("field-invalid", await RefusedAsync(desk, administrator, id, "change", ActNames.StaffChange, change with { To = "king" }));
        var appointed = await desk.Site.PostAsync<ActRequest, Appointed>(
            $"/api/ra/staff/{id}/change", administrator.Act(Rooms.Ra, ActNames.StaffChange, $"person/{id}", change, desk.Now));
        Assert.Equal((id, Roles.Vetter), (appointed.PersonId, appointed.Role));
        Assert.Equal([Roles.Vetter], (await desk.Room.Context.Database.ReadAsync(session => desk.Room.Context.Staff.Find(session, id), CancellationToken.None))!.Roles);
        Assert.Equal("certificate-not-valid", await desk.Site.RefusedAsync("/api/ra/account", desk.Opening(clerk, "liluru", SignInDesk.Password)));
        next.Certificate = Certificate.Decode(appointed.Certificate);
        Assert.Null(await desk.Site.RefusedAsync("/api/ra/account", desk.Opening(next, "liluru", SignInDesk.Password)));
    }

    [Fact]
    [Clause("6.6.1.3-a")]
    [Clause("6.6.1.3-d")]
    public async Task Whoever_has_no_valid_check_or_training_is_suspended_at_use()
    {
        await using var desk = await OpenAsync();
        var years = TimeSpan.FromDays(5 * 365);
        using var administrator = await desk.Room.InRoleAsync(Roles.BusinessAdministrator, "吴注管", years);
        using var auditor = await desk.Room.InRoleAsync(Roles.Auditor, "冯审计", years);
        using var clerk = await desk.WithAccountAsync(Roles.EntryClerk, "李录入", "liluru", life: years);
        var start = desk.Now;

        async Task<string?> Record(TestPerson by, string name, FitnessKind kind) =>
            await RefusedAsync(desk, by, await IdAsync(desk, name), "fitness", ActNames.StaffFitness, new FitnessRecord(kind, desk.Now, "人事档案 2026-17"));

        Assert.Equal("field-invalid", await RefusedAsync(
            desk, administrator, await IdAsync(desk, "李录入"), "fitness", ActNames.StaffFitness, new FitnessRecord(FitnessKind.Training, desk.Now.AddDays(1), "x")));
        desk.Room.Clock.Set(start.AddDays(29));
        Assert.Null((await desk.SignInAsync(clerk, "liluru")).Code);
        desk.Room.Clock.Set(start.AddDays(30));
        Assert.Equal("person-suspended", (await desk.SignInAsync(clerk, "liluru")).Code);
        Assert.Contains("背景审查", (await desk.Room.LedgerAsync())[^1] + await ReasonAsync(desk, clerk), StringComparison.Ordinal);
        // Even who has lapsed can put on record what is missing of others: nobody can be locked out for good.
        Assert.Null(await Record(administrator, "李录入", FitnessKind.BackgroundCheck));
        Assert.Equal("person-suspended", (await desk.SignInAsync(clerk, "liluru")).Code);
        Assert.Null(await Record(administrator, "李录入", FitnessKind.Training));
        Assert.Null((await desk.SignInAsync(clerk, "liluru")).Code);
        Assert.Equal("same-person", await Record(administrator, "吴注管", FitnessKind.Training));
        Assert.Null(await Record(auditor, "吴注管", FitnessKind.Training));
        Assert.Null(await Record(auditor, "吴注管", FitnessKind.BackgroundCheck));

        // Training is yearly.
        desk.Room.Clock.Set(start.AddDays(30).AddYears(1));
        Assert.Contains("岗位培训", await ReasonAsync(desk, clerk), StringComparison.Ordinal);
        Assert.Null(await Record(administrator, "李录入", FitnessKind.Training));
        // The term in office ends after three years; a confirmation begins it anew.
        desk.Room.Clock.Set(start.AddYears(3));
        Assert.Null(await Record(administrator, "李录入", FitnessKind.Training));
        Assert.Contains("岗位任期", await ReasonAsync(desk, clerk), StringComparison.Ordinal);
        Assert.Null(await Record(administrator, "李录入", FitnessKind.Term));
        Assert.DoesNotContain("岗位任期", await ReasonAsync(desk, clerk), StringComparison.Ordinal);
    }

    [Fact]
    [Clause("6.6.1.2-b")]
    public async Task After_the_founding_period_an_appointment_takes_four_eyes()
    {
        await using var desk = await OpenAsync();
        using var administrator = await desk.WithAccountAsync(Roles.BusinessAdministrator, "吴注管", "wu.zhuguan");
        using var auditor = await desk.WithAccountAsync(Roles.Auditor, "冯审计", "feng.shenji");
        using var clerk = await desk.WithAccountAsync(Roles.EntryClerk, "李录入", "liluru");
        desk.Room.Clock.Advance(Founded);
        using var vetter = new TestPerson("褚审核");
        var payload = JsonSerializer.Serialize(new Appointment(Roles.Vetter, vetter.Request()), ContractJson.Options);
        var proposed = administrator.Act(Rooms.Ra, ActNames.StaffAppoint, "role/vetter", "-", payload, desk.Now);
        var id = Proposals.IdOf(proposed.Act.Statement);

        ActRequest Seconded(TestPerson by, string? other = null, string? act = null) => proposed with { Second = by.Act(Rooms.Ra, act ?? ActNames.Second, $"proposal/{other ?? id}", "-", payload, desk.Now).Act };

        // What could not be done anyway is refused as such, and no proposal is kept.
        Assert.Equal("roles-incompatible", await desk.Site.RefusedAsync(
            "/api/ra/staff", administrator.Act(Rooms.Ra, ActNames.StaffAppoint, "role/vetter", new Appointment(Roles.Vetter, clerk.Request()), desk.Now)));
        Assert.Equal("second-needed", await desk.Site.RefusedAsync("/api/ra/staff", proposed));
        Assert.DoesNotContain((await desk.Room.Context.Database.ReadAsync(desk.Room.Context.Staff.List, CancellationToken.None)), member => member.Name == "褚审核");

        desk.Room.Clock.Advance(TimeSpan.FromHours(5));
        var (list, _) = await desk.CallAsync(HttpMethod.Get, "/api/ra/proposals", (await desk.SignInAsync(auditor, "feng.shenji")).Cookie);
        var waiting = list.Deserialize<List<ProposalEntry>>(ContractJson.Options)!.Single();
        Assert.Equal((id, ActNames.StaffAppoint, true), (waiting.Id, waiting.Act, waiting.Mine));
        Assert.Equal(payload, waiting.Request.Payload.GetRawText());
        Assert.Equal("role-missing", (await desk.CallAsync(HttpMethod.Get, "/api/ra/proposals", (await desk.SignInAsync(clerk, "liluru")).Cookie)).Code);

        Assert.Equal("same-person", await desk.Site.RefusedAsync("/api/ra/staff", Seconded(administrator)));
        Assert.Equal("role-missing", await desk.Site.RefusedAsync("/api/ra/staff", Seconded(clerk)));
        Assert.Equal("statement-mismatch", await desk.Site.RefusedAsync("/api/ra/staff", Seconded(auditor, new string('0', 64))));
        Assert.Equal("statement-mismatch", await desk.Site.RefusedAsync("/api/ra/staff", Seconded(auditor, act: ActNames.StaffAppoint)));
        using var thief = desk.Room.Authority.Person("冯审计");
        Assert.Equal("person-unknown", await desk.Site.RefusedAsync("/api/ra/staff", Seconded(thief)));
        var completed = Seconded(auditor);
        Assert.Null(await desk.Site.RefusedAsync("/api/ra/staff", completed));
        Assert.Contains((await desk.Room.Context.Database.ReadAsync(desk.Room.Context.Staff.List, CancellationToken.None)), member => member.Name == "褚审核");
        var log = await desk.Room.LedgerAsync();
        Assert.Contains(log, line => line.Contains("冯审计", StringComparison.Ordinal) && line.Contains("secondSignature", StringComparison.Ordinal) && line.Contains("\"outcome\":\"done\"", StringComparison.Ordinal));
        // Seconded once, it is closed: neither the pair nor the first alone works again.
        Assert.NotNull(await desk.Site.RefusedAsync("/api/ra/staff", completed));
        Assert.Equal("statement-stale", await desk.Site.RefusedAsync("/api/ra/staff", Seconded(auditor)));

        // A proposal waits three days.
        var late = administrator.Act(Rooms.Ra, ActNames.StaffAppoint, "role/vetter", new Appointment(Roles.Vetter, new TestPerson("卫审核").Request()), desk.Now);
        Assert.Equal("second-needed", await desk.Site.RefusedAsync("/api/ra/staff", late));
        desk.Room.Clock.Advance(Founded + TimeSpan.FromSeconds(1));
        Assert.Equal("statement-stale", await desk.Site.RefusedAsync(
            "/api/ra/staff", late with { Second = auditor.Act(Rooms.Ra, ActNames.Second, $"proposal/{Proposals.IdOf(late.Act.Statement)}", "-", late.Payload.GetRawText(), desk.Now).Act }));
    }

    [Fact]
    [Clause("6.6.1.2-b")]
    public async Task A_peer_that_is_there_is_replaced_by_two_people_even_in_the_founding_period()
    {
        await using var kmc = await TestRoom.OpenAsync(Rooms.Kmc);
        kmc.InstallIdentity();
        await using var desk = await SignInDesk.OpenAsync(Rooms.Ca, (endpoints, context) => new PeerDesk(context).MapEndpoints(endpoints));
        using var administrator = await desk.Room.InRoleAsync(Roles.BusinessAdministrator, "周管理");
        using var super = await desk.Room.InRoleAsync(Roles.SuperAdministrator, "郑首管");
        var registration = new PeerRegistration(kmc.Context.Identity.AsPeer(), [.. kmc.Authority.Chain.Select(certificate => certificate.Encode())]);

        ActRequest Act() => administrator.Act(Rooms.Ca, ActNames.PeerRegister, "room/kmc", registration, desk.Now);

        Assert.Null(await desk.Site.RefusedAsync("/api/ca/peers", Act()));
        var again = Act();
        Assert.Equal("second-needed", await desk.Site.RefusedAsync("/api/ca/peers", again));
        var second = super.Act(Rooms.Ca, ActNames.Second, $"proposal/{Proposals.IdOf(again.Act.Statement)}", registration, desk.Now);
        Assert.Null(await desk.Site.RefusedAsync("/api/ca/peers", again with { Second = second.Act }));
        // Where nothing is replaced there is nothing to second.
        var fresh = administrator.Act(Rooms.Ca, ActNames.PeerRegister, "room/ra", registration with { Peer = registration.Peer with { Name = "ra" } }, desk.Now);
        Assert.Equal("malformed", await desk.Site.RefusedAsync("/api/ca/peers", fresh with { Second = second.Act }));
    }

    [Fact]
    [Clause("6.4.2-a")]
    public async Task Who_may_sees_the_register_of_staff_and_every_look_is_in_the_log()
    {
        await using var desk = await OpenAsync();
        using var administrator = await desk.WithAccountAsync(Roles.BusinessAdministrator, "吴注管", "wu.zhuguan");
        using var clerk = await desk.WithAccountAsync(Roles.EntryClerk, "李录入", "liluru");
        Assert.Equal("session-missing", (await desk.CallAsync(HttpMethod.Get, "/api/ra/staff", null)).Code);
        Assert.Equal("role-missing", (await desk.CallAsync(HttpMethod.Get, "/api/ra/staff", (await desk.SignInAsync(clerk, "liluru")).Cookie)).Code);
        var (body, _) = await desk.CallAsync(HttpMethod.Get, "/api/ra/staff", (await desk.SignInAsync(administrator, "wu.zhuguan")).Cookie);
        var entry = body.Deserialize<List<StaffEntry>>(ContractJson.Options)!.Single(one => one.Name == "李录入");
        Assert.Equal(("liluru", false, Roles.EntryClerk), (entry.UserName, entry.Locked, entry.Roles.Single().Id));
        var lines = (await desk.Room.LedgerAsync()).Where(line => line.Contains("\"act\":\"staff.read\"", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, lines.Count);
        Assert.Contains("refused", lines[0], StringComparison.Ordinal);
        Assert.Contains("吴注管", lines[1], StringComparison.Ordinal);
    }

    // The reason that a suspended person is told.
    private static async Task<string> ReasonAsync(SignInDesk desk, TestPerson person)
    {
        using var response = await desk.Site.PostAsync("/api/ra/account", desk.Opening(person, "liluru", "Lan9-zhu.ju!"));
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("evidence").GetString()!;
    }

    private sealed class Certifier(RoomContext context) : IStaffCertifier
    {
        public Task<byte[]> CertifyAsync(StaffCertification certification, CancellationToken ct)
        {
            using var authority = new TestAuthority(context.Clock);
            return Task.FromResult(authority.Issue(certification.Name, certification.Request.PublicKey, life: TimeSpan.FromDays(5 * 365)).Encode());
        }
    }
}
