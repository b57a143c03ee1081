using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.EndToEnd.Tests.Running;
using Hufu.Pki;
using Hufu.Testing.Mail;

namespace Hufu.EndToEnd.Tests.Registration;

/// <summary>
/// The whole platform as <c>hufu up</c> runs it, with the demo's clerk and vetter and their soft tokens, and a real SMTP server for its mail. Its policy is the repository's, but renewal is open all the time: no certificate of a
/// minute ago stands thirty days before its end.
/// </summary>
public class TypeStage : IAsyncLifetime
{
    private static readonly byte[] Paper = Encoding.ASCII.GetBytes("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");

    private readonly Workplace _work = new();
    private string _tokens = "";
    private MailSink _mail = null!;
    private Server _platform = null!;
    private HttpClient _http = null!;
    private SoftToken _clerk = null!;
    private SoftToken _vetter = null!;

    internal IReadOnlyList<FormText> Forms { get; private set; } = [];

    internal Agreement Agreement { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        string demo = _work.At("demo"), data = Path.Combine(demo, "data");
        _tokens = Path.Combine(demo, "tokens");
        (await Command.RunAsync(Tree.At("hufu"), ["demo", "--out", demo], _work.Folder)).Succeeded();
        _mail = await MailSink.StartAsync(CancellationToken.None);
        string policy = Path.Combine(data, "policy");
        foreach (string file in Directory.EnumerateFiles(Tree.At("policy"), "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(policy, Path.GetRelativePath(Tree.At("policy"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        string values = Path.Combine(policy, "values.yaml"), text = File.ReadAllText(values);
        string open = text.Replace("renewal-opens-before: { clause: 6.2.6.1-a, value: P30D,", "renewal-opens-before: { clause: 6.2.6.1-a, value: P10Y,", StringComparison.Ordinal);
        Assert.NotEqual(text, open);
        File.WriteAllText(values, open);
        File.WriteAllText(
            Path.Combine(data, "hufu.json"),
            $$"""{ "policyDirectory": "policy", "mail": { "smtpHost": "127.0.0.1", "smtpPort": {{_mail.Port}}, "from": "ra@ca.example" }, "limits": { "addressBurst": 10000, "addressPerSecond": 1000 }{{await MoreSettingsAsync(_work)}} }""", Encoding.UTF8);
        _platform = await Server.StartAsync(["up", "--port", "0"], _work.Folder, data, Environment(_work));
        _http = new HttpClient { BaseAddress = _platform.Address, Timeout = TimeSpan.FromMinutes(1) };
        (_clerk, _vetter) = (Open("ra-entry-clerk"), Open("ra-vetter"));
        await ArrangeAsync();
        Forms = await FormsAsync();
        Agreement = await ReadAsync<Agreement>(await _http.GetAsync("/api/ra/agreement", CancellationToken.None));
    }

    /// <summary>What else stands in hufu.json, a comma in front of each member; nothing.</summary>
    private protected virtual Task<string> MoreSettingsAsync(Workplace work) => Task.FromResult("");

    /// <summary>What the platform finds in its environment; nothing.</summary>
    private protected virtual IReadOnlyDictionary<string, string>? Environment(Workplace work) => null;

    /// <summary>What is done once the platform runs, before its forms are read; nothing.</summary>
    private protected virtual Task ArrangeAsync() => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _clerk?.Dispose();
        _vetter?.Dispose();
        _http?.Dispose();
        if (_platform is not null)
        {
            await _platform.DisposeAsync();
        }

        if (_mail is not null)
        {
            await _mail.DisposeAsync();
        }

        _work.Dispose();
    }

    /// <summary>Applies at the door that the type has: online, or at the counter by the clerk's act.</summary>
    internal Task<ApplicationCreated> ApplyAsync(FormText form, NewApplication application) => form.Channels.Contains(ApplicationChannel.Online)
        ? PostAsync<ApplicationCreated>("/api/ra/applications", application)
        : PostAsync<ApplicationCreated>("/api/ra/counter/applications", Request(_clerk, ActNames.RaApplicationTake, "application/new", "-", new CounterApplication(application, "运维人员", "工作证")));

    /// <summary>Papers, submission, entry, vetting, the code out of the mail server, fetched.</summary>
    internal async Task<FetchedPair> IssueAsync(FormText form, ApplicationCreated created)
    {
        foreach (string kind in created.EvidenceMissing)
        {
            using HttpRequestMessage put = new(HttpMethod.Put, $"/api/ra/applications/{created.Id}/evidence/{kind}") { Content = new ByteArrayContent(Paper) };
            put.Headers.Authorization = new AuthenticationHeaderValue("Bearer", created.AccessToken);
            await ReadAsync<EvidenceStored>(await _http.SendAsync(put, Cancel));
        }

        if ((await StatusAsync(created)).State == ApplicationState.Draft)
        {
            await PostAsync<ApplicationStatus>($"/api/ra/applications/{created.Id}/submission", new { }, created.AccessToken);
        }

        QueueRow entry = await FindAsync(_clerk, ApplicationState.Submitted, created.Id);
        await PostAsync<ApplicationStatus>($"/api/ra/applications/{created.Id}/entry", Request(_clerk, ActNames.RaApplicationEnter, $"application/{created.Id}", entry.StateToSign, new EntryRecord("齐全")));
        QueueRow waiting = await FindAsync(_vetter, ApplicationState.Entered, created.Id);
        ApplicationFile file = await PostAsync<ApplicationFile>(
            $"/api/ra/applications/{created.Id}/reading", Request(_vetter, ActNames.RaApplicationRead, $"application/{created.Id}", waiting.StateToSign, new ReadingPurpose("审核")));
        VettingDecision approval = new(
            true,
            [.. file.Checks.Select(check => new CheckFinding(check.Id, true, "按表核验", check.Means[0], check.Means[0] == CheckMeans.CallBack ? new CallBack("010-11112222", "114 查得", "总机转办公室") : null))],
            null);
        await PostAsync<ApplicationStatus>($"/api/ra/applications/{created.Id}/decision", Request(_vetter, ActNames.RaApplicationApprove, $"application/{created.Id}", waiting.StateToSign, approval));
        string code = await CodeAsync(created);
        FetchedPair pair = await PostAsync<FetchedPair>($"/api/ra/applications/{created.Id}/fetch", new FetchPair(code));
        await PostAsync<ApplicationStatus>($"/api/ra/applications/{created.Id}/acceptance", new AcceptPair(pair.ReceiptToken, null));
        return pair;
    }

    internal async Task<ApplicationStatus> StatusAsync(ApplicationCreated created)
    {
        using HttpRequestMessage get = new(HttpMethod.Get, $"/api/ra/applications/{created.Id}");
        get.Headers.Authorization = new AuthenticationHeaderValue("Bearer", created.AccessToken);
        return await ReadAsync<ApplicationStatus>(await _http.SendAsync(get, Cancel));
    }

    internal async Task<T> PostAsync<T>(string path, object body, string? bearer = null)
    {
        using HttpRequestMessage post = new(HttpMethod.Post, path) { Content = JsonContent.Create(body, body.GetType(), options: ContractJson.Options) };
        post.Headers.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
        return await ReadAsync<T>(await _http.SendAsync(post, Cancel));
    }

    // At most a minute: a mail leaves within seconds.
    private async Task<string> CodeAsync(ApplicationCreated created)
    {
        for (int tries = 0; tries < 600; tries++)
        {
            foreach (string mail in (await _mail.WaitForAsync(0, Cancel)).Select(Decode).Where(mail => mail.Contains($"Application: {created.Id}", StringComparison.Ordinal)))
            {
                if (mail.Split('\n').FirstOrDefault(line => line.StartsWith("Code: ", StringComparison.Ordinal)) is { } line)
                {
                    return line["Code: ".Length..].Trim();
                }
            }

            Assert.NotEqual(ApplicationState.Refused, (await StatusAsync(created)).State);
            await Task.Delay(100, Cancel);
        }

        throw new TimeoutException($"No mail with the code of {created.Id} within a minute.");
    }

    // Header and body, the body out of its transfer encoding.
    private static string Decode(string mail)
    {
        string[] parts = mail.ReplaceLineEndings("\n").Split("\n\n", 2);
        return parts.Length == 2 && parts[0].Contains("base64", StringComparison.OrdinalIgnoreCase) ? parts[0] + "\n\n" + Encoding.UTF8.GetString(Convert.FromBase64String(parts[1].Trim())).ReplaceLineEndings("\n") : mail.ReplaceLineEndings("\n");
    }

    private async Task<QueueRow> FindAsync(SoftToken person, ApplicationState state, string id)
    {
        string? after = null;
        do
        {
            QueuePage page = await PostAsync<QueuePage>(
                "/api/ra/queue", Request(person, ActNames.RaQueueRead, state == ApplicationState.Submitted ? "queue/submitted" : "queue/entered", "-", new QueueQuery(state, 100, after)));
            if (page.Rows.FirstOrDefault(row => row.Id == id) is { } found)
            {
                return found;
            }

            after = page.Next;
        }
        while (after is not null);
        throw new InvalidOperationException($"Application {id} is not in the queue.");
    }

    private protected SoftToken Open(string role)
    {
        string folder = Directory.EnumerateDirectories(_tokens, "*-" + role).Single();
        SoftToken token = SoftToken.Open(folder);
        token.VerifyPin("pin-" + Path.GetFileName(folder));
        return token;
    }

    private protected static ActRequest Request(SoftToken person, string act, string what, string state, object payload, string room = Rooms.Ra)
    {
        string text = JsonSerializer.Serialize(payload, payload.GetType(), ContractJson.Options);
        Certificate certificate = person.ExportCertificate("staff", KeyUse.Signing)!;
        ActStatement statement = ActStatement.Create(room, act, what, state, Encoding.UTF8.GetBytes(text), certificate.RawData.Span, TimeProvider.System.GetUtcNow());
        using JsonDocument document = JsonDocument.Parse(text);
        return new ActRequest(SignedAct.Sign(statement, person.GetSigner("staff")), document.RootElement.Clone());
    }

    /// <summary>A page of the portal.</summary>
    internal Task<string> PageAsync(string path) => _http.GetStringAsync(path, Cancel);

    /// <summary>The code and field of a refusal.</summary>
    internal async Task<(string? Code, string? Field)> RefusedAsync(string path, object body)
    {
        using HttpResponseMessage answer = await _http.PostAsJsonAsync(path, body, ContractJson.Options, Cancel);
        using JsonDocument problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel));
        Assert.False(answer.IsSuccessStatusCode, problem.RootElement.GetRawText());
        return (problem.RootElement.GetProperty("code").GetString(), problem.RootElement.GetProperty("field").GetString());
    }

    /// <summary>The forms as the registration shows them now.</summary>
    private protected async Task<IReadOnlyList<FormText>> FormsAsync() => await ReadAsync<IReadOnlyList<FormText>>(await _http.GetAsync("/api/ra/forms", CancellationToken.None));

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response)
    {
        using (response)
        {
            string text = await response.Content.ReadAsStringAsync(CancellationToken.None);
            Assert.True(response.IsSuccessStatusCode, $"{response.RequestMessage?.RequestUri}: {(int)response.StatusCode} {text}");
            return JsonSerializer.Deserialize<T>(text, ContractJson.Options)!;
        }
    }
}
