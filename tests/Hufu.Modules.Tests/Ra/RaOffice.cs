using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Messaging;
using Hufu.Pki;
using Hufu.Ra;
using Hufu.Records;
using Hufu.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>A filed application and who filed it.</summary>
internal sealed record Filed(string Id, string Token, string Profile, IReadOnlyDictionary<string, string> Fields, byte[] Request, string? RenewalOf = null)
{
    /// <summary>SM3 of each paper handed in, by its kind.</summary>
    public Dictionary<string, string> Papers { get; } = [];

    public string Digest => ApplicationData.Digest(Profile, Fields, Request, Papers, RenewalOf);
}

/// <summary>A whole RA: real database, ledger, device, mail and HTTP door, a CA behind sealed messages, a clerk and a vetter. Can be stopped as by a crash and opened again.</summary>
internal sealed partial class RaOffice : IAsyncDisposable
{
    public static readonly byte[] Pdf = Encoding.ASCII.GetBytes("%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n");

    private readonly TempFolder _folder;
    private readonly MailSettings? _mail;
    private readonly RaOptions _options;
    private RaModule _module = null!;

    private RaOffice(TempFolder folder, PeerCa ca, MailSettings? mail, RaOptions options) => (_folder, Ca, _mail, _options) = (folder, ca, mail, options);

    public PeerCa Ca { get; }

    public FakeClock Clock => Ca.Room.Clock;

    public RoomContext Context { get; private set; } = null!;

    public RaModule Module => _module;

    public TestSite Site { get; private set; } = null!;

    /// <summary>The names of all operations that the site has.</summary>
    public Func<IReadOnlyList<string>> Operations { get; private set; } = () => [];

    public TestPerson Clerk { get; private set; } = null!;

    public TestPerson Vetter { get; private set; } = null!;

    public string MailFolder => _folder["mail"];

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<RaOffice> OpenAsync(MailSettings? mail = null, TimeSpan? revocationWait = null, bool staffed = true, Func<RaOptions, RaOptions>? change = null)
    {
        var folder = new TempFolder();
        var ca = await PeerCa.OpenAsync(folder.Path);
        var options = new RaOptions { NoticeInterval = TimeSpan.FromMilliseconds(20), RevocationWait = revocationWait ?? TimeSpan.FromSeconds(20) };
        var office = new RaOffice(folder, ca, mail, change?.Invoke(options) ?? options);
        await office.StartAsync();
        if (staffed)
        {
            office.InstallIdentity();
            await office.KnowCaAsync();
            await ca.Room.Context.Database.WriteAsync(session => ca.Room.Context.Peers.Register(session, office.Context.Identity.AsPeer(), ca.Room.Authority.Chain), Ct);
            office.Clerk = await office.InRoleAsync(Roles.EntryClerk, "李录入");
            office.Vetter = await office.InRoleAsync(Roles.Vetter, "王审核");
        }

        return office;
    }

    /// <summary>Stops everything as a crash would leave it (what is committed stays) and opens the same files again.</summary>
    public async Task ReopenAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public async Task<TestPerson> InRoleAsync(string role, string name)
    {
        var person = Ca.Room.Authority.Person(name);
        var by = Context.Policy.Roles[role].AppointedBy[Rooms.Ra];
        await WriteAsync(session =>
        {
            session.Execute("INSERT INTO staff_people (id, name, name_key, suspended, added) VALUES ('P0000', '任命人', '任命人', 0, 0) ON CONFLICT (id) DO NOTHING");
            Context.Staff.Enrol(session, role, name, person.Certificate!.Encode(), by == RoleDefinition.ByInitialisation ? null : new StaffMember("P0000", "任命人", [by]), null);
        });
        return person;
    }

    /// <summary>The CA tells that these types take P-256 keys and all others SM2; waits until the RA says so itself.</summary>
    public async Task TakesP256Async(params string[] profiles)
    {
        await Ca.PublishAsync(new ProfileKeysSet(profiles.ToDictionary(profile => profile, _ => KeyAlgorithm.P256)));
        await UntilAsync(async () => await P256TypesAsync() is var found && found.Order(StringComparer.Ordinal).SequenceEqual(profiles.Order(StringComparer.Ordinal)), "the RA knows which types take P-256");
    }

