using System.Net.Http.Json;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hufu.Testing;

/// <summary>A real listener on a free loopback port with the platform's web side, and a client to it.</summary>
public sealed class TestSite : IAsyncDisposable
{
    // One client plays everybody, as fast as the machine is: the doors' own limits are tests of their own (DoorTests), here they would count the machine's speed.
    private static readonly DoorLimits Open = new()
    {
        AddressBurst = 1_000_000, AddressPerSecond = 1_000_000, TotalBurst = 1_000_000, TotalPerSecond = 1_000_000, SignInBurst = 1_000_000, SignInPerSecond = 1_000_000,
    };

    private readonly WebApplication _app;

    private TestSite(WebApplication app, HttpClient client)
    {
        _app = app;
        Client = client;
    }

    public HttpClient Client { get; }

    public static async Task<TestSite> StartAsync(Action<IEndpointRouteBuilder> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddHufuWeb(Open);
        var app = builder.Build();
        app.UseHufuWeb();
        map(app);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new TestSite(app, new HttpClient { BaseAddress = new Uri(address) });
    }

    public Task<HttpResponseMessage> PostAsync<T>(string path, T body) => Client.PostAsJsonAsync(path, body, ContractJson.Options);

    /// <summary>Posts and reads the answer, which must be a success.</summary>
    public async Task<TAnswer> PostAsync<T, TAnswer>(string path, T body)
    {
        using var response = await PostAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? JsonSerializer.Deserialize<TAnswer>(text, ContractJson.Options)! : throw new InvalidOperationException($"{(int)response.StatusCode}: {text}");
    }

    /// <summary>Posts and reads the refusal's code in kebab-case; null when it succeeded.</summary>
    public async Task<string?> RefusedAsync<T>(string path, T body)
    {
        using var response = await PostAsync(path, body);
        return response.IsSuccessStatusCode ? null : await CodeAsync(response);
    }

    /// <summary>The code of a problem.</summary>
    public static async Task<string?> CodeAsync(HttpResponseMessage response)
    {
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return problem.RootElement.GetProperty("code").GetString();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
