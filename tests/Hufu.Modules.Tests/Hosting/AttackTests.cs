using System.Text.Json;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Hosting;

/// <summary>Attacks on acts and sessions over HTTP: each refused, each in the log.</summary>
public sealed class AttackTests
{
    [Fact]
    [Clause("6.6.1.2-c")]
    public async Task Replayed_misdirected_and_forged_acts_are_refused_and_in_the_log()
    {
        await using var desk = await OpenAsync();
        using var administrator = await desk.Room.InRoleAsync(Roles.BusinessAdministrator, "吴注管");
        using var clerk = await desk.Room.InRoleAsync(Roles.EntryClerk, "李录入");
        using var vetter = await desk.Room.InRoleAsync(Roles.Vetter, "褚审核");
        var (id, other) = (await IdAsync(desk, "李录入"), await IdAsync(desk, "褚审核"));
        var suspend = Suspend(desk, administrator, id);

        await RefusedAsync(desk, $"/api/ra/staff/{other}/suspend", suspend, "statement-mismatch");
        // Refused, it is used up all the same: it cannot come back where it suits.
        await RefusedAsync(desk, $"/api/ra/staff/{id}/suspend", suspend, "statement-replayed");
        suspend = Suspend(desk, administrator, id);
        Assert.Null(await desk.Site.RefusedAsync($"/api/ra/staff/{id}/suspend", suspend));
        await RefusedAsync(desk, $"/api/ra/staff/{id}/suspend", suspend, "statement-replayed");
        // The same statement for another act of the same object.
        await RefusedAsync(desk, $"/api/ra/staff/{id}/end", administrator.Act(Rooms.Ra, ActNames.StaffSuspend, $"person/{id}", new RoleEnd(Roles.EntryClerk, "x"), desk.Now), "statement-mismatch");
        // Another payload under the statement, and another's key under the administrator's name.
        var fresh = Suspend(desk, administrator, other);
        await RefusedAsync(desk, $"/api/ra/staff/{other}/suspend", fresh with { Payload = JsonSerializer.SerializeToElement(new StaffReason("别的理由"), ContractJson.Options) }, "statement-mismatch");
        fresh = Suspend(desk, administrator, other);
        await RefusedAsync(desk, $"/api/ra/staff/{other}/suspend", fresh with { Act = fresh.Act with { Signature = clerk.Key.Sign(System.Text.Encoding.UTF8.GetBytes(fresh.Act.Statement)) } }, "signature-invalid");
        // Signed an hour ago, and an hour ahead.
        await RefusedAsync(desk, $"/api/ra/staff/{other}/suspend", administrator.Act(Rooms.Ra, ActNames.StaffSuspend, $"person/{other}", new StaffReason("x"), desk.Now.AddHours(-1)), "statement-stale");
        await RefusedAsync(desk, $"/api/ra/staff/{other}/suspend", administrator.Act(Rooms.Ra, ActNames.StaffSuspend, $"person/{other}", new StaffReason("x"), desk.Now.AddHours(1)), "statement-stale");
        // For another room.
        await RefusedAsync(desk, $"/api/ra/staff/{other}/suspend", administrator.Act(Rooms.Ca, ActNames.StaffSuspend, $"person/{other}", new StaffReason("x"), desk.Now), "statement-mismatch");
    }

    [Fact]
    public async Task A_clock_that_is_moved_back_makes_no_old_statement_fresh()
    {
        await using var desk = await OpenAsync();
        using var administrator = await desk.Room.InRoleAsync(Roles.BusinessAdministrator, "吴注管");
        using var clerk = await desk.Room.InRoleAsync(Roles.EntryClerk, "李录入");
        using var vetter = await desk.Room.InRoleAsync(Roles.Vetter, "褚审核");
        var (id, other) = (await IdAsync(desk, "李录入"), await IdAsync(desk, "褚审核"));
        var start = desk.Now;
        var old = Suspend(desk, administrator, id);
        Assert.Null(await desk.Site.RefusedAsync($"/api/ra/staff/{id}/suspend", old));
        Assert.Null(await desk.Site.RefusedAsync($"/api/ra/staff/{id}/resume", administrator.Act(Rooms.Ra, ActNames.StaffResume, $"person/{id}", new StaffReason("x"), desk.Now)));
        desk.Room.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Null(await desk.Site.RefusedAsync($"/api/ra/staff/{other}/suspend", Suspend(desk, administrator, other)));

        // Back to when the old statement was made: neither it nor a fresh one.
        desk.Room.Clock.Set(start.AddSeconds(1));
        await RefusedAsync(desk, $"/api/ra/staff/{id}/suspend", old, "clock-behind");
        await RefusedAsync(desk, $"/api/ra/staff/{id}/suspend", Suspend(desk, administrator, id), "clock-behind");
        // Back by as little as passes unseen: what was used is still known.
        var used = Suspend(desk, administrator, id);
        desk.Room.Clock.Set(start.AddHours(3));
        var late = Suspend(desk, administrator, id);
        Assert.Null(await desk.Site.RefusedAsync($"/api/ra/staff/{id}/suspend", late));
        for (var minutes = 1; minutes <= 5; minutes++)
        {
            desk.Room.Clock.Set(start.AddHours(3).AddMinutes(-minutes));
            await RefusedAsync(desk, $"/api/ra/staff/{id}/suspend", late, "statement-replayed");
        }

        Assert.NotEqual(used.Act.Statement, late.Act.Statement);
    }

