using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>Short messages beside mail: signed to the gateway, tried again, never with a code; or simulated and marked so.</summary>
public sealed class SmsTests
{
    [Fact]
    [Clause("6.2.3.2-a")]
    public async Task A_short_message_goes_to_the_gateway_signed_and_is_tried_again()
    {
        SubjectPublicKeyInfo? ra = null;
        var (tries, messages) = (0, new List<JsonNode>());
        await using var site = await TestSite.StartAsync(routes => routes.MapPost("/sms", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            Assert.True(ra!.Verify(AlgorithmIdentifier.Sm2WithSm3, body.ToArray(), Convert.FromBase64String(request.Headers["Hufu-Signature"]!)));
            messages.Add(JsonNode.Parse(body.ToArray())!);
            return ++tries == 1 ? Results.StatusCode(503) : Results.Ok();
        }));
        await using var office = await RaOffice.OpenAsync(change: options => options with { SmsGateway = new Uri(site.Client.BaseAddress!, "/sms") });
        ra = office.Context.Identity.Signer.PublicKey;
        using var applicant = new Applicant();
        var filed = await IssuedAsync(office, applicant);
        await office.UntilAsync(async () => await office.CountAsync("ra_notices", "channel = 'sms' AND state = 'sent'") == 1, "the message sent", TimeSpan.FromSeconds(1));
        Assert.Equal(2, messages.Count);
        Assert.Equal((string?)messages[0]["id"], (string?)messages[1]["id"]);
        Assert.Equal("13900001111", (string?)messages[1]["phone"]);
        Assert.Contains(filed, (string?)messages[1]["text"], StringComparison.Ordinal);
        Assert.DoesNotContain(await office.CodeFromMailAsync(filed), messages[1].ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_simulated_message_says_so()
    {
        using var folder = new TempFolder();
        await using var office = await RaOffice.OpenAsync(change: options => options with { SmsFolder = folder["sms"] });
        using var applicant = new Applicant();
        await IssuedAsync(office, applicant);
        await office.UntilAsync(async () => await office.CountAsync("ra_notices", "channel = 'sms' AND state = 'sent'") == 1, "the message written");
        Assert.StartsWith("【模拟短信，未真正发送】13900001111", await File.ReadAllTextAsync(Directory.GetFiles(folder["sms"], "*.txt").Single(), RaOffice.Ct), StringComparison.Ordinal);
    }

    private static async Task<string> IssuedAsync(RaOffice office, Applicant applicant)
    {
        var application = applicant.Application() with { Fields = new Dictionary<string, string>(Applicant.Fields()) { ["agentPhone"] = "13900001111" } };
        var created = await office.ApplyAsync(application);
        var filed = new Filed(created.Id, created.AccessToken, application.Profile, application.Fields, application.Request);
        await office.PutAsync(filed, "licence", RaOffice.Pdf);
        await office.PutAsync(filed, "authorisation", RaOffice.Pdf);
        await office.SubmitAsync(filed);
        await office.EnterAsync(filed);
        await office.DecideAsync(filed);
        await office.UntilStateAsync(filed, ApplicationState.Issued);
        return filed.Id;
    }
}
