using System.Text.Json;
using Hufu.Contracts;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Hosting;

public sealed class SignInTests
{
    [Fact]
    [Clause("6.6.2.5-a")]
    public async Task Staff_sign_in_with_user_name_password_and_certificate()
    {
        await using var desk = await SignInDesk.OpenAsync();
        using var clerk = await desk.WithAccountAsync(Roles.EntryClerk, "李录入", "liluru");
        using var other = await desk.WithAccountAsync(Roles.Vetter, "褚审核", "chu.shenhe");

        Assert.Equal("sign-in-failed", (await desk.SignInAsync(clerk, "liluru", "Xun7!mei-hub")).Code);
        Assert.Equal("sign-in-failed", (await desk.SignInAsync(clerk, "nobody")).Code);
        // Another's user name and password with one's own token, and the other way round: neither opens.
        Assert.Equal("sign-in-failed", (await desk.SignInAsync(other, "liluru")).Code);
        Assert.Equal("sign-in-failed", (await desk.SignInAsync(clerk, "chu.shenhe")).Code);
        using var stranger = desk.Room.Authority.Person("路人甲");
        Assert.Equal("person-unknown", (await desk.SignInAsync(stranger, "liluru")).Code);
        var (challenge, cookie) = await desk.ChallengeAsync();
        Assert.Equal("signature-invalid", (await desk.SendAsync(SignInDesk.Request(clerk, challenge, "liluru") with { Signature = other.Key.Sign([1]) }, cookie)).Code);

        var (session, code) = await desk.SignInAsync(clerk, "liluru");
        Assert.Null(code);
        var (info, _) = await desk.CallAsync(HttpMethod.Get, "/api/ra/session", session);
        Assert.Equal("李录入", info.GetProperty("name").GetString());
        Assert.Equal("录入员", info.GetProperty("roles")[0].GetProperty("zh").GetString());
        var acts = info.GetProperty("acts").Deserialize<List<ActRight>>(ContractJson.Options)!;
        Assert.True(acts.Single(act => act.Act == ActNames.RaApplicationEnter).Allowed);
        var approve = acts.Single(act => act.Act == ActNames.RaApplicationApprove);
        Assert.Equal((false, "role-missing"), (approve.Allowed, approve.Code));
        Assert.Equal("审核员", approve.Who.Single().Zh);
        Assert.Contains("审核员", approve.Reason, StringComparison.Ordinal);

        var log = string.Join('\n', await desk.Room.LedgerAsync());
        Assert.Equal(6, log.Split("\"act\":\"session.sign-in\",").Length - 1 - 1);
        Assert.DoesNotContain(SignInDesk.Password, log, StringComparison.Ordinal);
        Assert.DoesNotContain(session!, log, StringComparison.Ordinal);
    }

    [Fact]
    [Clause("6.6.2.5-a")]
    public async Task A_challenge_is_good_once_for_one_browser_one_site_and_two_minutes()
    {
        await using var desk = await SignInDesk.OpenAsync();
        using var clerk = await desk.WithAccountAsync(Roles.EntryClerk, "李录入", "liluru");
        var (challenge, cookie) = await desk.ChallengeAsync();
        var request = SignInDesk.Request(clerk, challenge, "liluru");
        Assert.Equal("statement-mismatch", (await desk.SendAsync(request, null)).Code);
        Assert.Equal("statement-mismatch", (await desk.SendAsync(request, new string('0', 64))).Code);
        Assert.Equal("message-not-allowed", (await desk.SendAsync(request, cookie, "http://evil.example")).Code);
        var elsewhere = challenge.Replace("127.0.0.1", "127.0.0.2", StringComparison.Ordinal);
        Assert.Equal("malformed", (await desk.SendAsync(SignInDesk.Request(clerk, elsewhere, "liluru"), cookie)).Code);
        Assert.Null((await desk.SendAsync(request, cookie, SignInDesk.Origin)).Code);
        Assert.Equal("statement-replayed", (await desk.SendAsync(request, cookie)).Code);

        var (late, lateCookie) = await desk.ChallengeAsync();
        desk.Room.Clock.Advance(TimeSpan.FromMinutes(2) + TimeSpan.FromSeconds(1));
        Assert.Equal("statement-stale", (await desk.SendAsync(SignInDesk.Request(clerk, late, "liluru"), lateCookie)).Code);
        desk.Room.Clock.Advance(TimeSpan.FromMinutes(-10));
        Assert.Equal("statement-stale", (await desk.SendAsync(SignInDesk.Request(clerk, late, "liluru"), lateCookie)).Code);
    }

