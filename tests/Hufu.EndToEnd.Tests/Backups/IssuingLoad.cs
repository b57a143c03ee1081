using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Pki;

namespace Hufu.EndToEnd.Tests.Backups;

/// <summary>What a client of the platform has been told: an application and the serials of its two certificates.</summary>
internal sealed record Acknowledged(string Application, string SigningSerial, string EncryptionSerial);

/// <summary>
/// Issues as fast as the platform goes, over its public doors: several applicants at once, and the demo's clerk and vetter with their own tokens. What was seen as issued is kept.
/// </summary>
internal sealed class IssuingLoad : IAsyncDisposable
{
    private const string Profile = "server";
    private static readonly byte[] Paper = Encoding.ASCII.GetBytes("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");

    private readonly HttpClient _http;
    private readonly SoftToken _clerk;
    private readonly SoftToken _vetter;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Acknowledged> _issued = [];
    private readonly List<Task> _applicants = [];
    private CertificateType _type = null!;
    private Agreement _agreement = null!;
    private int _next;

    private IssuingLoad(Uri platform, SoftToken clerk, SoftToken vetter) =>
        (_http, _clerk, _vetter) = (new HttpClient { BaseAddress = platform, Timeout = TimeSpan.FromMinutes(1) }, clerk, vetter);

    /// <summary>What the applicants have been told so far.</summary>
    public IReadOnlyCollection<Acknowledged> Issued => _issued;

    /// <summary>Begins.</summary>
    /// <param name="platform">Its address.</param>
    /// <param name="tokens">The folder of the demo people's tokens.</param>
    /// <param name="applicants">How many apply at once.</param>
    public static async Task<IssuingLoad> StartAsync(Uri platform, string tokens, int applicants)
    {
        IssuingLoad load = new(platform, Open(tokens, "ra-entry-clerk"), Open(tokens, "ra-vetter"));
        load._agreement = await load.ReadAsync<Agreement>(await load._http.GetAsync("/api/ra/agreement"));
        load._type = (await load.ReadAsync<IReadOnlyList<CertificateType>>(await load._http.GetAsync("/api/ra/types"))).Single(type => type.Profile == Profile);
        load._applicants.AddRange(Enumerable.Range(0, applicants).Select(_ => Task.Run(load.ApplyAsync)));
        return load;
    }

