using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Publishing;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Publishing;

/// <summary>What the facts of CA and RA make public, and nothing else.</summary>
public sealed class RepositoryTests
{
    [Fact]
    [Clause("6.2.4.2-a")]
    public async Task Facts_in_any_order_give_the_same_shelf()
    {
        await using var shelf = await PublicShelf.OpenAsync();
        int[][] orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        foreach (var order in orders)
        {
            var certificate = shelf.Certify($"次序 {string.Join("", order)}");
            var path = $"/repository/certificates/{certificate.SerialHex}.cer";
            var seen = 0;
            foreach (var fact in order)
            {
                await (fact switch
                {
                    0 => shelf.TellAsync(shelf.Ca, PublicShelf.Issued(certificate)),
                    1 => shelf.TellAsync(shelf.Ra, shelf.Accepted(certificate)),
                    _ => shelf.TellAsync(shelf.Ca, shelf.Revoked(certificate)),
                });
                seen |= 1 << fact;
                Assert.Equal((seen & 3) == 3, await shelf.GetAsync(path) is not null);
            }

            Assert.Equal(certificate.Encode(), await shelf.GetAsync(path));
            var row = Assert.Single(await SearchAsync(shelf, $"次序 {string.Join("", order)}"));
            Assert.Equal(certificate.SerialHex, row.GetProperty("serial").GetString());
            Assert.Equal("operational", row.GetProperty("ca").GetString());
            Assert.True(row.TryGetProperty("revokedAt", out _));
            Assert.Equal(certificate.NotAfter, row.GetProperty("notAfter").GetDateTimeOffset());
        }
    }

    [Fact]
    [Clause("6.2.4.2-a")]
    public async Task A_certificate_is_held_until_accepted_and_withheld_when_the_applicant_said_so()
    {
        await using var shelf = await PublicShelf.OpenAsync();
        Certificate held = shelf.Certify("未接受"), withheld = shelf.Certify("不公布"), shown = shelf.Certify("公布");
        foreach (var certificate in new[] { held, withheld, shown })
        {
            await shelf.TellAsync(shelf.Ca, PublicShelf.Issued(certificate));
        }

        await shelf.TellAsync(shelf.Ra, shelf.Accepted(withheld, publish: false));
        await shelf.TellAsync(shelf.Ra, shelf.Accepted(shown));
        await shelf.ReopenAsync();
        Assert.Null(await shelf.GetAsync($"/repository/certificates/{held.SerialHex}.cer"));
        Assert.Null(await shelf.GetAsync($"/repository/certificates/{withheld.SerialHex}.cer"));
        Assert.Equal(shown.Encode(), await shelf.GetAsync($"/repository/certificates/{shown.SerialHex}.cer"));
        Assert.Empty(await SearchAsync(shelf, "未接受"));
        Assert.Empty(await SearchAsync(shelf, "不公布"));
        Assert.Single(await SearchAsync(shelf, "公布"));
        Assert.Null(await shelf.GetAsync("/repository/certificates/00.cer"));
        Assert.Null(await shelf.GetAsync($"/repository/certificates/{new string('a', 3000)}.cer"));
    }

    [Fact]
    public async Task Where_the_operator_has_turned_the_search_off_only_who_knows_a_serial_gets_its_certificate()
    {
        await using var shelf = await PublicShelf.OpenAsync(options: new PublishingOptions { PublicSearch = false });
        var certificate = shelf.Certify("公布");
        await shelf.TellAsync(shelf.Ca, PublicShelf.Issued(certificate));
        await shelf.TellAsync(shelf.Ra, shelf.Accepted(certificate));
        Assert.Equal(certificate.Encode(), await shelf.GetAsync($"/repository/certificates/{certificate.SerialHex}.cer"));
        Assert.Null(await shelf.GetAsync($"/repository/certificates?name={Uri.EscapeDataString("公布")}"));
    }

    [Fact]
    public async Task R26_the_search_is_exact_and_pages_by_serial()
    {
        await using var shelf = await PublicShelf.OpenAsync();
        var certificates = Enumerable.Range(0, 5).Select(_ => shelf.Certify("同名公司")).ToList();
        foreach (var certificate in certificates)
        {
            await shelf.TellAsync(shelf.Ca, PublicShelf.Issued(certificate));
            await shelf.TellAsync(shelf.Ra, shelf.Accepted(certificate));
        }

        var found = new List<string>();
        for (var after = ""; ;)
        {
            var page = await SearchAsync(shelf, "同名公司", after);
            Assert.True(page.Count <= 2);
            if (page.Count == 0)
            {
                break;
            }

            found.AddRange(page.Select(row => row.GetProperty("serial").GetString()!));
            after = found[^1];
        }

        Assert.Equal(certificates.Select(certificate => certificate.SerialHex).Order(StringComparer.Ordinal), found);
        Assert.Empty(await SearchAsync(shelf, "同名"));
        foreach (var query in new[] { "?name=", $"?name={new string('x', 129)}", $"?name=x&after={new string('0', 65)}" })
        {
            using var response = await shelf.Client.GetAsync(new Uri("/repository/certificates" + query, UriKind.Relative), PublicShelf.Ct);
            Assert.Equal("field-invalid", await TestSite.CodeAsync(response));
        }

        using var nameless = await shelf.Client.GetAsync(new Uri("/repository/certificates", UriKind.Relative), PublicShelf.Ct);
        Assert.Equal("malformed", await TestSite.CodeAsync(nameless));
    }

