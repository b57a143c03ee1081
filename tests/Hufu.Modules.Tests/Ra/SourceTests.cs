using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>Third-party sources: signed both ways, simulated ones say so, an outage is a matter for people; control of a domain; the malware hook.</summary>
public sealed class SourceTests
{
    [Fact]
    [Clause("6.1.3.2-b")]
    public async Task A_source_is_asked_signed_and_its_answer_kept_and_an_outage_never_approves()
    {
        using Sm2KeyPair source = Sm2KeyPair.Generate(), other = Sm2KeyPair.Generate();
        var (signer, outcome, asked) = (source, SourceOutcome.Match, new List<SourceRequest>());
        SubjectPublicKeyInfo? ra = null;
        await using var site = await TestSite.StartAsync(routes => routes.MapPost("/ask", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            Assert.True(ra!.Verify(AlgorithmIdentifier.Sm2WithSm3, body.ToArray(), Convert.FromBase64String(request.Headers["Hufu-Signature"]!)));
            var question = JsonSerializer.Deserialize<SourceRequest>(body.ToArray(), ContractJson.Options)!;
            asked.Add(question);
            var reply = JsonSerializer.SerializeToUtf8Bytes(new SourceReply(question.Nonce, outcome, false, "工商登记一致"), ContractJson.Options);
            request.HttpContext.Response.Headers["Hufu-Signature"] = Convert.ToBase64String(signer.Sign(reply));
            return Results.Bytes(reply, "application/json");
        }));
        var address = new SourceAddress(new Uri(site.Client.BaseAddress!, "/ask"), Convert.ToBase64String(source.PublicKey.Encode()));
        await using var office = await RaOffice.OpenAsync(change: options => options with { Sources = new Dictionary<string, SourceAddress> { ["business-register"] = address } });
        ra = office.Context.Identity.Signer.PublicKey;
        using var applicant = new Applicant();
        var filed = await office.SubmitAsync(applicant);
        Assert.Equal("state-wrong", await RefusedAsync(office, filed, "business-register", "submitted"));
        await office.EnterAsync(filed);
        var answer = await AskAsync(office, filed, "business-register");
        Assert.Equal((SourceOutcome.Match, false, "工商登记一致"), (answer.Outcome, answer.Simulated, answer.What));
        Assert.Equal(["creditCode", "organisationName"], asked.Single().Fields.Keys.Order(StringComparer.Ordinal));

        // The page knows which sources there are, what each would be told, and what they have said.
        var file = await office.Site.PostAsync<ActRequest, ApplicationFile>(
            $"/api/ra/applications/{filed.Id}/reading", office.Vetter.Act(Rooms.Ra, ActNames.RaApplicationRead, $"application/{filed.Id}", new ReadingPurpose("审核"), office.Clock.GetUtcNow(), $"entered/{filed.Digest}"));
        Assert.Equal([answer], file.Sources);
        var known = Assert.Single(file.SourcesToAsk!);
        Assert.Equal(("business-register", SourceReach.Configured), (known.Source, known.Reach));
        Assert.Equal(["creditCode", "organisationName"], known.Fields.Order(StringComparer.Ordinal));

        // Another's signature, an outage, a source that is not configured: unavailable, and the application waits as it did.
        signer = other;
        Assert.Equal(SourceOutcome.Unavailable, (await AskAsync(office, filed, "business-register")).Outcome);
        Assert.Equal(SourceOutcome.Unavailable, (await AskAsync(office, filed, "citizen-identity")).Outcome);
        await site.DisposeAsync();
        Assert.Equal(SourceOutcome.Unavailable, (await AskAsync(office, filed, "business-register")).Outcome);
        Assert.Equal("Entered", await office.StateAsync(filed));
        Assert.Equal("unknown-object", await RefusedAsync(office, filed, "horoscope", "entered"));