    /// <summary>Waits until so many more are issued; a minute each at most.</summary>
    public async Task UntilAsync(int issued)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(issued));
        while (_issued.Count < issued)
        {
            if (_applicants.FirstOrDefault(one => one.IsFaulted) is { } failed)
            {
                await failed;
            }

            await Task.Delay(50, patience.Token);
        }
    }

    /// <summary>Lets those under way come to their end.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_applicants);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(Task.WhenAll(_applicants), Task.Delay(TimeSpan.FromMinutes(1)));
        _stop.Dispose();
        _clerk.Dispose();
        _vetter.Dispose();
        _http.Dispose();
    }

    private static SoftToken Open(string tokens, string role)
    {
        string folder = Directory.EnumerateDirectories(tokens, "*-" + role).Single();
        SoftToken token = SoftToken.Open(folder);
        token.VerifyPin("pin-" + Path.GetFileName(folder));
        return token;
    }

    private async Task ApplyAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            int number = Interlocked.Increment(ref _next);
            using Sm2KeyPair pair = Sm2KeyPair.Generate();
            byte[] request = CertificationRequest.Create(DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, $"load {number}")), pair).Encode();
            ApplicationCreated created = await PostAsync<ApplicationCreated>(
                "/api/ra/applications", new NewApplication(Profile, Fields(number), request, "飞雪连天射白鹿", _agreement.Version, AgreementAccepted: true, Publish: true), null);
            foreach (string kind in created.EvidenceMissing)
            {
                using HttpRequestMessage put = new(HttpMethod.Put, $"/api/ra/applications/{created.Id}/evidence/{kind}") { Content = new ByteArrayContent(Paper) };
                put.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
                put.Headers.Authorization = new AuthenticationHeaderValue("Bearer", created.AccessToken);
                await ReadAsync<EvidenceStored>(await _http.SendAsync(put));
            }

            await PostAsync<ApplicationStatus>($"/api/ra/applications/{created.Id}/submission", new { }, created.AccessToken);
            await ActAsync(_clerk, await FindAsync(_clerk, ApplicationState.Submitted, created.Id), "entry", ActNames.RaApplicationEnter, new EntryRecord("材料齐全，与申请表一致。"));
            await ActAsync(
                _vetter, await FindAsync(_vetter, ApplicationState.Entered, created.Id), "decision", ActNames.RaApplicationApprove,
                new VettingDecision(Approve: true, [.. _type.Checks.Select(check => new CheckFinding(check, Passed: true, "核对原件并回拨登记机关公开的电话。"))], Reason: null));
            await AwaitIssueAsync(created);
        }
    }

    private static Dictionary<string, string> Fields(int number) => new()
    {
        ["hostName"] = string.Create(CultureInfo.InvariantCulture, $"host-{number}.load.example.cn"), ["organisationName"] = "北京虎符示范科技有限公司", ["creditCode"] = "91110108MA01HF261H",
        ["agentName"] = "卫经办", ["agentIdentityNumber"] = "110101199003076632", ["agentPhone"] = "13800000000", ["agentEmail"] = "load@example.cn",
    };

    private async Task AwaitIssueAsync(ApplicationCreated created)
    {
        for (int tries = 0; tries < 1_200; tries++)
        {
            using HttpRequestMessage get = new(HttpMethod.Get, $"/api/ra/applications/{created.Id}");
            get.Headers.Authorization = new AuthenticationHeaderValue("Bearer", created.AccessToken);
            ApplicationStatus status = await ReadAsync<ApplicationStatus>(await _http.SendAsync(get));
            if (status is { State: ApplicationState.Issued, SigningSerial: { } signing, EncryptionSerial: { } encryption })
            {
                _issued.Add(new Acknowledged(created.Id, signing, encryption));
                return;
            }

            Assert.NotEqual(ApplicationState.Refused, status.State);
            await Task.Delay(50);
        }

        Assert.Fail($"Application {created.Id} was not issued within a minute.");
    }

    private async Task<QueueRow> FindAsync(SoftToken person, ApplicationState state, string id)
    {
        string after = "";
        while (true)
        {
            QueueQuery query = new(state, 100, after.Length == 0 ? null : after);
            QueuePage page = await PostAsync<QueuePage>("/api/ra/queue", Request(person, ActNames.RaQueueRead, state == ApplicationState.Submitted ? "queue/submitted" : "queue/entered", "-", query), null);
            if (page.Rows.FirstOrDefault(row => row.Id == id) is { } found)
            {
                return found;
            }

            after = page.Next ?? throw new InvalidOperationException($"Application {id} is not in the queue.");
        }
    }

    private Task<ApplicationStatus> ActAsync(SoftToken person, QueueRow row, string verb, string act, object payload) =>
        PostAsync<ApplicationStatus>($"/api/ra/applications/{row.Id}/{verb}", Request(person, act, $"application/{row.Id}", row.StateToSign, payload), null);

    private static ActRequest Request(SoftToken person, string act, string what, string state, object payload)
    {
        string text = JsonSerializer.Serialize(payload, payload.GetType(), ContractJson.Options);
        Certificate certificate = person.ExportCertificate("staff", KeyUse.Signing)!;
        ActStatement statement = ActStatement.Create(Rooms.Ra, act, what, state, Encoding.UTF8.GetBytes(text), certificate.RawData.Span, TimeProvider.System.GetUtcNow());
        lock (person)
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return new ActRequest(SignedAct.Sign(statement, person.GetSigner("staff")), document.RootElement.Clone());
        }
    }

    private async Task<T> PostAsync<T>(string path, object body, string? bearer)
    {
        using HttpRequestMessage post = new(HttpMethod.Post, path) { Content = JsonContent.Create(body, body.GetType(), options: ContractJson.Options) };
        post.Headers.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
        return await ReadAsync<T>(await _http.SendAsync(post));
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response)
    {
        using (response)
        {
            string text = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode, $"{response.RequestMessage?.RequestUri}: {(int)response.StatusCode} {text}");
            return JsonSerializer.Deserialize<T>(text, ContractJson.Options)!;
        }
    }
}