    /// <summary>The types that take P-256 keys, as the forms say.</summary>
    public async Task<IReadOnlyList<string>> P256TypesAsync() =>
        [.. JsonSerializer.Deserialize<List<FormText>>(await Site.Client.GetStringAsync("/api/ra/forms", Ct), ContractJson.Options)!.Where(form => form.Keys == KeyAlgorithm.P256).Select(form => form.Profile)];

    // What applicants do.

    public Task<ApplicationCreated> ApplyAsync(NewApplication application) => Site.PostAsync<NewApplication, ApplicationCreated>("/api/ra/applications", application);

    public async Task<Filed> DraftAsync(Applicant applicant)
    {
        var application = applicant.Application();
        var created = await ApplyAsync(application);
        return new Filed(created.Id, created.AccessToken, application.Profile, application.Fields, application.Request);
    }

    public async Task<Filed> SubmitAsync(Applicant applicant)
    {
        var filed = await DraftAsync(applicant);
        await PutAsync(filed, "licence", Pdf);
        await PutAsync(filed, "authorisation", Pdf);
        Assert.Null(await CodeOf(await SubmitAsync(filed)));
        return filed;
    }

    public async Task<HttpResponseMessage> PutAsync(Filed filed, string kind, byte[] content, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/ra/applications/{filed.Id}/evidence/{kind}") { Content = new ByteArrayContent(content) };
        request.Headers.ExpectContinue = true;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? filed.Token);
        var response = await Site.Client.SendAsync(request, Ct);
        if (response.IsSuccessStatusCode)
        {
            filed.Papers[kind] = ActStatement.Digest(content);
        }

