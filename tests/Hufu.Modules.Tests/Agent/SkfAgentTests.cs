using System.Net.Http.Json;
using System.Text.Json;
using Hufu.Agent;
using Hufu.Agent.Pins;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Kernel.Tests.Devices.Skf;
using Hufu.Modules.Tests.Hosting;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Agent;

/// <summary><c>hufu agent --skf LIBRARY</c> over the simulator of a maker's token, against a running room.</summary>
public sealed class SkfAgentTests : IAsyncLifetime
{
    private readonly SkfSimulator _simulator = new();
    private readonly TempFolder _folder = new();
    private readonly Person _person = new();
    private SignInDesk _desk = null!;
    private AgentServer _agent = null!;
    private HttpClient _page = null!;

    public async ValueTask InitializeAsync()
    {
        _desk = await SignInDesk.OpenAsync();
        await StartAsync(TimeSpan.Zero);
    }

    public async ValueTask DisposeAsync()
    {
        _page.Dispose();
        await _agent.DisposeAsync();
        await _desk.DisposeAsync();
        _folder.Dispose();
        _simulator.Dispose();
    }

    [Fact]
    [Clause("6.6.2.5-a")]
    [Clause("6.6.2.2-h")]
    public async Task A_person_signs_in_and_acts_with_an_SKF_token()
    {
        var token = await OnlyTokenAsync();
        Assert.Equal(("skf", "closed", 6), (token.GetProperty("kind").GetString(), token.GetProperty("state").GetString(), token.GetProperty("triesLeft").GetInt32()));
        var id = token.GetProperty("id").GetString()!;
        var certificate = await CertifiedAsync(id, "吴注管");
        Assert.Equal(certificate.SerialHex, (await OnlyTokenAsync()).GetProperty("containers")[0].GetProperty("signing").GetProperty("serial").GetString());
        await _desk.Room.EnrolAsync(Roles.BusinessAdministrator, "吴注管", certificate);

        // The account is opened, the challenge signed and an act done by the token's signatures: the gate accepts each.
        Assert.Null((await DoAsync(id, ActNames.AccountOpen, "account/wu.zhuguan", new AccountOpening("wu.zhuguan", SignInDesk.Password, new string('a', 32)), "/api/ra/account", null)).Code);
        var (challenge, cookie) = await _desk.ChallengeAsync();
        var answer = (await AskAsync("/v1/statements", new { token = id, container = "staff", statements = new object[] { new { text = challenge, payload = (string?)null } } })).GetProperty("signed")[0].Deserialize<SignedAct>(ContractJson.Options)!;
        var (session, refused) = await _desk.SendAsync(new SignIn("wu.zhuguan", SignInDesk.Password, challenge, answer.Signature, ActStatement.Digest(certificate.RawData.Span), null), cookie, SignInDesk.Origin);
        Assert.Null(refused);

        using var clerk = await _desk.WithAccountAsync(Roles.EntryClerk, "李录入", "liluru");
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("sign-in-failed", (await _desk.SignInAsync(clerk, "liluru", "wrong-1-password")).Code);
        }

