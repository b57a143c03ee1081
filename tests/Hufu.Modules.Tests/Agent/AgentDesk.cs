using System.Net.Http.Json;
using System.Text.Json;
using Hufu.Agent;
using Hufu.Agent.Pins;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Pki;
using Hufu.Testing;

namespace Hufu.Modules.Tests.Agent;

/// <summary>A running agent with a clerk's token and somebody at the machine who answers its questions.</summary>
public sealed class AgentDesk : IAsyncDisposable
{
    public const string Origin = "http://127.0.0.1:8440";
    public const string Pin = "clerk-pin";

    private readonly TempFolder _folder = new();
    private AgentServer _server = null!;

    public FakeClock Clock { get; } = new();

    public TestAuthority Authority { get; private set; } = null!;

    public Certificate Certificate { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>What was shown, and what is answered next.</summary>
    public List<string> Shown { get; } = [];

    public string? Answer { get; set; } = Pin;

    public string TokenFolder => _folder["tokens"];

    public static async Task<AgentDesk> OpenAsync(TimeSpan keptOpen = default)
    {
        var desk = new AgentDesk();
        desk.Authority = new TestAuthority(desk.Clock);
        using (var token = SoftToken.Create(Path.Combine(desk.TokenFolder, "clerk"), "李录入", Pin, DeviceOptions.ForTests))
        {
            desk.Certificate = desk.Authority.Issue("李录入", token.GenerateSigningPair("staff"));
            token.ImportCertificate("staff", KeyUse.Signing, desk.Certificate);
        }

        desk._server = await AgentServer.StartAsync(
            new AgentOptions { Port = 0, Origins = new HashSet<string> { Origin }, TokenFolders = [desk.TokenFolder], Prompt = new Person(desk), KeptOpen = keptOpen, Clock = desk.Clock },
            CancellationToken.None);
        desk.Client = new HttpClient { BaseAddress = desk._server.Address };
        desk.Client.DefaultRequestHeaders.Add("Origin", Origin);
        return desk;
    }

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var response = await Client.PostAsJsonAsync(path, body, ContractJson.Options);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }

    /// <summary>The refusal's code, or null.</summary>
    public async Task<string?> RefusedAsync(string path, object body) => (await PostAsync(path, body)).TryGetProperty("code", out var code) ? code.GetString() : null;

    public static Dictionary<string, object?> Acts(string payload = "{\"reason\":\"例行\"}", string act = ActNames.BackupVerify, string container = "staff", string token = "clerk") => new()
    {
        ["token"] = token,
        ["container"] = container,
        ["acts"] = new object[] { new { room = Rooms.Ca, act, @object = "device/ca", state = "-", payload } },
    };

    public static Dictionary<string, object?> Text(string text, string? payload = null) =>
        new() { ["token"] = "clerk", ["container"] = "staff", ["statements"] = new object[] { new { text, payload } } };

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
        Authority.Dispose();
        _folder.Dispose();
    }

    private sealed class Person(AgentDesk desk) : IPinPrompt
    {
        public string Kind => "terminal";

        public Task<char[]?> AskAsync(PinQuestion question, CancellationToken ct)
        {
            Tell(question.Words);
            return Task.FromResult(desk.Answer?.ToCharArray());
        }

        public void Tell(IReadOnlyList<string> words) => desk.Shown.AddRange(words);
    }
}
