using System.Net.Http.Json;
using System.Text.Json;
using Hufu.Contracts;

namespace Hufu.EndToEnd.Tests.Matrix;

/// <summary>A browser's part: asks the agent to sign with a person's token, and sends what it signed to the platform.</summary>
internal sealed class MatrixDesk : IDisposable
{
    private readonly HttpClient _platform;
    private readonly HttpClient _agent;
    private readonly Dictionary<(string Room, string Role), (string Token, string Certificate)> _tokens = [];
    private readonly Dictionary<(string Room, string Role), string> _sessions = [];

    public MatrixDesk(Uri platform, Uri agent)
    {
        _platform = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = platform };
        _agent = new HttpClient { BaseAddress = agent };
        _agent.DefaultRequestHeaders.Add("Origin", platform.GetLeftPart(UriPartial.Authority));
    }

    /// <summary>Finds the demo people's tokens by room and role; any of their certificates.</summary>
    public async Task<byte[]> LoadTokensAsync()
    {
        byte[]? any = null;
        using JsonDocument list = JsonDocument.Parse(await _agent.GetStringAsync("/v1/tokens"));
        foreach (JsonElement token in list.RootElement.EnumerateArray())
        {
            string id = token.GetProperty("id").GetString()!;
            if (id.Split('-', 3) is not [var number, var room, var role] || number.Length != 2 || !token.GetProperty("containers")[0].TryGetProperty("signing", out JsonElement signing))
            {
                continue;
            }

            role = role.StartsWith(Roles.ShareHolder, StringComparison.Ordinal) ? Roles.ShareHolder : role;
            any ??= signing.GetProperty("der").GetBytesFromBase64();
            _tokens.TryAdd((room, role), (id, signing.GetProperty("digest").GetString()!));
        }

        return any ?? throw new InvalidOperationException("The agent shows no tokens.");
    }

    /// <summary>A recovery, entered by the key centre's operator, and one entered by the registration authority's clerk.</summary>
    public async Task EnterCasesAsync(MatrixObjects objects)
    {
        objects.Case = await EnterAsync(Rooms.Kmc, Roles.Operator, ActNames.KmcRecoveryEnter, MatrixCall.Of(ActNames.KmcRecoveryEnter, Rooms.Kmc, objects));
        objects.Set(Rooms.Ra, "application", "accepted", "");
        using JsonDocument agreement = JsonDocument.Parse(await _platform.GetStringAsync("/api/ra/agreement"));
        objects.Agreement = agreement.RootElement.GetProperty("version").GetString()!;
        objects.RaCase = await EnterAsync(Rooms.Ra, Roles.EntryClerk, ActNames.RaCaseEnter, MatrixCall.Entering(objects.SigningSerial));
        objects.Disclosure = await EnterAsync(Rooms.Ra, Roles.Vetter, ActNames.RaDisclosureEnter, MatrixCall.Of(ActNames.RaDisclosureEnter, Rooms.Ra, objects));
        objects.Proposal = await EnterAsync(Rooms.Ca, Roles.BusinessAdministrator, ActNames.CaProposalMake, MatrixCall.Of(ActNames.CaProposalMake, Rooms.Ca, objects));
        foreach (string room in new[] { Rooms.Ca, Rooms.Kmc, Rooms.Ra })
        {
            objects.Packages[room] = await EnterAsync(room, Roles.BusinessAdministrator, ActNames.ArchiveMake, MatrixCall.Packing(room));
        }
    }

    /// <summary>Does an act; the refusal's code, or null when it was done.</summary>
    public async Task<string?> ActAsync(string room, string role, string act, MatrixCall call, string state)
    {
        using HttpResponseMessage response = await SendAsync(await SignAsync(room, role, act, call, state), call);
        return await CodeAsync(response);
    }

    /// <summary>The generation of the key centre's storage key, as it is now.</summary>
    public async Task<string> StorageKeyAsync()
    {
        using JsonDocument state = JsonDocument.Parse(await _platform.GetStringAsync("/api/kmc/storage-key"));
        return state.RootElement.GetProperty("generation").GetRawText();
    }

    /// <summary>Seconds an appointment that another role has proposed.</summary>
    public async Task<string?> SecondAsync(string room, string role)
    {
        string first = room == Rooms.Ra ? Roles.BusinessAdministrator : role == Roles.AuditAdministrator ? Roles.SuperAdministrator : Roles.AuditAdministrator;
        MatrixCall call = MatrixCall.Appointing(room, first);
        SignedAct act = await SignAsync(room, first, ActNames.StaffAppoint, call, "-");
        if (room == Rooms.Ra && role == Roles.BusinessAdministrator)
        {
            // The only one of the role cannot second what is their own; that they may second at all, the decision says before.
            using HttpResponseMessage own = await SendAsync(act, call, await SecondOfAsync(room, role, act, call));
            return await CodeAsync(own);
        }

        using (HttpResponseMessage proposed = await SendAsync(act, call))
        {
            Assert.Equal("second-needed", await CodeAsync(proposed));
        }

        using HttpResponseMessage response = await SendAsync(act, call, await SecondOfAsync(room, role, act, call));
        return await CodeAsync(response);
    }

    /// <summary>Signs in with user name, password and token, if need be, and reads an address.</summary>
    public async Task<string?> ReadAsync(string room, string role, string password, string what)
    {
        if (!_sessions.TryGetValue((room, role), out string? session))
        {
            session = _sessions[(room, role)] = await SignInAsync(room, role, password);
        }

        using HttpRequestMessage request = new(HttpMethod.Get, $"/api/{room}/{what}") { Headers = { { "Cookie", $"hufu-{room}={session}" } } };
        using HttpResponseMessage response = await _platform.SendAsync(request);
        return await CodeAsync(response);
    }

    public void Dispose()
    {
        _platform.Dispose();
        _agent.Dispose();
    }

    private async Task<string> EnterAsync(string room, string role, string act, MatrixCall call)
    {
        using HttpResponseMessage response = await SendAsync(await SignAsync(room, role, act, call, "-"), call);
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        using JsonDocument entered = JsonDocument.Parse(body);
        return entered.RootElement.GetProperty("id").GetString()!;
    }

    private async Task<string> SignInAsync(string room, string role, string password)
    {
        using HttpResponseMessage asked = await _platform.PostAsync($"/api/{room}/session/challenge", null);
        string challenge = (await asked.Content.ReadFromJsonAsync<ChallengeMade>(ContractJson.Options))!.Challenge;
        (string token, string certificate) = _tokens[(room, role)];
        using HttpResponseMessage signed = await _agent.PostAsJsonAsync("/v1/statements", new { token, container = "staff", statements = new[] { new { text = challenge } } }, ContractJson.Options);
        SignedAct signature = await SignedAsync(signed);
        using HttpRequestMessage request = new(HttpMethod.Post, $"/api/{room}/session")
        {
            Content = JsonContent.Create(new SignIn($"{room}-{role}", password, challenge, signature.Signature, certificate, null), options: ContractJson.Options),
            Headers = { { "Cookie", CookieOf(asked) } },
        };
        using HttpResponseMessage entered = await _platform.SendAsync(request);
        Assert.True(entered.IsSuccessStatusCode, await entered.Content.ReadAsStringAsync());
        return CookieOf(entered, $"hufu-{room}=").Split('=')[1];
    }

    private Task<SignedAct> SecondOfAsync(string room, string role, SignedAct act, MatrixCall call) =>
        SignAsync(room, role, ActNames.Second, call with { Object = $"proposal/{ActStatement.Digest(System.Text.Encoding.UTF8.GetBytes(act.Statement))}" }, "-");

    private async Task<SignedAct> SignAsync(string room, string role, string act, MatrixCall call, string state)
    {
        string token = _tokens[(room, role)].Token;
        while (true)
        {
            using HttpResponseMessage response = await _agent.PostAsJsonAsync(
                "/v1/acts", new { token, container = "staff", acts = new[] { new { room, act, @object = call.Object, state, payload = call.Payload } } }, ContractJson.Options);
            if (response.StatusCode != System.Net.HttpStatusCode.TooManyRequests)
            {
                return await SignedAsync(response);
            }

            // The agent's door is narrow on purpose.
            await Task.Delay(response.Headers.RetryAfter!.Delta!.Value);
        }
    }

    private static async Task<SignedAct> SignedAsync(HttpResponseMessage response)
    {
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"The agent: {body}");
        using JsonDocument document = JsonDocument.Parse(body);
        return document.RootElement.GetProperty("signed")[0].Deserialize<SignedAct>(ContractJson.Options)!;
    }

    private Task<HttpResponseMessage> SendAsync(SignedAct act, MatrixCall call, SignedAct? second = null)
    {
        using JsonDocument payload = JsonDocument.Parse(call.Payload);
        return _platform.PostAsJsonAsync(call.Address, new ActRequest(act, payload.RootElement.Clone(), second), ContractJson.Options);
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode)
        {
            return null;
        }

        using JsonDocument problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return problem.RootElement.GetProperty("code").GetString();
    }

    private static string CookieOf(HttpResponseMessage response, string starting = "hufu-") =>
        response.Headers.GetValues("Set-Cookie").Where(line => line.StartsWith(starting, StringComparison.Ordinal)).Select(line => line.Split(';')[0]).First(line => !line.EndsWith('='));
}
