using System.Globalization;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Modules.Tests.Ca;
using Hufu.Modules.Tests.Ra;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Hosting.Trust;

/// <summary>The list of 6.6.1.4-a, from its first event to its last: each is made to happen in real rooms, and looked for in their ledgers. Activation and deactivation of a guarded device: GuardedRoomTests.</summary>
public sealed class EventListTests
{
    /// <summary>Event, and the acts and outcomes by which it stands in a log; all of them must be there.</summary>
    private static readonly (string Event, (string Act, string Outcome)[] Records)[] s_list =
    [
        ("life cycle of the CA's keys and devices", [("ca.initialised", "done"), ("ca.certificate.issued", "done")]),
        ("life cycle of certificates: success", [(ActNames.RaApplicationEnter, "done"), (ActNames.RaApplicationApprove, "done"), ("ca.issue", "done"), ("ra.pair.accept", "done")]),
        ("life cycle of certificates: refusal and failure", [(ActNames.RaApplicationRefuse, "done"), (ActNames.RaApplicationEnter, "refused"), ("ca.issue", "refused")]),
        ("start and stop", [("room.start", "done"), ("room.stop", "done")]),
        ("rights made, changed, removed", [(ActNames.StaffAppoint, "done"), ("staff.enrol", "done"), (ActNames.StaffSuspend, "done"), (ActNames.StaffEnd, "done")]),
        ("passwords made and changed", [(ActNames.AccountOpen, "done"), ("session.sign-in", "password"), (ActNames.AccountReset, "done")]),
        ("access and attempted access", [("session.sign-in", "done"), ("session.sign-in", "refused"), ("session.use", "refused"), (ActNames.AuditRecordsRead, "done"), (ActNames.AuditRecordsRead, "refused")]),
        ("crashes and faults", [("room.start", "failed"), ("test.fault", "failed")]),
        ("firewall events", [("register/firewall", "done")]),
        ("site entries", [("register/visitors", "done"), ("register/doors", "done")]),
        ("maintenance", [("register/maintenance", "done")]),
    ];

