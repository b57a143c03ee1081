using System.Text.Json;
using Hufu.Contracts;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Hosting;

/// <summary>What an attacker, or an administrator who is none any more, tries over HTTP: each attempt is refused with its code, nothing comes of it, and it stands in the log.</summary>
public sealed class RefusedAndLoggedTests : IAsyncLifetime
{
    private SignInDesk _desk = null!;
    private TestPerson _administrator = null!;
    private TestPerson _clerk = null!;
    private string _person = "";
    private string _other = "";

    public async ValueTask InitializeAsync()
    {
        _desk = await SignInDesk.OpenAsync();
        _administrator = await _desk.WithAccountAsync(Roles.BusinessAdministrator, "吴注管", "wu.zhuguan", life: TimeSpan.FromDays(20));
        _clerk = await _desk.WithAccountAsync(Roles.EntryClerk, "李录入", "liluru");
        using var vetter = await _desk.WithAccountAsync(Roles.Vetter, "褚审核", "chu.shenhe");
        var staff = await _desk.Room.Context.Database.ReadAsync(_desk.Room.Context.Staff.List, CancellationToken.None);
        _person = staff.Single(member => member.Name == "褚审核").PersonId;
        _other = staff.Single(member => member.Name == "李录入").PersonId;
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("sign-in-failed", (await _desk.SignInAsync(vetter, "chu.shenhe", "wrong-1-password")).Code);
            Assert.Equal("sign-in-failed", (await _desk.SignInAsync(_clerk, "liluru", "wrong-1-password")).Code);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _administrator.Dispose();
        _clerk.Dispose();
        await _desk.DisposeAsync();
    }

    [Fact]
    [Clause("6.6.1.4-g")]
    [Clause("6.6.2.5-a")]
    public async Task A_stolen_cookie()
    {
        var session = (await SignInAsync()).Cookie;
        // While its person works: with the thief's own token, and without any.
        await RefusedAsync("session-other", ActNames.AccountUnlock, () => UnlockAsync(session, Unlocking(_clerk)));
        await RefusedAsync("signature-invalid", ActNames.AccountUnlock, () => UnlockAsync(session, Unlocking(_administrator) with { Act = new SignedAct(Unlocking(_administrator).Act.Statement, _clerk.Key.Sign([1])) }));
        // After its person has signed out: for a page, and with the thief's token; each dead cookie is recorded once however often a page asks.
        Assert.Null((await _desk.CallAsync(HttpMethod.Delete, "/api/ra/session", session)).Code);
        await RefusedAsync("session-missing", "session.use", async () => (await _desk.CallAsync(HttpMethod.Get, "/api/ra/session", session)).Code);
        var lines = (await _desk.Room.LedgerAsync()).Count;
        Assert.Equal("session-missing", (await _desk.CallAsync(HttpMethod.Get, "/api/ra/session", session)).Code);
        Assert.Equal(lines, (await _desk.Room.LedgerAsync()).Count);
        await RefusedAsync("session-missing", ActNames.AccountUnlock, () => UnlockAsync(session, Unlocking(_clerk)));
    }

    [Fact]
    [Clause("6.6.1.4-g")]
    public async Task A_replayed_challenge()
    {
        var (challenge, cookie) = await _desk.ChallengeAsync();
        var request = SignInDesk.Request(_administrator, challenge, "wu.zhuguan");
        Assert.Null((await _desk.SendAsync(request, cookie)).Code);
        await RefusedAsync("statement-replayed", "session.sign-in", async () => (await _desk.SendAsync(request, cookie)).Code);
        var (second, other) = await _desk.ChallengeAsync();
        await RefusedAsync("statement-mismatch", "session.sign-in", async () => (await _desk.SendAsync(SignInDesk.Request(_administrator, second, "wu.zhuguan"), cookie)).Code);
        Assert.Null((await _desk.SendAsync(SignInDesk.Request(_administrator, second, "wu.zhuguan"), other)).Code);
    }

    [Fact]
    [Clause("6.6.1.4-g")]
    public async Task A_replayed_act_and_an_act_signed_for_another_object()
    {
        var act = Unlocking(_administrator);
        await RefusedAsync("statement-mismatch", ActNames.AccountUnlock, () => UnlockAsync(null, act, _other));
        // What was refused is used up too.
        await RefusedAsync("statement-replayed", ActNames.AccountUnlock, () => UnlockAsync(null, act));
        var fresh = Unlocking(_administrator);
        await RefusedAsync("statement-mismatch", ActNames.AccountUnlock, () => UnlockAsync(null, fresh with { Payload = JsonDocument.Parse("{\"reason\":\"另一个原因\"}").RootElement }));
        await RefusedAsync("statement-mismatch", ActNames.AccountReset, async () => (await _desk.CallAsync(HttpMethod.Post, $"/api/ra/staff/{_person}/reset", null, Unlocking(_administrator))).Code);
        var done = Unlocking(_administrator);
        Assert.Null((await _desk.CallAsync(HttpMethod.Post, $"/api/ra/staff/{_person}/unlock", null, done)).Code);
        await RefusedAsync("statement-replayed", ActNames.AccountUnlock, async () => (await _desk.CallAsync(HttpMethod.Post, $"/api/ra/staff/{_person}/unlock", null, done)).Code, nothingCame: false);
    }