    [Fact]
    [Clause("6.6.2.5-a")]
    public async Task The_cookie_is_secure_changes_at_sign_in_and_ends_with_sign_out_idling_and_time()
    {
        await using var desk = await SignInDesk.OpenAsync();
        using var clerk = await desk.WithAccountAsync(Roles.EntryClerk, "李录入", "liluru");
        var (challenge, before) = await desk.ChallengeAsync();
        using var message = new HttpRequestMessage(HttpMethod.Post, "/api/ra/session")
        {
            Content = System.Net.Http.Json.JsonContent.Create(SignInDesk.Request(clerk, challenge, "liluru"), options: ContractJson.Options),
            Headers = { { "Cookie", $"hufu-ra-sign-in={before}; hufu-ra={before}" } },
        };
        using var response = await desk.Site.Client.SendAsync(message, CancellationToken.None);
        var line = response.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith("hufu-ra=", StringComparison.Ordinal));
        Assert.Contains("secure", line, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("httponly", line, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", line, StringComparison.OrdinalIgnoreCase);
        var session = SignInDesk.CookieOf(response, "hufu-ra");
        Assert.NotEqual(before, session);
        Assert.Equal("session-missing", (await desk.CallAsync(HttpMethod.Get, "/api/ra/session", before)).Code);

        Assert.Null((await desk.CallAsync(HttpMethod.Get, "/api/ra/session", session)).Code);
        Assert.Null((await desk.CallAsync(HttpMethod.Delete, "/api/ra/session", session)).Code);
        Assert.Equal("session-missing", (await desk.CallAsync(HttpMethod.Get, "/api/ra/session", session)).Code);

        // Idle for fifteen minutes: ended. Kept busy, it ends after eight hours.
        var idle = (await desk.SignInAsync(clerk, "liluru")).Cookie;
        desk.Room.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal("session-missing", (await desk.CallAsync(HttpMethod.Get, "/api/ra/session", idle)).Code);
        var busy = (await desk.SignInAsync(clerk, "liluru")).Cookie;
        for (var i = 0; i < 34; i++)
        {
            desk.Room.Clock.Advance(TimeSpan.FromMinutes(14));
            Assert.Null((await desk.CallAsync(HttpMethod.Get, "/api/ra/session", busy)).Code);
        }

        desk.Room.Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal("session-missing", (await desk.CallAsync(HttpMethod.Get, "/api/ra/session", busy)).Code);
        // Who signs in again has one session, the new one.
        var first = (await desk.SignInAsync(clerk, "liluru")).Cookie;
        var second = (await desk.SignInAsync(clerk, "liluru")).Cookie;
        Assert.Equal("session-missing", (await desk.CallAsync(HttpMethod.Get, "/api/ra/session", first)).Code);
        Assert.Null((await desk.CallAsync(HttpMethod.Get, "/api/ra/session", second)).Code);
    }

    [Fact]
    [Clause("6.6.2.5-a")]
    public async Task A_stolen_cookie_does_nothing_without_its_persons_token()
    {
        await using var desk = await SignInDesk.OpenAsync();
        using var administrator = await desk.WithAccountAsync(Roles.BusinessAdministrator, "吴注管", "wu.zhuguan");
        using var thief = await desk.WithAccountAsync(Roles.EntryClerk, "李录入", "liluru");
        using var third = await desk.WithAccountAsync(Roles.Vetter, "褚审核", "chu.shenhe");
        await LockAsync(desk, third, "chu.shenhe");
        var person = (await desk.Room.Context.Database.ReadAsync(desk.Room.Context.Staff.List, CancellationToken.None)).Single(member => member.Name == "褚审核").PersonId;
        var session = (await desk.SignInAsync(administrator, "wu.zhuguan")).Cookie;

        ActRequest Unlock(TestPerson by) => by.Act(Rooms.Ra, ActNames.AccountUnlock, $"person/{person}", new StaffReason("本人来电"), desk.Now);

        Assert.Equal("session-other", (await desk.CallAsync(HttpMethod.Post, $"/api/ra/staff/{person}/unlock", session, Unlock(thief))).Code);
        Assert.Contains("\"code\":\"session-other\"", (await desk.Room.LedgerAsync())[^1], StringComparison.Ordinal);
        Assert.Equal("session-missing", (await desk.CallAsync(HttpMethod.Post, $"/api/ra/staff/{person}/unlock", new string('0', 64), Unlock(administrator))).Code);
        Assert.Null((await desk.CallAsync(HttpMethod.Post, $"/api/ra/staff/{person}/unlock", session, Unlock(administrator))).Code);
        Assert.Null((await desk.SignInAsync(third, "chu.shenhe")).Code);
    }

    [Fact]
    [Clause("6.6.2.5-a")]
    public async Task Five_wrong_passwords_lock_the_account_until_an_administrator_unlocks_it()
    {
        await using var desk = await SignInDesk.OpenAsync();
        using var administrator = await desk.WithAccountAsync(Roles.BusinessAdministrator, "吴注管", "wu.zhuguan");
        using var clerk = await desk.WithAccountAsync(Roles.EntryClerk, "李录入", "liluru");
        var session = (await desk.SignInAsync(clerk, "liluru")).Cookie;
        await LockAsync(desk, clerk, "liluru");
        Assert.Equal("account-locked", (await desk.SignInAsync(clerk, "liluru")).Code);
        Assert.Equal("session-missing", (await desk.CallAsync(HttpMethod.Get, "/api/ra/session", session)).Code);
        var person = (await desk.Room.Context.Database.ReadAsync(desk.Room.Context.Staff.List, CancellationToken.None)).Single(member => member.Name == "李录入").PersonId;

        Task<string?> Refused(TestPerson by, string act, string address) =>
            desk.Site.RefusedAsync($"/api/ra/staff/{person}/{address}", by.Act(Rooms.Ra, act, $"person/{person}", new StaffReason("来电"), desk.Now));

        Assert.Equal("role-missing", await Refused(clerk, ActNames.AccountUnlock, "unlock"));
        Assert.Null(await Refused(administrator, ActNames.AccountUnlock, "unlock"));
        Assert.Equal("state-wrong", await Refused(administrator, ActNames.AccountUnlock, "unlock"));
        Assert.Null((await desk.SignInAsync(clerk, "liluru")).Code);

        // A forgotten password: the account is closed, and opened by its person's own token with another password.
        Assert.Null(await Refused(administrator, ActNames.AccountReset, "reset"));
        Assert.Equal("sign-in-failed", (await desk.SignInAsync(clerk, "liluru")).Code);
        Assert.Equal("password-unfit", await desk.Site.RefusedAsync("/api/ra/account", desk.Opening(clerk, "liluru", SignInDesk.Password)));
        Assert.Null(await desk.Site.RefusedAsync("/api/ra/account", desk.Opening(clerk, "liluru", "Lan9-zhu.ju!")));
        Assert.Null((await desk.SignInAsync(clerk, "liluru", "Lan9-zhu.ju!")).Code);
    }

    [Fact]
    [Clause("6.6.2.4-b")]
    public async Task A_password_is_changed_after_three_months_at_the_latest_and_does_not_come_back()
    {
        await using var desk = await SignInDesk.OpenAsync();
        using var clerk = await desk.WithAccountAsync(Roles.EntryClerk, "李录入", "liluru");
        await desk.FitAsync("李录入");
        desk.Room.Clock.Set(new DateTimeOffset(2027, 2, 22, 6, 29, 59, TimeSpan.Zero));
        Assert.Null((await desk.SignInAsync(clerk, "liluru")).Code);
        desk.Room.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("password-expired", (await desk.SignInAsync(clerk, "liluru")).Code);
        Assert.Equal("password-unfit", (await desk.SignInAsync(clerk, "liluru", newPassword: SignInDesk.Password)).Code);
        Assert.Equal("password-unfit", (await desk.SignInAsync(clerk, "liluru", newPassword: "short1")).Code);
        Assert.Equal("sign-in-failed", (await desk.SignInAsync(clerk, "liluru", "wrong-1-password", "Lan9-zhu.ju!")).Code);
        Assert.Null((await desk.SignInAsync(clerk, "liluru", newPassword: "Lan9-zhu.ju!")).Code);
        Assert.Equal("sign-in-failed", (await desk.SignInAsync(clerk, "liluru")).Code);
        // Five others before the first may come back.
        var present = "Lan9-zhu.ju!";
        desk.Room.Clock.Advance(TimeSpan.FromMinutes(1));
        foreach (var next in new[] { "Song1-bai.mei", "Song2-bai.mei", "Song3-bai.mei", "Song4-bai.mei" })
        {
            Assert.Equal("password-unfit", (await desk.SignInAsync(clerk, "liluru", present, SignInDesk.Password)).Code);
            Assert.Null((await desk.SignInAsync(clerk, "liluru", present, next)).Code);
            present = next;
            desk.Room.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Null((await desk.SignInAsync(clerk, "liluru", present, "Song5-bai.mei")).Code);
        Assert.Null((await desk.SignInAsync(clerk, "liluru", "Song5-bai.mei", SignInDesk.Password)).Code);
    }

    [Theory]
    [Clause("6.6.2.4-a")]
    [InlineData("Ab1!xyz", "length")]
    [InlineData("abcdefgh", "letter and a digit")]
    [InlineData("12345678", "letter and a digit")]
    [InlineData("a1a1a1a1a1", "different")]
    [InlineData("abcd1111efg", "in a row")]
    [InlineData("x9李录入yzw2", "your name")]
    [InlineData("9-lilu-zw2x", "part of the user name")]
    [InlineData("9-URUL-zw2x", "part of the user name")]
    public async Task A_password_meets_the_rules(string password, string complaint)
    {
        await using var desk = await SignInDesk.OpenAsync();
        using var clerk = await desk.Room.InRoleAsync(Roles.EntryClerk, "李录入");
        using var response = await desk.Site.PostAsync("/api/ra/account", desk.Opening(clerk, "liluru", password));
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(CancellationToken.None)).RootElement;
        Assert.Equal("password-unfit", problem.GetProperty("code").GetString());
        Assert.Contains(complaint, problem.GetProperty("evidence").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_is_ones_own_and_its_user_name_nobody_elses()
    {
        await using var desk = await SignInDesk.OpenAsync();
        using var clerk = await desk.WithAccountAsync(Roles.EntryClerk, "李录入", "liluru");
        using var vetter = await desk.Room.InRoleAsync(Roles.Vetter, "褚审核");
        Assert.Equal("state-wrong", await desk.Site.RefusedAsync("/api/ra/account", desk.Opening(clerk, "other", SignInDesk.Password)));
        Assert.Equal("field-invalid", await desk.Site.RefusedAsync("/api/ra/account", desk.Opening(vetter, "liluru", SignInDesk.Password)));
        Assert.Equal("field-invalid", await desk.Site.RefusedAsync("/api/ra/account", desk.Opening(vetter, "Chu", SignInDesk.Password)));
        var open = new AccountOpening("chu", SignInDesk.Password, "");
        Assert.Equal("field-invalid", await desk.Site.RefusedAsync("/api/ra/account", vetter.Act(Rooms.Ra, ActNames.AccountOpen, "account/chu", open, desk.Now)));
        Assert.Equal("sign-in-failed", (await desk.SignInAsync(vetter, "chu")).Code);
        Assert.DoesNotContain(SignInDesk.Password, string.Join('\n', await desk.Room.LedgerAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rubbish_that_nobody_signed_does_not_fill_the_log()
    {
        await using var desk = await SignInDesk.OpenAsync();
        using var clerk = await desk.WithAccountAsync(Roles.EntryClerk, "李录入", "liluru");
        var before = (await desk.Room.LedgerAsync()).Count;
        using var stranger = desk.Room.Authority.Person("路人甲");
        for (var i = 0; i < 100; i++)
        {
            Assert.NotNull(await desk.Site.RefusedAsync("/api/ra/account", desk.Opening(stranger, "liluru", SignInDesk.Password)));
        }

        Assert.Equal(before + 60, (await desk.Room.LedgerAsync()).Count);
        // Whoever signs is always recorded; and what was left out is counted.
        Assert.Equal("sign-in-failed", (await desk.SignInAsync(clerk, "liluru", "wrong-1-password")).Code);
        Assert.Equal(before + 61, (await desk.Room.LedgerAsync()).Count);
        desk.Room.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.NotNull(await desk.Site.RefusedAsync("/api/ra/account", desk.Opening(stranger, "liluru", SignInDesk.Password)));
        Assert.Contains("\"unrecordedBefore\":40", (await desk.Room.LedgerAsync())[^1], StringComparison.Ordinal);
    }

    private static async Task LockAsync(SignInDesk desk, TestPerson person, string userName)
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("sign-in-failed", (await desk.SignInAsync(person, userName, "wrong-1-password")).Code);
        }
    }
}
