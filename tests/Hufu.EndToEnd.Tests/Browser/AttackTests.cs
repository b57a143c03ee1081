using System.Net;
using Microsoft.Playwright;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>What people try on web pages (OWASP), against the running platform.</summary>
[Collection(nameof(BrowserStage))]
public sealed class AttackTests(BrowserStage stage)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_name_with_markup_is_refused_or_shown_as_text()
    {
        IPage page = await stage.PageAsync();
        bool ran = false;
        page.Dialog += async (_, dialog) =>
        {
            ran = true;
            await dialog.DismissAsync();
        };
        await page.GotoAsync("/apply/person");
        string markup = "<img src=x onerror=alert(1)>";
        foreach (ILocator field in await page.Locator("input[name^='field.']").AllAsync())
        {
            await field.EvaluateAsync("(input, value) => { input.type = 'text'; input.removeAttribute('maxlength'); input.value = value; }", markup);
        }

        await page.FillAsync("#phrase", markup);
        await page.FillAsync("#request", markup);
        await page.CheckAsync("[name=accepted]");
        await page.ClickAsync("form button[type=submit]");
        await Assertions.Expect(page.Locator(".problem")).ToBeVisibleAsync();
        Assert.Equal(markup, await page.InputValueAsync("[name='field.personName']")); // what was typed is kept, as text
        Assert.Equal(0, await page.Locator("img[src=x]").CountAsync());
        Assert.False(ran);
    }

    [Theory]
    [InlineData("/assets/..%2f..%2f..%2fetc%2fpasswd")]
    [InlineData("/assets/../appsettings.json")]
    [InlineData("/crl/..%2f..%2fca.db.crl")]
    [InlineData("/repository/certificates/..%2f..%2fca.cer")]
    [InlineData("/ca/%2e%2e%2fdevice.pin.cer")]
    public async Task A_path_leads_nowhere_else(string path)
    {
        using HttpClient http = new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = stage.Address };
        using HttpResponseMessage answer = await http.GetAsync(path, Ct);
        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.NotFound, HttpStatusCode.BadRequest });
    }

    [Theory]
    [InlineData("/applications?lang=//evil.example")]
    [InlineData("/?lang=en&next=https://evil.example")]
    [InlineData("//evil.example/")]
    [InlineData("/applications/x?return=https://evil.example")]
    public async Task No_address_redirects_to_another_site(string path)
    {
        using HttpClient http = new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = stage.Address };
        using HttpResponseMessage answer = await http.GetAsync(new Uri(stage.Address.GetLeftPart(UriPartial.Authority) + path), Ct);
        string to = answer.Headers.Location?.ToString() ?? "";
        Assert.True(to.Length == 0 || (to.StartsWith('/') && !to.StartsWith("//", StringComparison.Ordinal)), to);
    }

    [Fact]
    public async Task A_strangers_application_does_not_open_and_a_planted_cookie_opens_nothing()
    {
        using HttpClient http = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = stage.Address };
        using HttpResponseMessage plain = await http.GetAsync("/applications/A2026112200000001", Ct);
        Assert.Equal(HttpStatusCode.Redirect, plain.StatusCode);
        using HttpRequestMessage planted = new(HttpMethod.Get, "/applications/A2026112200000001");
        planted.Headers.Add("Cookie", "hufu-A2026112200000001=00000000000000000000000000000000");
        using HttpResponseMessage refused = await http.SendAsync(planted, Ct);
        Assert.Equal(422, (int)refused.StatusCode);
    }

    [Fact]
    public async Task Every_page_and_refusal_carries_the_strict_headers()
    {
        using HttpClient http = new() { BaseAddress = stage.Address };
        foreach (string path in new[] { "/", "/desk/ra", "/api/ra/types", "/api/nothing", "/health" })
        {
            using HttpResponseMessage answer = await http.GetAsync(path, Ct);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.DoesNotContain(answer.Headers, header => header.Key is "Server" or "X-Powered-By");
        }
    }

    [Fact]
    public async Task A_form_or_a_sign_in_from_another_site_is_refused()
    {
        using HttpClient http = new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = stage.Address };
        foreach (string path in new[] { "/revoke", "/verify", "/mine", "/renew", "/recover", "/applications", "/apply/person", "/desk/figures", "/desk/statistics", "/desk/difference", "/desk/digest", "/renew/text?serial=01" })
        {
            foreach ((string header, string value) in new[] { ("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example") })
            {
                using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new FormUrlEncodedContent([KeyValuePair.Create("serial", "01")]) };
                request.Headers.Add(header, value);
                using HttpResponseMessage answer = await http.SendAsync(request, Ct);
                Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{path} with {header}: {answer.StatusCode}");
            }
        }

        using HttpRequestMessage challenge = new(HttpMethod.Post, "/api/ra/session/challenge");
        challenge.Headers.Add("Origin", "https://evil.example");
        using HttpResponseMessage refused = await http.SendAsync(challenge, Ct);
        Assert.False(refused.IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_cookie_that_was_planted_before_signing_in_is_not_the_sessions_cookie()
    {
        IPage page = await stage.StaffAsync("ra-business-administrator", "/desk/session");
        string planted = new('a', 43);
        await page.Context.AddCookiesAsync([new Microsoft.Playwright.Cookie { Name = "hufu-ra", Value = planted, Url = stage.Address.ToString() }]);
        await page.SelectOptionAsync("[name=room]", "ra");
        await page.FillAsync("[name=user]", "ra-business-administrator");
        await page.FillAsync("[name=password]", "Mei7-zhu.lan!");
        await page.ClickAsync("#session button[type=submit]");
        await Assertions.Expect(page.Locator("#s-name")).ToContainTextAsync("业务管理员");
        BrowserContextCookiesResult session = (await page.Context.CookiesAsync()).Single(cookie => cookie.Name == "hufu-ra");
        Assert.NotEqual(planted, session.Value);
        Assert.True(session.HttpOnly);
        Assert.Equal(SameSiteAttribute.Strict, session.SameSite);
        using HttpClient http = new(new HttpClientHandler { UseCookies = false }) { BaseAddress = stage.Address };
        foreach (string value in new[] { planted, "" })
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "/api/ra/staff");
            request.Headers.Add("Cookie", "hufu-ra=" + value);
            using HttpResponseMessage answer = await http.SendAsync(request, Ct);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        await page.ClickAsync("#sign-out");
    }

    public static TheoryData<string, string> FormsOfPeople => new()
    {
        { "", "/apply/person" }, { "", "/apply/organisation" }, { "", "/apply/server" }, { "", "/applications" }, { "", "/check" }, { "", "/revoke" }, { "", "/renew" }, { "", "/recover" }, { "", "/mine" }, { "", "/verify" },
        { "ra-entry-clerk", "/desk/cases" }, { "ra-entry-clerk", "/desk/search" }, { "ra-entry-clerk", "/desk/registers" }, { "ra-entry-clerk", "/desk/batch" }, { "ra-auditor", "/desk/audit" }, { "ra-business-administrator", "/desk/staff" },
        { "ra-business-administrator", "/desk/session" }, { "ca-operator", "/desk/ca" }, { "ca-business-administrator", "/desk/deeds" }, { "ca-business-administrator", "/desk/profiles?p=employee" }, { "ca-operator", "/desk/policy" }, { "kmc-operator", "/desk/kmc" },
    };

    /// <summary>Every field that people fill, whatever its type and length would allow, takes markup; nothing of it becomes part of a page, on the page itself or in what the room answers.</summary>
    [Theory, MemberData(nameof(FormsOfPeople))]
    public async Task Markup_in_every_field_that_people_fill_stays_text(string role, string path)
    {
        // The pages' policy would stop such a script: it is passed over here, so that it hides no hole.
        IPage page = role.Length == 0 ? await stage.PageAsync(foreignScript: true) : await stage.StaffAsync(role, path, foreignScript: true);
        List<string> ran = [];
        page.Dialog += async (_, dialog) =>
        {
            ran.Add(dialog.Message);
            await dialog.DismissAsync();
        };
        int forms = 1;
        for (int form = 0; form < forms; form++)
        {
            await page.GotoAsync(path);
            forms = await page.EvaluateAsync<int>(
                """
                at => {
                  const forms = [...document.querySelectorAll('main form')];
                  const form = forms[at];
                  if (!form) return forms.length;
                  form.noValidate = true;
                  for (const field of form.querySelectorAll('input, textarea')) {
                    if (['checkbox', 'radio'].includes(field.type)) { field.checked = true; continue; }
                    if (['file', 'hidden', 'submit', 'button'].includes(field.type)) continue;
                    field.type = 'text';
                    field.removeAttribute('maxlength');
                    field.value = '"><img src=x onerror=alert(1)><svg onload=alert(2)><script>alert(3)</script>';
                  }
                  (form.closest('details') ?? form).open = true;
                  setTimeout(() => form.requestSubmit(), 0);
                  return forms.length;
                }
                """, form);

            // A public form leads to a page or shows what was wrong; a staff form shows what will be signed, or says what is missing.
            if (role.Length > 0)
            {
                await page.WaitForFunctionAsync("document.getElementById('sign').open || !document.getElementById('trouble').hidden || document.readyState === 'complete'");
                await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
                if (await page.Locator("#sign-go").IsVisibleAsync())
                {
                    await page.ClickAsync("#sign-go");
                    await page.WaitForFunctionAsync("!document.getElementById('trouble').hidden || [...document.querySelectorAll('.done, #receipt')].some(done => done.textContent.trim() !== '')");
                }
            }
            else
            {
                await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            }

            await Assertions.Expect(page.Locator("img[src=x], svg[onload], main script")).ToHaveCountAsync(0); // also while a form's answer is on its way
        }

        Assert.True(forms > 0, path);
        Assert.Empty(ran);
        await page.Context.DisposeAsync();
    }

    [Fact]
    public async Task A_session_of_one_room_opens_no_door_of_another_and_a_role_sees_no_more_than_its_own()
    {
        IPage page = await stage.StaffAsync("ra-business-administrator");
        await BrowserStage.SignInAsync(page, "ra", "ra-business-administrator");
        foreach ((string path, int status) in new[] { ("/api/ra/staff", 200), ("/api/ca/staff", 401), ("/api/kmc/staff", 401), ("/api/ca/proposals", 401), ("/api/ca/backups", 401), ("/api/ca/audit/duties", 401), ("/api/kmc/session", 401) })
        {
            Assert.Equal(status, await page.EvaluateAsync<int>("async path => (await fetch(path)).status", path));
        }

        // With the page's own means, whoever has another role is told so by the room: no act that only others may do is done by opening its page.
        foreach ((string role, string path, string form) in new[]
        {
            ("ra-entry-clerk", "/desk/ca", "ca.crl.issue"), ("ra-auditor", "/desk/kmc", "kmc.keys.refill"), ("ca-operator", "/desk/kmc", "kmc.drill.run"), ("kmc-auditor", "/desk/ca", "ca.crl.issue"), ("ca-auditor", "/desk/profiles?p=employee", "ca.profile.propose"),
        })
        {
            IPage other = await stage.StaffAsync(role, path);
            ILocator act = other.Locator($"form[data-act='{form}']");
            if (await act.Locator("#text").CountAsync() > 0)
            {
                await act.Locator("#text").FillAsync("id: employee\n");
                await act.Locator("#p-words").FillAsync("no right to");
            }

            await act.Locator("button[type=submit]").ClickAsync();
            await other.ClickAsync("#sign-go");
            await Assertions.Expect(other.Locator("#trouble")).ToContainTextAsync("代码");
            await Assertions.Expect(act.Locator(".done .good")).ToHaveCountAsync(0);
            await other.Context.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_disguised_file_is_no_paper()
    {
        IPage page = await stage.PageAsync();
        await page.GotoAsync("/apply/person");
        await page.FillAsync("[name='field.personName']", "费伪装");
        await page.FillAsync("[name='field.identityNumber']", "110101199003074717");
        await page.FillAsync("[name='field.phone']", "13800138000");
        await page.FillAsync("[name='field.email']", "fei@example.cn");
        await page.ClickAsync("[data-agent=request] button");
        await Assertions.Expect(page.Locator("#request")).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("BEGIN CERTIFICATE REQUEST"));
        await page.FillAsync("#phrase", "点击也能撤销 2026");
        await page.CheckAsync("[name=accepted]");
        await page.ClickAsync("form button[type=submit]");
        foreach (byte[] content in new[] { "MZ\u0090 not a picture"u8.ToArray(), "<html><script>alert(1)</script></html>"u8.ToArray(), [] })
        {
            await page.Locator("input[type=file]").First.SetInputFilesAsync(new FilePayload { Name = "id.png", MimeType = "image/png", Buffer = content });
            await page.Locator(".form.line button").First.ClickAsync();
            await Assertions.Expect(page.Locator(".problem")).ToBeVisibleAsync();
            await Assertions.Expect(page.Locator(".form.line .good")).ToHaveCountAsync(0);
        }
    }

    [Fact]
    public async Task Markup_that_a_holder_writes_is_text_on_the_desk_of_the_key_centre()
    {
        const string Markup = "<img src=x onerror=\"document.title='ran'\"><svg onload=\"document.title='ran'\">";
        (IPage holder, _, _, string encryption) = await Journey.IssuedAsync(stage, "马标记", "ma@example.cn");
        await holder.GotoAsync("/recover?serial=" + encryption);
        await holder.FillAsync("#holder", Markup);
        await holder.FillAsync("#why", Markup);
        await holder.ClickAsync("[data-agent=request] button");
        await Assertions.Expect(holder.Locator("#request")).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("BEGIN CERTIFICATE REQUEST"));
        await holder.ClickAsync("form[method=post] button[type=submit]");
        await Assertions.Expect(holder.Locator(".state")).ToContainTextAsync("已提出");
        IPage desk = await stage.StaffAsync("kmc-operator", "/desk/kmc");
        await desk.ClickAsync("[data-cases=recovery]");
        await Assertions.Expect(desk.Locator("#cases tbody")).ToContainTextAsync("<img src=x");
        foreach (ILocator details in await desk.Locator("#cases summary").AllAsync())
        {
            await details.ClickAsync();
        }

        Assert.Equal(0, await desk.Locator("#cases img, #cases svg").CountAsync());
        Assert.DoesNotContain("ran", await desk.TitleAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_only_knows_an_address_of_the_desks_sees_nobodys_data_and_no_door_opens()
    {
        using HttpClient http = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = stage.Address };
        foreach (string path in new[] { "/desk/ra", "/desk/cases", "/desk/search", "/desk/figures", "/desk/kmc", "/desk/audit", "/desk/staff", "/desk/registers", "/desk/archive", "/desk/statistics", "/desk/backups", "/desk/session", "/desk/batch" })
        {
            string html = await http.GetStringAsync(path, Ct);
            foreach (string hidden in new[] { "林持有", "北京虎符示范", "陈录入", "褚审核" })
            {
                Assert.DoesNotContain(hidden, html, StringComparison.Ordinal);
            }
        }

        foreach (string path in new[] { "/api/ra/staff", "/api/ca/staff", "/api/kmc/staff", "/api/ra/proposals", "/api/ca/backups", "/api/ra/audit/duties", "/api/ra/session", "/api/ra/applications/A2026112200000001/looks", "/api/ra/applications/A2026112200000001", "/api/ra/applications/A2026112200000001/data" })
        {
            using HttpResponseMessage answer = await http.GetAsync(path, Ct);
            Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.NotFound });
        }

        foreach (string path in new[] { "/api/ra/queue", "/api/ra/search", "/api/ra/cases/reading", "/api/kmc/cases/read", "/api/ca/overview", "/api/ra/statistics", "/api/ra/registers/visitors/reading", "/api/ra/archive/reading", "/api/ca/facts" })
        {
            using StringContent content = new("{}", System.Text.Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await http.PostAsync(path, content, Ct);
            Assert.InRange((int)answer.StatusCode, 400, 499);
        }
    }
}