        var locked = (await _desk.Room.Context.Database.ReadAsync(_desk.Room.Context.Staff.List, CancellationToken.None)).Single(member => member.Name == "李录入").PersonId;
        Assert.Null((await DoAsync(id, ActNames.AccountUnlock, $"person/{locked}", new StaffReason("本人来电"), $"/api/ra/staff/{locked}/unlock", session)).Code);
        Assert.Null((await _desk.SignInAsync(clerk, "liluru")).Code);
        Assert.Contains(await _desk.Room.LedgerAsync(), line => line.Contains($"\"act\":\"{ActNames.AccountUnlock}\"", StringComparison.Ordinal) && line.Contains("\"outcome\":\"done\"", StringComparison.Ordinal));
    }

    [Fact]
    [Clause("6.6.2.2-h")]
    public async Task A_wrong_PIN_says_how_many_tries_are_left_and_the_last_one_locks()
    {
        var id = (await OnlyTokenAsync()).GetProperty("id").GetString()!;
        await CertifiedAsync(id, "吴注管");
        _person.Answer = "654321";
        for (var left = 5; left > 0; left--)
        {
            var wrong = await AskAsync("/v1/acts", Acts(id));
            Assert.Equal("pin-wrong", wrong.GetProperty("code").GetString());
            Assert.Contains($"{left}", wrong.GetProperty("evidence").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal("pin-locked", await RefusedAsync(id));
        _person.Answer = SkfSimulator.Pin;
        Assert.Equal("pin-locked", await RefusedAsync(id));
        Assert.Equal("locked", (await OnlyTokenAsync()).GetProperty("state").GetString());
        _person.Answer = null;
    }

    [Fact]
    [Clause("6.6.2.2-h")]
    public async Task A_token_that_is_pulled_out_signs_nothing_more_even_while_it_was_kept_open()
    {
        await StartAsync(TimeSpan.FromMinutes(5));
        var id = (await OnlyTokenAsync()).GetProperty("id").GetString()!;
        await CertifiedAsync(id, "吴注管");
        _person.Answer = null;
        Assert.Null(await RefusedAsync(id));
        Assert.Equal("ready", (await OnlyTokenAsync()).GetProperty("state").GetString());
        _simulator.Pull();
        Assert.Equal("token-unknown", await RefusedAsync(id));
        Assert.Empty((await AskAsync("/v1/tokens", null)).EnumerateArray());
        _simulator.Pull(false);
        // In again: whoever holds it now is asked.
        Assert.Equal("declined", await RefusedAsync(id));
        _person.Answer = SkfSimulator.Pin;
        Assert.Null(await RefusedAsync(id));
        // Pulled out between the look and the signature: the maker's error is told as what it is.
        _person.Pull = () => _simulator.Pull();
        await StartAsync(TimeSpan.Zero);
        Assert.Equal("token-removed", await RefusedAsync(id));
        _person.Pull = null;
        _simulator.Pull(false);
        _simulator.Fail("SKF_ECCSignData");
        var fault = await AskAsync("/v1/acts", Acts(id));
        Assert.Equal("token-fault", fault.GetProperty("code").GetString());
        Assert.Contains("SKF_ECCSignData answers 0x0A000001", fault.GetProperty("evidence").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_library_that_is_none_stops_the_agent_at_its_start()
    {
        var fault = await Assert.ThrowsAsync<DeviceException>(() => AgentServer.StartAsync(Options(TimeSpan.Zero) with { SkfLibraries = [new SkfOptions { Library = "libcrypto.so.3" }] }, CancellationToken.None));
        Assert.Equal(DeviceError.DeviceMissing, fault.Error);
    }

    private static object Acts(string token) => new
    {
        token,
        container = "staff",
        acts = new object[] { new { room = Rooms.Ra, act = ActNames.BackupVerify, @object = "device/ra", state = "-", payload = "{\"reason\":\"例行\"}" } },
    };

    private AgentOptions Options(TimeSpan keptOpen) => new()
    {
        Port = 0, Origins = new HashSet<string> { SignInDesk.Origin }, TokenFolders = [_folder["tokens"]], SkfLibraries = [_simulator.Options], Prompt = _person, KeptOpen = keptOpen, Clock = _desk.Room.Clock,
    };

    private async Task StartAsync(TimeSpan keptOpen)
    {
        _page?.Dispose();
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }

        _agent = await AgentServer.StartAsync(Options(keptOpen), CancellationToken.None);
        _page = new HttpClient { BaseAddress = _agent.Address, DefaultRequestHeaders = { { "Origin", SignInDesk.Origin } } };
    }

    private async Task<JsonElement> AskAsync(string path, object? body)
    {
        using var response = body is null ? await _page.GetAsync(path, CancellationToken.None) : await _page.PostAsJsonAsync(path, body, ContractJson.Options);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }

    private async Task<JsonElement> OnlyTokenAsync() => Assert.Single((await AskAsync("/v1/tokens", null)).EnumerateArray());

    private async Task<string?> RefusedAsync(string token) => (await AskAsync("/v1/acts", Acts(token))).TryGetProperty("code", out var code) ? code.GetString() : null;

    /// <summary>A pair made in the token, its request certified, the certificate taken over.</summary>
    private async Task<Certificate> CertifiedAsync(string token, string name)
    {
        var made = await AskAsync("/v1/requests", new { token, container = "staff", commonName = name, @new = true });
        var request = CertificationRequest.Decode(made.GetProperty("request").GetBytesFromBase64());
        Assert.Equal(Possession.Proven, request.CheckPossession());
        var certificate = _desk.Room.Authority.Issue(name, request.PublicKey);
        await AskAsync("/v1/pairs", new { token, container = "staff", signingCertificate = certificate.Encode() });
        return certificate;
    }

    /// <summary>An act signed through the agent and sent to the room, as a page does it.</summary>
    private async Task<(JsonElement Body, string? Code)> DoAsync<T>(string token, string act, string @object, T payload, string path, string? session)
    {
        var text = JsonSerializer.Serialize(payload, ContractJson.Options);
        var signed = (await AskAsync("/v1/acts", new { token, container = "staff", acts = new object[] { new { room = Rooms.Ra, act, @object, state = "-", payload = text } } })).GetProperty("signed")[0];
        using var document = JsonDocument.Parse(text);
        return await _desk.CallAsync(HttpMethod.Post, path, session, new ActRequest(signed.Deserialize<SignedAct>(ContractJson.Options)!, document.RootElement.Clone()));
    }

    private sealed class Person : IPinPrompt
    {
        public string? Answer { get; set; } = SkfSimulator.Pin;

        /// <summary>What happens while the person is being asked.</summary>
        public Action? Pull { get; set; }

        public string Kind => "terminal";

        public Task<char[]?> AskAsync(PinQuestion question, CancellationToken ct)
        {
            Pull?.Invoke();
            return Task.FromResult(Answer?.ToCharArray());
        }

        public void Tell(IReadOnlyList<string> words)
        {
        }
    }
}