        return response;
    }

    public Task<HttpResponseMessage> SubmitAsync(Filed filed, string? token = null) => SendAsync(HttpMethod.Post, $"/api/ra/applications/{filed.Id}/submission", token ?? filed.Token);

    public async Task<ApplicationStatus> StatusAsync(Filed filed)
    {
        using var response = await SendAsync(HttpMethod.Get, $"/api/ra/applications/{filed.Id}", filed.Token);
        return JsonSerializer.Deserialize<ApplicationStatus>(await response.Content.ReadAsStringAsync(Ct), ContractJson.Options)!;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string token)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await Site.Client.SendAsync(request, Ct);
    }

    // What staff do.

    public ActRequest Entry(Filed filed, TestPerson? by = null, string? state = null) => (by ?? Clerk).Act(
        Rooms.Ra, ActNames.RaApplicationEnter, $"application/{filed.Id}", new EntryRecord("材料齐全"), Clock.GetUtcNow(), state ?? $"submitted/{filed.Digest}");

    public ActRequest Decision(Filed filed, VettingDecision decision, TestPerson? by = null, string? state = null) => (by ?? Vetter).Act(
        Rooms.Ra, decision.Approve ? ActNames.RaApplicationApprove : ActNames.RaApplicationRefuse, $"application/{filed.Id}", decision, Clock.GetUtcNow(), state ?? $"entered/{filed.Digest}");

    public static VettingDecision Approval { get; } = new(true, [new CheckFinding("exists", true, "已查验营业执照原件"), new CheckFinding("authorised", true, "114 查得总机 010-11112222 回拨确认")], null);

    public static VettingDecision Rejection(string reason) => new(false, [], reason);

    public Task<HttpResponseMessage> EnterAsync(Filed filed, ActRequest? act = null) => Site.PostAsync($"/api/ra/applications/{filed.Id}/entry", act ?? Entry(filed));

    public Task<HttpResponseMessage> DecideAsync(Filed filed, ActRequest? act = null) => Site.PostAsync($"/api/ra/applications/{filed.Id}/decision", act ?? Decision(filed, Approval));

    public async Task<(QueuePage? Page, string? Refused)> QueueAsync(TestPerson person, ApplicationState state, int limit = 100)
    {
        var name = JsonNamingPolicy.KebabCaseLower.ConvertName(state.ToString());
        using var response = await Site.PostAsync("/api/ra/queue", person.Act(Rooms.Ra, ActNames.RaQueueRead, $"queue/{name}", new QueueQuery(state, limit), Clock.GetUtcNow()));
        return response.IsSuccessStatusCode
            ? (JsonSerializer.Deserialize<QueuePage>(await response.Content.ReadAsStringAsync(Ct), ContractJson.Options), null)
            : (null, await TestSite.CodeAsync(response));
    }

    public async Task<Filed> ApprovedAsync(Applicant applicant)
    {
        var filed = await SubmitAsync(applicant);
        Assert.Null(await CodeOf(await EnterAsync(filed)));
        Assert.Null(await CodeOf(await DecideAsync(filed)));
        return filed;
    }

    /// <summary>Approved, issued, and the code out of the mail.</summary>
    public async Task<(Filed Filed, string Code)> IssuedAsync(Applicant applicant)
    {
        var filed = await ApprovedAsync(applicant);
        return (filed, await CodeFromMailAsync(filed.Id));
    }

    public async Task<(Filed Filed, FetchedPair Pair)> AcceptedAsync(Applicant applicant)
    {
        var (filed, code) = await IssuedAsync(applicant);
        var pair = await FetchAsync(filed, code);
        await AcceptAsync(filed, pair, applicant.Signer);
        return (filed, pair);
    }

    public Task<FetchedPair> FetchAsync(Filed filed, string code) => Site.PostAsync<FetchPair, FetchedPair>($"/api/ra/applications/{filed.Id}/fetch", new FetchPair(code));

    public Task<string?> FetchRefusedAsync(Filed filed, string code) => Site.RefusedAsync($"/api/ra/applications/{filed.Id}/fetch", new FetchPair(code));

    public Task<ApplicationStatus> AcceptAsync(Filed filed, FetchedPair pair, ISigner? signer) => Site.PostAsync<AcceptPair, ApplicationStatus>(
        $"/api/ra/applications/{filed.Id}/acceptance", new AcceptPair(pair.ReceiptToken, signer?.Sign(Encoding.UTF8.GetBytes(AcceptPair.TextToSign(filed.Id, SerialOf(pair))))));

    public static string SerialOf(FetchedPair pair) => Certificate.Decode(pair.SigningCertificate).SerialHex;

    // What can be seen.

    /// <summary>The code of a refusal; null for a success.</summary>
    public static async Task<string?> CodeOf(HttpResponseMessage response)
    {
        using (response)
        {
            return response.IsSuccessStatusCode ? null : await TestSite.CodeAsync(response);
        }
    }

    public Task<IReadOnlyList<RoomCheck>> HealthAsync() => _module.CheckHealthAsync(Ct);

    public Task<T> ReadAsync<T>(Func<Session, T> read) => Context.Database.ReadAsync(read, Ct);

    public Task WriteAsync(Action<Session> write) => Context.Database.WriteAsync(write, Ct);

    public Task<long> CountAsync(string table, string where = "1 = 1") => ReadAsync(session => session.Scalar<long>($"SELECT COUNT(*) FROM {table} WHERE {where}"));

    public Task<string> StateAsync(Filed filed) => ReadAsync(session => session.Scalar<string>("SELECT state FROM ra_applications WHERE id = @Id", new { filed.Id }));

    /// <summary>How many rows each of the room's own tables has, what waits to be sent, and how many papers are kept.</summary>
    public async Task<string> LeftAsync()
    {
        // Letters are printed beside; none is under way while it is looked.
        await UntilAsync(async () => await CountAsync("ra_notices", "letter = ''") == 0, "every letter printed");
        var rows = await ReadAsync(session => session.Query<string>("SELECT name FROM sqlite_master WHERE type = 'table' AND (name LIKE 'ra\\_%' ESCAPE '\\' OR name = 'outbox_item') ORDER BY name")
            .Select(table => $"{table}={session.Scalar<long>($"SELECT COUNT(*) FROM {table}")}").ToList());
        var papers = Directory.EnumerateFiles(Path.Combine(Context.DataDirectory, "evidence"), "*", SearchOption.AllDirectories).Count();
        return string.Join(' ', rows) + $" papers={papers}";
    }

    public async Task<IReadOnlyList<JsonElement>> LedgerAsync()
    {
        await Context.Ledger.SignHeadAsync(Ct);
        return [.. (await File.ReadAllLinesAsync(Path.Combine(Context.DataDirectory, "audit", "records.jsonl"), Ct)).Select(line => JsonDocument.Parse(line).RootElement.Clone())];
    }

    /// <summary>The mails about an application so far, decoded.</summary>
    public IReadOnlyList<string> Mails(string application) => !Directory.Exists(MailFolder)
        ? []
        : [.. Directory.EnumerateFiles(MailFolder, "*.eml").Select(file => Decode(File.ReadAllText(file))).Where(mail => mail.Contains($"Application: {application}", StringComparison.Ordinal))];

    public async Task<string> MailAsync(string application, string word)
    {
        string? found = null;
        await UntilAsync(() => Task.FromResult((found = Mails(application).FirstOrDefault(mail => mail.Contains(word, StringComparison.Ordinal))) is not null), $"a mail with '{word}'");
        return found!;
    }

    public async Task<string> CodeFromMailAsync(string application) => CodeLine().Match(await MailAsync(application, "Code: ")).Groups[1].Value;

    public static string CodeIn(string mail) => CodeLine().Match(mail).Groups[1].Value;

    /// <summary>Header and body, the body out of its transfer encoding.</summary>
    public static string Decode(string eml)
    {
        var parts = eml.ReplaceLineEndings("\n").Split("\n\n", 2);
        return parts.Length == 2 && parts[0].Contains("base64", StringComparison.OrdinalIgnoreCase) && Convert.FromBase64String(parts[1].Trim()) is { } bytes
            ? parts[0] + "\n\n" + Encoding.UTF8.GetString(bytes)
            : eml;
    }

    /// <summary>Waits until something holds, the clock going on by a step at every look when one is given; at most two minutes: a machine may be slow.</summary>
    public async Task UntilAsync(Func<Task<bool>> holds, string what, TimeSpan? step = null)
    {
        var watch = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), $"Never happened: {what}");
            await Task.Delay(20, Ct);
            if (step is { } by)
            {
                Clock.Advance(by);
            }
        }
    }

    public Task UntilStateAsync(Filed filed, ApplicationState state, TimeSpan? step = null) => UntilAsync(async () => await StateAsync(filed) == state.ToString(), $"{filed.Id} {state}", step);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Ca.DisposeAsync();
        Clerk?.Dispose();
        Vetter?.Dispose();
        _folder.Dispose();
    }

    public void InstallIdentity()
    {
        var authority = Ca.Room.Authority;
        var requests = Context.Identity.MakeRequests(TestAuthority.Name(Rooms.Ra));
        Context.Identity.Install(
            authority.Issue(Rooms.Ra, CertificationRequest.Decode(requests.Signing).PublicKey, life: TimeSpan.FromDays(2000)),
            authority.Issue(Rooms.Ra, CertificationRequest.Decode(requests.Encryption!).PublicKey, KeyUsages.KeyEncipherment | KeyUsages.DataEncipherment, TimeSpan.FromDays(2000)),
            authority.Issue(Rooms.Ra, CertificationRequest.Decode(requests.Audit).PublicKey, KeyUsages.DigitalSignature, TimeSpan.FromDays(2000)), authority.Chain, Clock.GetUtcNow());
    }

    public Task KnowCaAsync() => WriteAsync(session => Context.Peers.Register(session, Ca.Room.Context.Identity.AsPeer(), Ca.Room.Authority.Chain));

    private async Task StartAsync()
    {
        var settings = HostSettings.For(_folder.Path, new Uri("http://127.0.0.1:8080/"));
        Context = await RoomContext.OpenAsync(
            new RoomOpening
            {
                Name = Rooms.Ra,
                Module = typeof(RaModule).Assembly,
                Settings = _mail is null ? settings : settings with { Mail = _mail },
                Policy = SourceTree.Policy,
                Clock = Clock,
                Transport = Ca.Room.Transport,
                Logs = NullLoggerFactory.Instance,
                OpenIdentity = static (room, directory) => RoomIdentity.Open(room, directory, "device-pin", DeviceOptions.ForTests),
            },
            Ct);
        _module = new RaModule(Context, _options);
        Site = await TestSite.StartAsync(routes =>
        {
            routes.MapHufu([_module], [Context]);
            Operations = () => [.. routes.DataSources.SelectMany(source => source.Endpoints).Select(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName).OfType<string>()];
        });
        await _module.StartAsync(Ct);
    }

    private async Task StopAsync()
    {
        await Site.DisposeAsync();
        await _module.DisposeAsync();
        await Context.DisposeAsync();
    }

    [GeneratedRegex(@"^Code: (\S+)\s*$", RegexOptions.Multiline)]
    private static partial Regex CodeLine();
}
