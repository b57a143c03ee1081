using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace Hufu.Modules.Tests.Hosting;

public sealed class WebTests
{
    private static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/api/test", (SharesPresented body) => Results.Json(body, ContractJson.Options));
        endpoints.MapPost("/api/test/act", (ActRequest body) => Hufu.Governance.ActRequestPayload.PayloadBytes(body).Length);
        endpoints.MapPut("/api/test/paper", async (HttpRequest request, CancellationToken ct) => (await request.ReadBodyAsync(1000, ct)).Length).WithBodyLimit(BodyLimits.Evidence);
        endpoints.MapGet("/api/test/fault", string () => throw new FormatException("secret"));
        endpoints.MapGet("/api/test/refused", string () => throw new RefusedException(RefusalCode.CodeUsed, "昨天", "code"));
        endpoints.MapGet("/page", () => "x");
    }

    [Theory]
    [InlineData("{}", 400, "malformed")]
    [InlineData("{\"presented\":1}", 400, "malformed")]
    [InlineData("{\"presented\":1,\"needed\":2,\"colour\":3}", 400, "malformed")]
    [InlineData("{\"presented\":1,\"presented\":1,\"needed\":2}", 400, "malformed")]
    [InlineData("{\"presented\":\"1\",\"needed\":2}", 400, "malformed")]
    [InlineData("{\"presented\":1,\"needed\":2", 400, "malformed")]
    [InlineData("null", 400, "malformed")]
    [InlineData("", 400, "malformed")]
    public async Task Bad_JSON_is_refused_with_where(string body, int status, string code)
    {
        await using var site = await TestSite.StartAsync(Map);
        using var response = await site.Client.PostAsync("/api/test", new StringContent(body, Encoding.UTF8, "application/json"), CancellationToken.None);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(code, await TestSite.CodeAsync(response));
    }

    [Fact]
    public async Task Deep_and_broken_payloads_are_refused()
    {
        await using var site = await TestSite.StartAsync(Map);
        foreach (var payload in new[] { string.Concat(Enumerable.Repeat("[", 100)) + string.Concat(Enumerable.Repeat("]", 100)), "\"\xff\"" })
        {
            var bytes = Encoding.Latin1.GetBytes("{\"act\":{\"statement\":\"x\",\"signature\":\"\"},\"payload\":" + payload + "}");
            using var response = await site.Client.PostAsync("/api/test/act", new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } }, CancellationToken.None);
            Assert.Equal("malformed", await TestSite.CodeAsync(response));
        }
    }

    [Fact]
    public async Task Bodies_have_limits()
    {
        await using var site = await TestSite.StartAsync(Map);
        using (var large = await site.Client.PostAsync("/api/test", new StringContent(new string(' ', BodyLimits.Json + 1), Encoding.UTF8, "application/json"), CancellationToken.None))
        {
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
            Assert.Equal("too-large", await TestSite.CodeAsync(large));
        }

        using var paper = await site.Client.PutAsync("/api/test/paper", new ByteArrayContent(new byte[1001]), CancellationToken.None);
        Assert.Equal("too-large", await TestSite.CodeAsync(paper));
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/test/paper") { Content = new ByteArrayContent(new byte[1001]) };
        request.Headers.TransferEncodingChunked = true;
        using var chunked = await site.Client.SendAsync(request, CancellationToken.None);
        Assert.Equal("too-large", await TestSite.CodeAsync(chunked));
        Assert.Equal("1000", await (await site.Client.PutAsync("/api/test/paper", new ByteArrayContent(new byte[1000]), CancellationToken.None)).Content.ReadAsStringAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_fault_shows_nothing_but_its_id()
    {
        await using var site = await TestSite.StartAsync(Map);
        using var response = await site.Client.GetAsync("/api/test/fault", CancellationToken.None);
        var text = await response.Content.ReadAsStringAsync(CancellationToken.None);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        using var problem = JsonDocument.Parse(text);
        Assert.Equal("fault", problem.RootElement.GetProperty("code").GetString());
        Assert.Matches("^[0-9a-f]{32}$", problem.RootElement.GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("GET", "/api/nowhere", 404, "unknown-object")]
    [InlineData("DELETE", "/api/test", 405, "malformed")]
    [InlineData("GET", "/api/test/refused", 410, "code-used")]
    public async Task What_is_not_there_is_said_in_words(string method, string path, int status, string code)
    {
        await using var site = await TestSite.StartAsync(Map);
        using var response = await site.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), CancellationToken.None);
        Assert.Equal((status, code), ((int)response.StatusCode, await TestSite.CodeAsync(response)));
    }

    [Fact]
    public async Task Every_answer_carries_the_headers()
    {
        await using var site = await TestSite.StartAsync(Map);
        foreach (var path in new[] { "/page", "/api/test/refused", "/api/nowhere" })
        {
            using var response = await site.Client.GetAsync(path, CancellationToken.None);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("DENY", response.Headers.GetValues("X-Frame-Options").Single());
            Assert.StartsWith("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.False(response.Headers.Contains("Server"));
            Assert.Equal(path != "/page", response.Headers.CacheControl?.NoStore ?? false);
        }
    }

    [Fact]
    public async Task Health_is_that_of_every_room_and_inboxes_open_for_those_that_are_here()
    {
        await using var room = await TestRoom.OpenAsync(Rooms.Kmc);
        room.InstallIdentity();
        var healthy = true;
        await using var site = await TestSite.StartAsync(endpoints => endpoints.MapHufu([new Room(room.Context, () => healthy)], [room.Context]));
        using (var good = await site.Client.GetAsync("/health", CancellationToken.None))
        {
            Assert.Equal(HttpStatusCode.OK, good.StatusCode);
            using var report = JsonDocument.Parse(await good.Content.ReadAsStringAsync(CancellationToken.None));
            Assert.Equal("kmc", report.RootElement.GetProperty("rooms")[0].GetProperty("room").GetString());
            // The checks themselves are for staff who are signed in.
            Assert.Equal(0, report.RootElement.GetProperty("rooms")[0].GetProperty("checks").GetArrayLength());
        }

        healthy = false;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await site.Client.GetAsync("/health", CancellationToken.None)).StatusCode);

        Assert.Equal("unknown-object", await TestSite.CodeAsync(await site.Client.PostAsync("/inbox/ca", new ByteArrayContent([1]), CancellationToken.None)));
        Assert.Equal("message-not-authentic", await TestSite.CodeAsync(await site.Client.PostAsync("/inbox/kmc", new ByteArrayContent([1]), CancellationToken.None)));
        Assert.Equal("too-large", await TestSite.CodeAsync(await site.Client.PostAsync("/inbox/kmc", new ByteArrayContent(new byte[BodyLimits.Inbox + 1]), CancellationToken.None)));
    }

    private sealed class Room(RoomContext context, Func<bool> healthy) : IRoom
    {
        public string Name => context.Name;

        public void MapEndpoints(IEndpointRouteBuilder endpoints)
        {
        }

        public Task StartAsync(CancellationToken ct) => Task.CompletedTask;

        public Task<IReadOnlyList<RoomCheck>> CheckHealthAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<RoomCheck>>([new RoomCheck("mood", healthy(), "")]);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