        // A finding may rest on what a source said, and on nothing that it did not.
        var findings = RaOffice.Approval.Findings;
        Assert.Equal("evidence-missing", await RaOffice.CodeOf(await office.DecideAsync(filed, office.Decision(filed, RaOffice.Approval with { Findings = [findings[0] with { Means = CheckMeans.Database, Evidence = ["S" + new string('0', 32)] }, findings[1]] }))));
        Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(filed, office.Decision(filed, RaOffice.Approval with { Findings = [findings[0] with { Means = CheckMeans.Database, Evidence = [answer.Id] }, findings[1]] }))));
    }

    [Fact]
    public async Task The_simulator_says_so_in_every_answer()
    {
        await using var office = await RaOffice.OpenAsync(change: options => options with { SimulateSources = true });
        foreach (var (name, outcome) in new[] { ("北京虎符科技有限公司", SourceOutcome.Match), ("查无此机构", SourceOutcome.NotFound), ("名称不符公司", SourceOutcome.Mismatch) })
        {
            using var applicant = new Applicant();
            var application = applicant.Application() with { Fields = new Dictionary<string, string>(Applicant.Fields()) { ["organisationName"] = name } };
            var created = await office.ApplyAsync(application);
            var filed = new Filed(created.Id, created.AccessToken, application.Profile, application.Fields, application.Request);
            await office.PutAsync(filed, "licence", RaOffice.Pdf);
            await office.PutAsync(filed, "authorisation", RaOffice.Pdf);
            await office.SubmitAsync(filed);
            await office.EnterAsync(filed);
            var answer = await AskAsync(office, filed, "business-register");
            Assert.Equal((outcome, true), (answer.Outcome, answer.Simulated));
            Assert.Contains("模拟", answer.What, StringComparison.Ordinal);
        }

        Assert.Equal(3, (await office.LedgerAsync()).Count(line => line.GetProperty("act").GetString() == "ra.source.answered" && line.GetProperty("detail").GetProperty("simulated").GetBoolean()));
    }

    [Fact]
    [Clause("6.1.3.2-c")]
    public async Task Control_of_a_host_name_is_proven_by_a_record_or_a_file()
    {
        using var dns = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        string? record = null;
        using var stop = new CancellationTokenSource();
        var serving = ServeAsync();
        var files = new Dictionary<string, string>();
        await using var site = await TestSite.StartAsync(routes => routes.MapGet("/.well-known/hufu-challenge/{id}", (string id) => files.TryGetValue(id, out var body) ? Results.Text(body) : Results.NotFound()));
        await using var office = await RaOffice.OpenAsync(change: options => options with
        {
            DnsServer = (IPEndPoint)dns.Client.LocalEndPoint!, DomainCheckPort = site.Client.BaseAddress!.Port, DomainCheckAddress = IPAddress.Loopback,
        });
        using var applicant = new Applicant();
        var fields = Applicant.Fields();
        fields.Remove("province");
        fields["hostName"] = "www.unit.example";
        var application = applicant.Application() with { Profile = "server", Fields = fields };
        var created = await office.ApplyAsync(application);
        var filed = new Filed(created.Id, created.AccessToken, "server", fields, application.Request);
        foreach (var kind in created.EvidenceMissing)
        {
            await office.PutAsync(filed, kind, RaOffice.Pdf);
        }

        await office.SubmitAsync(filed);
        await office.EnterAsync(filed);
        using var answer = await office.SendAsync(HttpMethod.Get, $"/api/ra/applications/{filed.Id}/domain-control", filed.Token);
        var control = (await answer.Content.ReadFromJsonAsync<DomainControl>(ContractJson.Options, RaOffice.Ct))!;
        Assert.Equal("_hufu-challenge.www.unit.example", control.DnsName);
        Assert.Equal(SourceOutcome.NotFound, (await AskAsync(office, filed, "domain-control")).Outcome);
        record = "another value";
        files[filed.Id] = "another value";
        Assert.Equal(SourceOutcome.NotFound, (await AskAsync(office, filed, "domain-control")).Outcome);
        files[filed.Id] = control.HttpBody + "\n";
        Assert.Equal(SourceOutcome.Match, (await AskAsync(office, filed, "domain-control")).Outcome);
        files.Clear();
        record = control.DnsValue;
        var byDns = await AskAsync(office, filed, "domain-control");
        Assert.Equal((SourceOutcome.Match, $"DNS TXT {control.DnsName}"), (byDns.Outcome, byDns.What));
        await stop.CancelAsync();
        await serving;

        async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    var question = await dns.ReceiveAsync(stop.Token);
                    var end = question.Buffer.AsSpan(12).IndexOf((byte)0) + 17;
                    byte[] reply = [.. question.Buffer[..end]];
                    (reply[2], reply[3], reply[10], reply[11]) = (0x81, (byte)(record is null ? 0x83 : 0x80), 0, 0);
                    if (record is not null)
                    {
                        reply[7] = 1;
                        reply = [.. reply, 0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, (byte)(record.Length + 1), (byte)record.Length, .. Encoding.ASCII.GetBytes(record)];
                    }

                    await dns.SendAsync(reply, question.RemoteEndPoint, stop.Token);
                }
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }
        }
    }

    [Fact]
    public async Task A_paper_is_shown_to_the_malware_scanner_before_it_is_kept()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var verdict = "stream: OK\0";
        using var stop = new CancellationTokenSource();
        var serving = ServeAsync();
        var scanner = $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        await using var office = await RaOffice.OpenAsync(change: options => options with { Clamd = scanner });
        using var applicant = new Applicant();
        var filed = await office.DraftAsync(applicant);
        Assert.Null(await RaOffice.CodeOf(await office.PutAsync(filed, "licence", RaOffice.Pdf)));
        verdict = "stream: Eicar-Test-Signature FOUND\0";
        Assert.Equal("evidence-unreadable", await RaOffice.CodeOf(await office.PutAsync(filed, "authorisation", RaOffice.Pdf)));
        await stop.CancelAsync();
        listener.Stop();
        await serving;
        Assert.Equal("evidence-unreadable", await RaOffice.CodeOf(await office.PutAsync(filed, "authorisation", RaOffice.Pdf)));
        Assert.Equal(1, await office.CountAsync("ra_evidence"));

        async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync(stop.Token);
                    var stream = client.GetStream();
                    var command = new byte[10];
                    await stream.ReadExactlyAsync(command, stop.Token);
                    Assert.Equal("zINSTREAM\0", Encoding.ASCII.GetString(command));
                    var length = new byte[4];
                    var total = 0;
                    while (true)
                    {
                        await stream.ReadExactlyAsync(length, stop.Token);
                        var size = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(length);
                        if (size == 0)
                        {
                            break;
                        }

                        await stream.ReadExactlyAsync(new byte[size], stop.Token);
                        total += size;
                    }

                    Assert.Equal(RaOffice.Pdf.Length, total);
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(verdict), stop.Token);
                }
            }
            catch (Exception fault) when (fault is OperationCanceledException or SocketException)
            {
                // The test is over.
            }
        }
    }

    private static ActRequest Act(RaOffice office, Filed filed, string state) => office.Vetter.Act(
        Rooms.Ra, ActNames.RaSourceAsk, $"application/{filed.Id}", new SourceQuestion("核验"), office.Clock.GetUtcNow(), $"{state}/{filed.Digest}");

    private static Task<SourceAnswer> AskAsync(RaOffice office, Filed filed, string source) =>
        office.Site.PostAsync<ActRequest, SourceAnswer>($"/api/ra/applications/{filed.Id}/sources/{source}", Act(office, filed, "entered"));

    private static Task<string?> RefusedAsync(RaOffice office, Filed filed, string source, string state) => office.Site.RefusedAsync($"/api/ra/applications/{filed.Id}/sources/{source}", Act(office, filed, state));
}
