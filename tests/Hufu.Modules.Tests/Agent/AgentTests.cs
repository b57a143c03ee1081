using System.Net;
using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Pki;
using Xunit;

namespace Hufu.Modules.Tests.Agent;

public sealed class AgentTests
{
    [Fact]
    public async Task Acts_are_shown_in_words_and_signed_by_the_token()
    {
        await using var desk = await AgentDesk.OpenAsync();
        var answer = await desk.PostAsync("/v1/acts", AgentDesk.Acts());
        var signed = answer.GetProperty("signed")[0].Deserialize<SignedAct>(ContractJson.Options)!;
        Assert.True(signed.Verify(desk.Certificate.PublicKey));
        Assert.True(ActStatement.TryParse(signed.Statement, out var statement));
        Assert.Equal((Rooms.Ca, ActNames.BackupVerify, "device/ca"), (statement.Room, statement.Act, statement.Object));
        Assert.Equal(ActStatement.Digest(Encoding.UTF8.GetBytes("{\"reason\":\"例行\"}")), statement.PayloadDigest);
        Assert.Equal(ActStatement.Digest(desk.Certificate.RawData.Span), statement.Person);
        var shown = string.Join('\n', desk.Shown);
        Assert.Contains("恢复备份并比对", shown, StringComparison.Ordinal);
        Assert.Contains("例行", shown, StringComparison.Ordinal);
        Assert.Contains(AgentDesk.Origin, shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_statements_of_this_person_about_this_payload_and_now_are_signed()
    {
        await using var desk = await AgentDesk.OpenAsync();
        var der = desk.Certificate.RawData;
        const string payload = "{\"reason\":\"x\"}";

        string Act(string act = ActNames.BackupVerify, byte[]? certificate = null, TimeSpan late = default) =>
            ActStatement.Create(Rooms.Ca, act, "device/ca", "-", Encoding.UTF8.GetBytes(payload), certificate ?? der.Span, desk.Clock.GetUtcNow() + late).ToCanonicalText();

        Assert.Null(await desk.RefusedAsync("/v1/statements", AgentDesk.Text(Act(), payload)));
        Assert.Equal("no-statement", await desk.RefusedAsync("/v1/statements", AgentDesk.Text("请签这份合同", payload)));
        Assert.Equal("no-statement", await desk.RefusedAsync("/v1/statements", AgentDesk.Text(Act() + "more: x\n", payload)));
        Assert.Equal("no-statement", await desk.RefusedAsync("/v1/statements", AgentDesk.Text(Act("moon.sell"), payload)));
        Assert.Equal("no-statement", await desk.RefusedAsync("/v1/acts", AgentDesk.Acts(act: "moon.sell")));
        Assert.Equal("other-person", await desk.RefusedAsync("/v1/statements", AgentDesk.Text(Act(certificate: [1, 2, 3]), payload)));
        Assert.Equal("statement-stale", await desk.RefusedAsync("/v1/statements", AgentDesk.Text(Act(late: TimeSpan.FromMinutes(6)), payload)));
        Assert.Equal("statement-stale", await desk.RefusedAsync("/v1/statements", AgentDesk.Text(Act(late: TimeSpan.FromMinutes(-6)), payload)));
        Assert.Equal("payload-other", await desk.RefusedAsync("/v1/statements", AgentDesk.Text(Act(), payload + " ")));
        Assert.Equal("payload-other", await desk.RefusedAsync("/v1/statements", AgentDesk.Text(Act())));
        Assert.Equal("token-unknown", await desk.RefusedAsync("/v1/acts", AgentDesk.Acts(token: "../clerk")));
        Assert.Equal("container-unknown", await desk.RefusedAsync("/v1/acts", AgentDesk.Acts(container: "other")));
        Assert.Equal("malformed", await desk.RefusedAsync("/v1/acts", new { token = "clerk", container = "staff", acts = Array.Empty<object>() }));
        Assert.Equal("malformed", await desk.RefusedAsync("/v1/acts", new { token = "clerk", colour = "blue" }));
        // Everything refused above was refused before anybody was asked; what was signed was asked for.
        Assert.Single(desk.Shown, line => line.StartsWith("──", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_sign_in_challenge_is_signed_for_the_page_that_it_was_made_for_only()
    {
        await using var desk = await AgentDesk.OpenAsync();

        string Challenge(string origin) => new SignInChallenge(Rooms.Ra, origin, new string('a', 64), desk.Clock.GetUtcNow(), new string('b', 32)).ToCanonicalText();

        var signed = (await desk.PostAsync("/v1/statements", AgentDesk.Text(Challenge(AgentDesk.Origin)))).GetProperty("signed")[0].Deserialize<SignedAct>(ContractJson.Options)!;
        Assert.True(signed.Verify(desk.Certificate.PublicKey));
        Assert.Equal("other-origin", await desk.RefusedAsync("/v1/statements", AgentDesk.Text(Challenge("http://127.0.0.1:8441"))));
        var old = Challenge(AgentDesk.Origin);
        desk.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("statement-stale", await desk.RefusedAsync("/v1/statements", AgentDesk.Text(old)));
    }

    [Fact]
    [Clause("6.6.2.2-h")]
    public async Task No_PIN_no_signature()
    {
        await using var desk = await AgentDesk.OpenAsync();
        desk.Answer = null;
        Assert.Equal("declined", await desk.RefusedAsync("/v1/acts", AgentDesk.Acts()));
        desk.Answer = "wrong-pin";
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("pin-wrong", await desk.RefusedAsync("/v1/acts", AgentDesk.Acts()));
        }

        Assert.Equal("pin-locked", await desk.RefusedAsync("/v1/acts", AgentDesk.Acts()));
        desk.Answer = AgentDesk.Pin;
        Assert.Equal("pin-locked", await desk.RefusedAsync("/v1/acts", AgentDesk.Acts()));
    }

    [Fact]
    [Clause("6.6.2.2-h")]
    public async Task A_token_is_open_as_long_as_the_agent_was_told_and_no_longer()
    {
        await using var desk = await AgentDesk.OpenAsync(TimeSpan.FromMinutes(5));
        Assert.Null(await desk.RefusedAsync("/v1/acts", AgentDesk.Acts()));
        desk.Answer = null;
        Assert.Null(await desk.RefusedAsync("/v1/acts", AgentDesk.Acts()));
        desk.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("declined", await desk.RefusedAsync("/v1/acts", AgentDesk.Acts()));
    }

    [Theory]
    [InlineData(null, "origin-not-allowed")]
    [InlineData("null", "origin-not-allowed")]
    [InlineData("http://127.0.0.1:8441", "origin-not-allowed")]
    [InlineData("https://127.0.0.1:8440", "origin-not-allowed")]
    [InlineData("http://127.0.0.1:8440.evil.example", "origin-not-allowed")]
    public async Task Pages_of_other_origins_get_nothing(string? origin, string code)
    {
        await using var desk = await AgentDesk.OpenAsync();
        foreach (var (method, path) in new[] { (HttpMethod.Get, "/v1/tokens"), (HttpMethod.Get, "/v1/status"), (HttpMethod.Options, "/v1/acts"), (HttpMethod.Post, "/v1/acts"), (HttpMethod.Get, "/nowhere") })
        {
            using var client = new HttpClient { BaseAddress = desk.Client.BaseAddress };
            using var request = new HttpRequestMessage(method, path);
            if (origin is not null)
            {
                request.Headers.Add("Origin", origin);
            }

            using var response = await client.SendAsync(request, CancellationToken.None);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
            using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(CancellationToken.None));
            Assert.Equal(code, problem.RootElement.GetProperty("code").GetString());
            Assert.NotEmpty(problem.RootElement.GetProperty("next").GetProperty("zh").GetString()!);
        }
    }

    [Fact]
    public async Task Another_name_for_this_machine_is_refused_and_preflights_are_answered()
    {
        await using var desk = await AgentDesk.OpenAsync();
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/v1/tokens") { Headers = { Host = "evil.example" } };
        using (var refused = await desk.Client.SendAsync(rebound, CancellationToken.None))
        {
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/v1/acts");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "content-type");
        preflight.Headers.Add("Access-Control-Request-Private-Network", "true");
        using var answer = await desk.Client.SendAsync(preflight, CancellationToken.None);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(AgentDesk.Origin, answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("true", answer.Headers.GetValues("Access-Control-Allow-Private-Network").Single());
        Assert.Contains("POST", answer.Headers.GetValues("Access-Control-Allow-Methods").Single(), StringComparison.Ordinal);
        Assert.Contains("Origin", answer.Headers.Vary);
        // A form cannot send JSON: what needs no preflight is not taken.
        using var form = await desk.Client.PostAsync("/v1/acts", new StringContent("{}", Encoding.UTF8, "text/plain"), CancellationToken.None);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, form.StatusCode);
        // The agent answers and hangs up without reading what is too large: a client that is still sending may lose the answer, so this one asks first (Expect: 100-continue).
        using var asks = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = desk.Client.BaseAddress };
        using var big = new HttpRequestMessage(HttpMethod.Post, "/v1/acts") { Content = new StringContent(new string(' ', (1024 * 1024) + 1), Encoding.UTF8, "application/json") };
        big.Headers.Add("Origin", AgentDesk.Origin);
        big.Headers.ExpectContinue = true;
        using var large = await asks.SendAsync(big, CancellationToken.None);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
    }

    [Fact]
    public async Task Too_many_requests_are_told_to_wait()
    {
        await using var desk = await AgentDesk.OpenAsync();
        HttpStatusCode last = default;
        for (var i = 0; i < 400 && last != HttpStatusCode.TooManyRequests; i++)
        {
            using var response = await desk.Client.GetAsync("/nowhere", CancellationToken.None);
            last = response.StatusCode;
            if (last == HttpStatusCode.TooManyRequests)
            {
                Assert.NotNull(response.Headers.RetryAfter);
            }
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
    }

    [Fact]
    [Clause("6.2.8-a")]
    public async Task A_holder_makes_a_pair_imports_what_was_issued_and_renews()
    {
        await using var desk = await AgentDesk.OpenAsync();
        var token = (await desk.PostAsync("/v1/tokens", new { label = "林持有" })).GetProperty("id").GetString()!;
        var made = await desk.PostAsync("/v1/requests", new { token, container = "pair", commonName = "林持有", @new = true });
        var request = CertificationRequest.Decode(made.GetProperty("request").GetBytesFromBase64());
        Assert.Equal(Possession.Proven, request.CheckPossession());
        Assert.Equal("key-exists", await desk.RefusedAsync("/v1/requests", new { token, container = "pair", commonName = "林持有", @new = true }));
        Assert.Equal("container-unknown", await desk.RefusedAsync("/v1/requests", new { token, container = "none", commonName = "林持有", @new = false }));

        using var scalar = Hufu.Crypto.Sm2PrivateKey.Generate();
        var signing = desk.Authority.Issue("林持有", request.PublicKey);
        var encryption = desk.Authority.Issue("林持有", SubjectPublicKeyInfo.FromSm2(scalar.PublicKey));
        var enveloped = Sm2EnvelopedKey.Create(request.PublicKey.Sm2!, scalar).Encode();
        Assert.Equal("pair-other", await desk.RefusedAsync("/v1/pairs", new { token, container = "pair", signingCertificate = desk.Certificate.Encode() }));
        var imported = await desk.PostAsync("/v1/pairs", new { token, container = "pair", signingCertificate = signing.Encode(), encryptionCertificate = encryption.Encode(), envelopedKey = enveloped });
        Assert.Equal(signing.SerialHex, imported.GetProperty("containers")[0].GetProperty("signing").GetProperty("serial").GetString());
        Assert.Equal(encryption.SerialHex, imported.GetProperty("containers")[0].GetProperty("encryption")[0].GetProperty("serial").GetString());

        var again = CertificationRequest.Decode((await desk.PostAsync("/v1/requests", new { token, container = "pair", commonName = "林持有", @new = false })).GetProperty("request").GetBytesFromBase64());
        Assert.Equal(request.PublicKey, again.PublicKey);
        var acceptance = AcceptPair.TextToSign("A2026112200000001", signing.SerialHex);
        var text = new Dictionary<string, object?>(AgentDesk.Text(acceptance)) { ["token"] = token, ["container"] = "pair" };
        Assert.True((await desk.PostAsync("/v1/statements", text)).GetProperty("signed")[0].Deserialize<SignedAct>(ContractJson.Options)!.Verify(signing.PublicKey));
        using var opened = SoftToken.Open(Path.Combine(desk.TokenFolder, token));
        Assert.Equal(["pair"], opened.Containers);
    }

    [Fact]
    public async Task Nothing_that_a_page_sends_reaches_the_terminal_as_a_command()
    {
        await using var desk = await AgentDesk.OpenAsync();
        await desk.RefusedAsync("/v1/acts", AgentDesk.Acts("{\"reason\":\"\u001b[2J\u202Etxet\U000E0041\"}"));
        Assert.NotEmpty(desk.Shown);
        Assert.DoesNotContain(desk.Shown, line => line.Any(letter => char.IsControl(letter) || letter == '\u202E') || line.Contains("\U000E0041", StringComparison.Ordinal)); // a tag, beyond the first plane
    }
}
