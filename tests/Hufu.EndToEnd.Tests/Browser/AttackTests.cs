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
}
