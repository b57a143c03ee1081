using System.Net;
using System.Net.Http.Headers;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.AspNetCore.Hosting;
using Xunit;

namespace Hufu.Modules.Tests.Hosting;

[Collection("the process's secure state")]
public sealed class DoorTests
{
    [Fact]
    public async Task Doors_that_change_something_are_open_so_often_and_reading_is_not_counted()
    {
        await using var app = await StartAsync(new DoorLimits { AddressBurst = 5, AddressPerSecond = 1 });
        using var client = Client(app);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/api/test", null, CancellationToken.None)).StatusCode);
        }

        using var refused = await client.PostAsync("/api/test", null, CancellationToken.None);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("too-many-requests", await TestSite.CodeAsync(refused));
        Assert.True(refused.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/test", CancellationToken.None)).StatusCode);
        }
    }

    [Fact]
    public async Task Sign_in_has_a_narrower_door_of_its_own_and_all_addresses_together_one_too()
    {
        await using var app = await StartAsync(new DoorLimits { SignInBurst = 2, TotalBurst = 4, TotalPerSecond = 1 });
        using var client = Client(app);
        Assert.True((await client.PostAsync("/api/ra/session", null, CancellationToken.None)).IsSuccessStatusCode);
        Assert.True((await client.PostAsync("/api/ra/session/challenge", null, CancellationToken.None)).IsSuccessStatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await client.PostAsync("/api/ra/session", null, CancellationToken.None)).StatusCode);
        Assert.True((await client.PostAsync("/api/test", null, CancellationToken.None)).IsSuccessStatusCode);
        Assert.True((await client.PostAsync("/api/test", null, CancellationToken.None)).IsSuccessStatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await client.PostAsync("/api/test", null, CancellationToken.None)).StatusCode);
    }

    [Theory]
    [InlineData("GET", "/nowhere", HttpStatusCode.NotFound, "请")]
    [InlineData("POST", "/page", HttpStatusCode.MethodNotAllowed, "请")]
    public async Task People_with_a_browser_get_words(string method, string path, HttpStatusCode status, string words)
    {
        await using var app = await StartAsync(new DoorLimits());
        using var client = Client(app);
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Headers = { Accept = { new MediaTypeWithQualityHeaderValue("text/html") } } };
        using var response = await client.SendAsync(request, CancellationToken.None);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(words, await response.Content.ReadAsStringAsync(CancellationToken.None), StringComparison.Ordinal);
        // An interface gets no page.
        Assert.Null((await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), CancellationToken.None)).Content.Headers.ContentType);
    }

    [Fact]
    public async Task After_a_failed_self_test_nothing_is_taken()
    {
        await using var room = await TestRoom.OpenAsync(Rooms.Ca);
        room.InstallIdentity();
        Assert.All(SelfTest.Run([room.Context]), result => Assert.True(result.Passed, $"{result.Name}: {result.What}"));
        await using var app = await StartAsync(new DoorLimits());
        using var client = Client(app);
        SelfTest.Set(true);
        try
        {
            Assert.Equal("device-unavailable", await TestSite.CodeAsync(await client.PostAsync("/api/test", null, CancellationToken.None)));
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/test", CancellationToken.None)).StatusCode);
            Assert.False((await HufuWeb.HealthAsync([], [], CancellationToken.None)).Healthy);
        }
        finally
        {
            SelfTest.Set(false);
        }

        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/api/test", null, CancellationToken.None)).StatusCode);
    }

    private static async Task<WebApplication> StartAsync(DoorLimits limits)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddHufuWeb(limits);
        var app = builder.Build();
        app.UseHufuWeb();
        app.MapPost("/api/test", () => "x");
        app.MapGet("/api/test", () => "x");
        app.MapGet("/page", () => "x");
        app.MapPost("/api/ra/session", () => "x");
        app.MapPost("/api/ra/session/challenge", () => "x");
        await app.StartAsync();
        return app;
    }

    private static HttpClient Client(WebApplication app) => new() { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };
}