    [Fact]
    [Clause("6.6.1.4-g")]
    public async Task A_clock_that_was_moved_back()
    {
        var early = Unlocking(_administrator);
        _desk.Room.Clock.Advance(TimeSpan.FromHours(2));
        await RefusedAsync("statement-stale", ActNames.AccountUnlock, () => UnlockAsync(null, early));
        Assert.Null(await UnlockAsync(null, _administrator.Act(Rooms.Ra, ActNames.AccountUnlock, $"person/{_other}", new StaffReason("本人来电"), _desk.Now), _other));
        // Now the room's clock goes back to where the old statement fits.
        _desk.Room.Clock.Advance(TimeSpan.FromHours(-2));
        await RefusedAsync("clock-behind", ActNames.AccountUnlock, () => UnlockAsync(null, Unlocking(_administrator)));
    }

    [Fact]
    [Clause("6.6.1.4-g")]
    public async Task An_administrator_whose_certificate_has_expired_or_was_revoked()
    {
        await _desk.FitAsync("吴注管");
        var session = (await SignInAsync()).Cookie;
        _desk.Room.Clock.Advance(TimeSpan.FromDays(21));
        await RefusedAsync("certificate-not-valid", "session.sign-in", async () => (await SignInAsync()).Code);
        await RefusedAsync("certificate-not-valid", ActNames.AccountUnlock, () => UnlockAsync(null, Unlocking(_administrator)));
        // The session ended with the certificate; that is on record once too.
        await RefusedAsync("session-missing", "session.use", async () => (await _desk.CallAsync(HttpMethod.Get, "/api/ra/session", session)).Code);

        using var second = await _desk.WithAccountAsync(Roles.BusinessAdministrator, "郑注管", "zheng.zhuguan");
        var open = (await _desk.SignInAsync(second, "zheng.zhuguan")).Cookie;
        Assert.Null((await _desk.CallAsync(HttpMethod.Get, "/api/ra/session", open)).Code);
        await _desk.Room.Context.Database.WriteAsync(session => _desk.Room.Context.Staff.RevokeCertificate(session, second.Certificate!.SerialHex), CancellationToken.None);
        await RefusedAsync("session-missing", "session.use", async () => (await _desk.CallAsync(HttpMethod.Get, "/api/ra/session", open)).Code);
        await RefusedAsync("certificate-not-valid", "session.sign-in", async () => (await _desk.SignInAsync(second, "zheng.zhuguan")).Code);
        await RefusedAsync("certificate-not-valid", ActNames.AccountUnlock, () => UnlockAsync(null, Unlocking(second)));
    }

    private Task<(string? Cookie, string? Code)> SignInAsync() => _desk.SignInAsync(_administrator, "wu.zhuguan");

    private ActRequest Unlocking(TestPerson by) => by.Act(Rooms.Ra, ActNames.AccountUnlock, $"person/{_person}", new StaffReason("例行"), _desk.Now);

    private async Task<string?> UnlockAsync(string? session, ActRequest request, string? person = null) =>
        (await _desk.CallAsync(HttpMethod.Post, $"/api/ra/staff/{person ?? _person}/unlock", session, request)).Code;

    /// <summary>Refused with the code; the newest line of the log says so; and the account is as locked as before.</summary>
    private async Task RefusedAsync(string code, string act, Func<Task<string?>> attempt, bool nothingCame = true)
    {
        var before = (await _desk.Room.LedgerAsync()).Count;
        Assert.Equal(code, await attempt());
        var added = (await _desk.Room.LedgerAsync()).Skip(before).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var line = Assert.Single(added, line => line.GetProperty("act").GetString() == act && line.GetProperty("outcome").GetString() == "refused");
        Assert.Contains(line.GetProperty("detail").EnumerateObject(), member => member.Value.ToString() == code || (act == "session.use" && member.Value.ToString() == "ended"));
        if (nothingCame)
        {
            var staff = await _desk.Room.Context.Database.ReadAsync(_desk.Room.Context.Staff.Register, CancellationToken.None);
            Assert.True(staff.Single(member => member.PersonId == _person).Locked);
        }
    }
}
