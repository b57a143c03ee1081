using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Modules.Tests.Governance;
using Hufu.Testing;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Modules.Tests.Hosting;

/// <summary>A room with its web side, and people who sign in to it as a browser would: cookies by hand, as nothing but a browser sends Secure ones over plain loopback.</summary>
public sealed class SignInDesk : IAsyncDisposable
{
    public const string Origin = "http://127.0.0.1:8080";
    public const string Password = "Xun7!mei-hua";

    private static readonly Lazy<Policy> Quick = new(() =>
    {
        using var folder = PolicyTests.Copy();
        PolicyTests.Change(folder, "values.yaml", "value: 100000", "value: 10");
        return Policy.Load(folder.Path);
    });

    private SignInDesk(TestRoom room, TestSite site)
    {
        Room = room;
        Site = site;
    }

    public TestRoom Room { get; }

    public TestSite Site { get; }

    public DateTimeOffset Now => Room.Clock.GetUtcNow();

    public static async Task<SignInDesk> OpenAsync(
        string room = Rooms.Ra, Action<IEndpointRouteBuilder, RoomContext>? more = null, Func<HostSettings, HostSettings>? settings = null, System.Reflection.Assembly? module = null)
    {
        var test = await TestRoom.OpenAsync(room, module, policy: Quick.Value, settings: settings);
        var site = await TestSite.StartAsync(endpoints =>
        {
            endpoints.MapHufu([], [test.Context]);
            more?.Invoke(endpoints, test.Context);
        });
        return new SignInDesk(test, site);
    }

    public async Task<TestPerson> WithAccountAsync(string role, string name, string userName, string password = Password, TimeSpan? life = null)
    {
        var person = await Room.InRoleAsync(role, name, life);
        var refused = await Site.RefusedAsync($"/api/{Room.Context.Name}/account", Opening(person, userName, password));
        return refused is null ? person : throw new InvalidOperationException(refused);
    }

    /// <summary>Puts a check and a training on record for a person, past every act: for tests that go far into the future.</summary>
    public Task FitAsync(string name) => Room.Context.Database.WriteAsync(
        session =>
        {
            var staff = Room.Context.Staff;
            var person = staff.List(session).Single(member => member.Name == name);
            staff.RecordFitness(session, person.PersonId, new FitnessRecord(FitnessKind.BackgroundCheck, Now, "x"), person);
            staff.RecordFitness(session, person.PersonId, new FitnessRecord(FitnessKind.Training, Now, "x"), person);
        },
        CancellationToken.None);

    public ActRequest Opening(TestPerson person, string userName, string password) => person.Act(
        Room.Context.Name, ActNames.AccountOpen, $"account/{userName}", new AccountOpening(userName, password, new string('a', 32)), Now);

    /// <summary>A challenge and the cookie that came with it.</summary>
    public async Task<(string Challenge, string Cookie)> ChallengeAsync()
    {
        using var response = await Site.Client.PostAsync($"/api/{Room.Context.Name}/session/challenge", null, CancellationToken.None);
        response.EnsureSuccessStatusCode();
        var made = await response.Content.ReadFromJsonAsync<ChallengeMade>(ContractJson.Options, CancellationToken.None);
        return (made!.Challenge, CookieOf(response, $"hufu-{Room.Context.Name}-sign-in"));
    }

    public static SignIn Request(TestPerson person, string challenge, string userName, string password = Password, string? newPassword = null) => new(
        userName, password, challenge, person.Key.Sign(Encoding.UTF8.GetBytes(challenge)), ActStatement.Digest(person.Certificate!.RawData.Span), newPassword);

    /// <summary>The whole sign-in; the session's cookie or the refusal's code.</summary>
    public async Task<(string? Cookie, string? Code)> SignInAsync(TestPerson person, string userName, string password = Password, string? newPassword = null)
    {
        var (challenge, cookie) = await ChallengeAsync();
        return await SendAsync(Request(person, challenge, userName, password, newPassword), cookie);
    }

    public async Task<(string? Cookie, string? Code)> SendAsync(SignIn request, string? cookie, string? origin = null)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, $"/api/{Room.Context.Name}/session") { Content = JsonContent.Create(request, options: ContractJson.Options) };
        if (cookie is not null)
        {
            message.Headers.Add("Cookie", $"hufu-{Room.Context.Name}-sign-in={cookie}");
        }

        if (origin is not null)
        {
            message.Headers.Add("Origin", origin);
        }

        using var response = await Site.Client.SendAsync(message, CancellationToken.None);
        return response.IsSuccessStatusCode ? (CookieOf(response, $"hufu-{Room.Context.Name}"), null) : (null, await TestSite.CodeAsync(response));
    }

    /// <summary>Any request in a session; the answer's body or the refusal's code.</summary>
    public async Task<(JsonElement Body, string? Code)> CallAsync(HttpMethod method, string path, string? session, object? body = null)
    {
        using var message = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: ContractJson.Options) };
        if (session is not null)
        {
            message.Headers.Add("Cookie", $"hufu-{Room.Context.Name}={session}");
        }

        using var response = await Site.Client.SendAsync(message, CancellationToken.None);
        var text = await response.Content.ReadAsStringAsync();
        if (text.Length == 0)
        {
            return (default, null);
        }

        using var document = JsonDocument.Parse(text);
        var root = document.RootElement.Clone();
        return (root, response.IsSuccessStatusCode ? null : root.GetProperty("code").GetString());
    }

    public static string CookieOf(HttpResponseMessage response, string name) =>
        response.Headers.GetValues("Set-Cookie").Single(line => line.StartsWith(name + "=", StringComparison.Ordinal)).Split(';')[0][(name.Length + 1)..];

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        await Room.DisposeAsync();
    }
}