    [Fact]
    [Clause("6.6.1.2-c")]
    public async Task An_expired_and_a_revoked_administrator_can_do_nothing()
    {
        await using var desk = await OpenAsync();
        using var administrator = await desk.WithAccountAsync(Roles.BusinessAdministrator, "吴注管", "wu.zhuguan");
        using var clerk = await desk.Room.InRoleAsync(Roles.EntryClerk, "李录入");
        var id = await IdAsync(desk, "李录入");
        var session = (await desk.SignInAsync(administrator, "wu.zhuguan")).Cookie;
        await desk.Room.Context.Database.WriteAsync(write => desk.Room.Context.Staff.RevokeCertificate(write, administrator.Certificate!.SerialHex), CancellationToken.None);
        await RefusedAsync(desk, $"/api/ra/staff/{id}/suspend", Suspend(desk, administrator, id), "certificate-not-valid");
        Assert.Equal("certificate-not-valid", (await desk.SignInAsync(administrator, "wu.zhuguan")).Code);
        Assert.Contains("\"code\":\"certificate-not-valid\"", (await desk.Room.LedgerAsync())[^1], StringComparison.Ordinal);
        // The session of before has ended with the certificate.
        Assert.Equal("session-missing", (await desk.CallAsync(HttpMethod.Get, "/api/ra/session", session)).Code);
        Assert.Contains("\"act\":\"session.use\"", (await desk.Room.LedgerAsync())[^1], StringComparison.Ordinal);

        using var second = await desk.Room.InRoleAsync(Roles.Auditor, "冯审计");
        desk.Room.Clock.Set(second.Certificate!.NotAfter.AddSeconds(1));
        await RefusedAsync(desk, $"/api/ra/staff/{await IdAsync(desk, "吴注管")}/suspend", Suspend(desk, second, await IdAsync(desk, "吴注管")), "person-suspended", "certificate-not-valid");
    }

    private static Task<SignInDesk> OpenAsync() => SignInDesk.OpenAsync(Rooms.Ra, (endpoints, context) => new StaffDesk(context, new Nobody()).MapEndpoints(endpoints));

    private static ActRequest Suspend(SignInDesk desk, TestPerson by, string person) => by.Act(Rooms.Ra, ActNames.StaffSuspend, $"person/{person}", new StaffReason("调查期间"), desk.Now);

    private static async Task<string> IdAsync(SignInDesk desk, string name) =>
        (await desk.Room.Context.Database.ReadAsync(desk.Room.Context.Staff.List, CancellationToken.None)).Single(member => member.Name == name).PersonId;

    private static async Task RefusedAsync(SignInDesk desk, string address, ActRequest request, params string[] codes)
    {
        var before = (await desk.Room.LedgerAsync()).Count;
        var code = await desk.Site.RefusedAsync(address, request);
        Assert.Contains(code, codes);
        var added = (await desk.Room.LedgerAsync()).Skip(before).ToList();
        Assert.Contains(added, line => line.Contains($"\"code\":\"{code}\"", StringComparison.Ordinal) && line.Contains("\"outcome\":\"refused\"", StringComparison.Ordinal));
    }

    private sealed class Nobody : IStaffCertifier
    {
        public Task<byte[]> CertifyAsync(StaffCertification certification, CancellationToken ct) => throw new RefusedException(RefusalCode.RoomUnreachable);
    }
}