    [Fact]
    public async Task The_newest_CRL_is_served_and_caches_may_ask_whether_it_still_is()
    {
        await using var shelf = await PublicShelf.OpenAsync();
        Assert.Null(await shelf.GetAsync("/crl/operational.crl"));
        var first = shelf.Crl(1);
        shelf.Clock.Advance(TimeSpan.FromHours(1));
        var second = shelf.Crl(2);
        await shelf.TellAsync(shelf.Ca, second);
        await shelf.TellAsync(shelf.Ca, first);
        await shelf.TellAsync(shelf.Ca, second);
        Assert.Equal(second.Der, await shelf.GetAsync("/crl/operational.crl"));
        Assert.Null(await shelf.GetAsync("/crl/root.crl"));
        Assert.Null(await shelf.GetAsync($"/crl/{new string('x', 500)}.crl"));

        using var whole = await shelf.Client.GetAsync(new Uri("/crl/operational.crl", UriKind.Relative), PublicShelf.Ct);
        Assert.Equal("application/pkix-crl", whole.Content.Headers.ContentType!.MediaType);
        Assert.Equal("\"operational-2\"", whole.Headers.ETag!.Tag);
        Assert.Equal(second.ThisUpdate, whole.Content.Headers.LastModified);
        Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(request => request.Headers.IfNoneMatch.Add(whole.Headers.ETag!)));
        Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(request => request.Headers.IfModifiedSince = second.ThisUpdate));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(request => request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"operational-1\""))));

        using var part = new HttpRequestMessage(HttpMethod.Get, "/crl/operational.crl");
        part.Headers.Range = new RangeHeaderValue(10, 19);
        using var answer = await shelf.Client.SendAsync(part, PublicShelf.Ct);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(second.Der[10..20], await answer.Content.ReadAsByteArrayAsync(PublicShelf.Ct));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, await StatusAsync(request => request.Headers.Range = new RangeHeaderValue(1 << 20, null)));

        // The next one, after a restart; and health says when none came in time.
        await shelf.ReopenAsync();
        shelf.Clock.Advance(TimeSpan.FromHours(24));
        var third = shelf.Crl(3);
        await shelf.TellAsync(shelf.Ca, third);
        Assert.Equal(third.Der, await shelf.GetAsync("/crl/operational.crl"));
        Assert.Equal(HttpStatusCode.OK, (await shelf.Client.GetAsync("/health", PublicShelf.Ct)).StatusCode);
        shelf.Clock.Set(third.NextUpdate);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await shelf.Client.GetAsync("/health", PublicShelf.Ct)).StatusCode);

        async Task<HttpStatusCode> StatusAsync(Action<HttpRequestMessage> set)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/crl/operational.crl");
            set(request);
            using var response = await shelf.Client.SendAsync(request, PublicShelf.Ct);
            return response.StatusCode;
        }
    }

    [Fact]
    [Clause("6.6.2.1-d")]
    public async Task CA_certificates_are_served_by_name_and_the_chain_leaves_the_root_out()
    {
        await using var shelf = await PublicShelf.OpenAsync();
        Assert.Null(await shelf.GetAsync("/ca/root.cer"));
        Assert.Null(await shelf.GetAsync("/repository/chain.p7b"));
        await shelf.TellAsync(shelf.Ca, new AuthorityCertified("root", shelf.Authority.Root.Encode()));
        Assert.Null(await shelf.GetAsync("/repository/chain.p7b"));
        await shelf.TellAsync(shelf.Ca, new AuthorityCertified("operational", shelf.Authority.Ca.Encode()));
        Assert.Equal(shelf.Authority.Root.Encode(), await shelf.GetAsync("/ca/root.cer"));
        Assert.Equal(shelf.Authority.Ca.Encode(), await shelf.GetAsync("/ca/operational.cer"));
        Assert.Null(await shelf.GetAsync("/ca/emperor.cer"));
        Assert.Equal([shelf.Authority.Ca.SerialHex], await ChainAsync());

        // A new certificate of the operational CA takes its name; the chain keeps both.
        using var next = new TestAuthority(shelf.Clock);
        shelf.Clock.Advance(TimeSpan.FromSeconds(1));
        await shelf.TellAsync(shelf.Ca, new AuthorityCertified("operational", next.Ca.Encode()));
        shelf.Clock.Advance(TimeSpan.FromSeconds(1));
        await shelf.TellAsync(shelf.Ca, new AuthorityCertified("operational", shelf.Authority.Ca.Encode()));
        Assert.Equal(next.Ca.Encode(), await shelf.GetAsync("/ca/operational.cer"));
        Assert.Equal(new[] { next.Ca.SerialHex, shelf.Authority.Ca.SerialHex }.Order(StringComparer.Ordinal), (await ChainAsync()).Order(StringComparer.Ordinal));

        async Task<IEnumerable<string>> ChainAsync() => CertificateBag.Decode((await shelf.GetAsync("/repository/chain.p7b"))!).Select(certificate => certificate.SerialHex);
    }

    private static async Task<IReadOnlyList<JsonElement>> SearchAsync(PublicShelf shelf, string name, string after = "")
    {
        using var document = JsonDocument.Parse(await shelf.Client.GetStringAsync(new Uri($"/repository/certificates?name={Uri.EscapeDataString(name)}&after={after}", UriKind.Relative), PublicShelf.Ct));
        return [.. document.RootElement.EnumerateArray().Select(row => row.Clone())];
    }
}