    [Fact]
    [Clause("6.6.1.4-a")]
    public async Task Every_event_of_the_list_is_recorded_with_time_number_and_who()
    {
        var lines = new List<JsonElement>();
        await using (var ca = await BornCa.OpenAsync())
        {
            await ca.Site.PostAsync<ActRequest, RoleEnded>(
                $"/api/ca/staff/{await IdAsync(ca.Room, ca.Operator.Name)}/end", ca.Act(ca.Administrator, ActNames.StaffEnd, $"person/{await IdAsync(ca.Room, ca.Operator.Name)}", new RoleEnd(Roles.Operator, "轮岗")));
            lines.AddRange(await LinesAsync(ca.Room));
        }

        await using (var place = await CaPlace.OpenAsync())
        {
            using var holder = Hufu.Pki.Sm2KeyPair.Generate();
            await place.IssueAsync(place.Order(holder));
            using var other = Hufu.Pki.Sm2KeyPair.Generate();
            var order = place.Order(other, "A2026112200000002");
            await Assert.ThrowsAsync<RefusedException>(() => place.IssueAsync(place.Sign(order, vetter: place.Clerk)));
            await place.Ledger.SignHeadAsync(TestContext.Current.CancellationToken);
            lines.AddRange((await File.ReadAllLinesAsync(Path.Combine(place.AuditFolder, "records.jsonl"), TestContext.Current.CancellationToken)).Select(Parse));
        }

        await using (var office = await RaOffice.OpenAsync())
        {
            using var applicant = new Applicant();
            using var refused = new Applicant();
            await office.AcceptedAsync(applicant);
            var filed = await office.SubmitAsync(refused);
            Assert.NotNull(await RaOffice.CodeOf(await office.EnterAsync(filed, office.Entry(filed, office.Vetter))));
            Assert.Null(await RaOffice.CodeOf(await office.EnterAsync(filed)));
            Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(filed, office.Decision(filed, RaOffice.Rejection("资料不符")))));
            lines.AddRange(await office.LedgerAsync());
        }

        lines.AddRange(await OfAccessAsync());
        lines.AddRange(await OfLifeAsync());

        foreach (var (what, records) in s_list)
        {
            foreach (var (act, outcome) in records)
            {
                var found = lines.Where(line => act.StartsWith("register/", StringComparison.Ordinal) ? line.GetProperty("object").GetString() == act : line.GetProperty("act").GetString() == act)
                    .Where(line => outcome == "password" ? line.GetProperty("detail").TryGetProperty("passwordChanged", out var changed) && changed.GetBoolean() : line.GetProperty("outcome").GetString() == outcome).ToList();
                Assert.True(found.Count > 0, $"6.6.1.4-a, {what}: no record of {act} ({outcome})");
                Assert.All(found, line =>
                {
                    Assert.True(line.GetProperty("sequence").GetInt64() >= 0);
                    Assert.True(DateTimeOffset.TryParse(line.GetProperty("time").GetString(), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out _));
                    Assert.NotEmpty(line.GetProperty("actor").GetString()!);
                });
            }
        }
    }

    // Passwords, sessions, registers and rights in a room with its web side.
    private static async Task<IReadOnlyList<JsonElement>> OfAccessAsync()
    {
        await using var desk = await SignInDesk.OpenAsync(more: (endpoints, context) => new StaffDesk(context, new Nobody()).MapEndpoints(endpoints));
        using var administrator = await desk.WithAccountAsync(Roles.BusinessAdministrator, "吴注管", "wu.zhuguan");
        using var clerk = await desk.WithAccountAsync(Roles.EntryClerk, "李录入", "liluru");
        using var auditor = await desk.Room.InRoleAsync(Roles.Auditor, "冯审计");
        await desk.FitAsync("李录入");
        Assert.NotNull((await desk.SignInAsync(clerk, "liluru", "wrong-1-password")).Code);
        Assert.Null((await desk.SignInAsync(clerk, "liluru", newPassword: "Lan9-zhu.ju!")).Code);
        Assert.Equal("session-missing", (await desk.CallAsync(HttpMethod.Get, "/api/ra/session", new string('a', 64))).Code);
        var id = await IdAsync(desk.Room, "李录入");
        Assert.Null(await desk.Site.RefusedAsync($"/api/ra/staff/{id}/reset", administrator.Act(Rooms.Ra, ActNames.AccountReset, $"person/{id}", new StaffReason("忘记口令"), desk.Now)));
        Assert.Null(await desk.Site.RefusedAsync($"/api/ra/staff/{id}/suspend", administrator.Act(Rooms.Ra, ActNames.StaffSuspend, $"person/{id}", new StaffReason("请假"), desk.Now)));
        foreach (var (by, allowed) in new[] { (auditor, true), (administrator, false) })
        {
            var code = await desk.Site.RefusedAsync("/api/ra/audit/records", by.Act(Rooms.Ra, ActNames.AuditRecordsRead, "ledger/ra", new RecordQuery(Rooms.Ra, 1), desk.Now));
            Assert.Equal(allowed, code is null);
        }

        var time = desk.Now.ToString("yyyy-MM-dd'T'HH:mmzzz", CultureInfo.InvariantCulture);
        foreach (var type in desk.Room.Context.Policy.Registers.Values.Where(type => type.Id is "firewall" or "visitors" or "doors" or "maintenance"))
        {
            var entry = new NewRegisterEntry(
                type.Fields.Where(field => field.Needed).ToDictionary(field => field.Id, field => field.Kind == RegisterFieldKind.Choice ? field.Choices[0] : field.Kind == RegisterFieldKind.Time ? time : "测试"), null, []);
            Assert.Null(await desk.Site.RefusedAsync($"/api/ra/registers/{type.Id}", administrator.Act(Rooms.Ra, ActNames.RegisterEntryRecord, $"register/{type.Id}", entry, desk.Now)));
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() => desk.Room.Context.Acts.RunAsync<bool>(
            administrator.Act(Rooms.Ra, ActNames.AccountUnlock, "person/x", new StaffReason("x"), desk.Now), new ExpectedAct(ActNames.AccountUnlock, "person/x"), (_, _) => throw new InvalidOperationException("a fault"), CancellationToken.None));
        return [.. (await LinesAsync(desk.Room)).Select(line => line.GetProperty("act").GetString() == ActNames.AccountUnlock && line.GetProperty("outcome").GetString() == "failed" ? Parse(line.GetRawText().Replace(ActNames.AccountUnlock, "test.fault", StringComparison.Ordinal)) : line)];
    }

    // A start, an orderly stop, a start, a crash, and the start after it.
    private static async Task<IReadOnlyList<JsonElement>> OfLifeAsync()
    {
        await using var room = await TestRoom.OpenAsync(Rooms.Ra);
        await RoomLife.StartedAsync(room.Context, CancellationToken.None);
        await RoomLife.StoppedAsync(room.Context, CancellationToken.None);
        await RoomLife.StartedAsync(room.Context, CancellationToken.None);
        await RoomLife.StartedAsync(room.Context, CancellationToken.None);
        var lines = (await LinesAsync(room)).Where(line => line.GetProperty("act").GetString()!.StartsWith("room.", StringComparison.Ordinal)).ToList();
        Assert.Equal(["room.start done", "room.stop done", "room.start done", "room.start failed"], lines.Select(line => $"{line.GetProperty("act").GetString()} {line.GetProperty("outcome").GetString()}"));
        return lines;
    }

    private static async Task<string> IdAsync(TestRoom room, string name) => (await room.Context.Database.ReadAsync(room.Context.Staff.List, CancellationToken.None)).Single(member => member.Name == name).PersonId;

    private static async Task<IReadOnlyList<JsonElement>> LinesAsync(TestRoom room) => [.. (await room.LedgerAsync()).Select(Parse)];

    private static JsonElement Parse(string line) => JsonDocument.Parse(line).RootElement.Clone();

    private sealed class Nobody : IStaffCertifier
    {
        public Task<byte[]> CertifyAsync(StaffCertification certification, CancellationToken ct) => throw new RefusedException(RefusalCode.RoomUnreachable);
    }
}
