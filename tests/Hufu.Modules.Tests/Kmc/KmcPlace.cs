using System.Net.Http.Json;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Kmc;
using Hufu.Kmc.Stores;
using Hufu.Modules.Tests.Hosting;
using Hufu.Pki;
using Hufu.Pki.Gmt0014;
using Hufu.Testing;

namespace Hufu.Modules.Tests.Kmc;

/// <summary>A whole key centre behind its HTTP doors, and the people who initialise it.</summary>
internal sealed class KmcPlace : IAsyncDisposable
{
    private KmcPlace(TestRoom room, KmcModule module, TestSite site)
    {
        Room = room;
        Module = module;
        Site = site;
    }

    private long _task;

    public TestRoom Room { get; }

    public KmcModule Module { get; }

    public TestSite Site { get; }

    public TestPerson Super { get; } = new("赵超级");

    public TestPerson Audit { get; } = new("钱审计");

    public IReadOnlyList<TestPerson> Holders { get; } = [.. "甲乙丙丁戊".Select(letter => new TestPerson($"持有人{letter}"))];

    public KmcInitialised? Initialised { get; private set; }

    public DateTimeOffset Now => Room.Clock.GetUtcNow();

    /// <summary>A key centre that is not initialised.</summary>
    /// <param name="settings">Its kmc.json, or null.</param>
    /// <param name="beside">A room of the same test with which it can talk.</param>
    /// <param name="folder">Its data directory, kept at the end; null for a new one.</param>
    /// <param name="policy">Null for the repository's.</param>
    public static async Task<KmcPlace> OpenAsync(string? settings = null, TestRoom? beside = null, string? folder = null, Policy? policy = null)
    {
        var room = await TestRoom.OpenAsync(Rooms.Kmc, typeof(KmcModule).Assembly, beside, folder, policy);
        if (settings is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(room.Context.DataDirectory, "kmc.json"), settings);
        }

        var module = new KmcModule(room.Context, new KmcOptions());
        var site = await TestSite.StartAsync(endpoints => endpoints.MapHufu([module], [room.Context]));
        await module.StartAsync(CancellationToken.None);
        return new KmcPlace(room, module, site);
    }

    public static async Task<KmcPlace> OpenInitialisedAsync(string? settings = null, TestRoom? beside = null, string? folder = null, Policy? policy = null)
    {
        var place = await OpenAsync(settings, beside, folder, policy);
        await place.InitialiseAsync();
        return place;
    }

    public KmcInitialisation Request(string? code = null) => new(
        code ?? Room.Context.SetupCode.Pending!, "测试运营机构", "密钥管理中心", Super.Request(), Audit.Request(), [.. Holders.Select(holder => holder.Request())]);

    public async Task<KmcInitialised> InitialiseAsync()
    {
        var initialised = await Site.PostAsync<KmcInitialisation, KmcInitialised>("/api/kmc/initialise", Request());
        Super.Certificate = Certificate.Decode(initialised.SuperAdministrator.Certificate);
        Audit.Certificate = Certificate.Decode(initialised.AuditAdministrator.Certificate);
        for (var i = 0; i < Holders.Count; i++)
        {
            Holders[i].Certificate = Certificate.Decode(initialised.ShareHolders[i].Certificate);
        }

        return Initialised = initialised;
    }

    public ActRequest Appointment(TestPerson by, string role, TestPerson person) =>
        by.Act(Rooms.Kmc, ActNames.StaffAppoint, $"role/{role}", new Appointment(role, person.Request()), Now);

    public async Task<TestPerson> AppointAsync(TestPerson by, string role, string name)
    {
        var person = new TestPerson(name);
        var appointed = await Site.PostAsync<ActRequest, Appointed>("/api/kmc/staff", Appointment(by, role, person));
        person.Certificate = Certificate.Decode(appointed.Certificate);
        return person;
    }

    /// <summary>The key centre's people: a business administrator, an operator, an auditor.</summary>
    public async Task<KmcStaff> StaffAsync()
    {
        var business = await AppointAsync(Super, Roles.BusinessAdministrator, "孙业务");
        return new KmcStaff(business, await AppointAsync(business, Roles.Operator, "李操作"), await AppointAsync(Audit, Roles.Auditor, "周审计员"));
    }

    /// <summary>A CA that this key centre serves, by sealed messages.</summary>
    public async Task<TestRoom> CaBesideAsync(string name = Rooms.Ca, TestPerson? business = null)
    {
        var ca = await TestRoom.OpenAsync(name, beside: Room);
        ca.InstallIdentity();
        await KnowAsync(name, ca.Context.Identity.AsPeer(), ca.Authority, business);
        await ca.Context.Database.WriteAsync(
            session => ca.Context.Peers.Register(session, Initialised!.Identity, [Certificate.Decode(Initialised.KmCertificate)]), CancellationToken.None);
        return ca;
    }

    /// <summary>The business administrator registers another room.</summary>
    public async Task KnowAsync(string name, PeerInfo peer, TestAuthority authority, TestPerson? business = null)
    {
        var by = business ?? await AppointAsync(Super, Roles.BusinessAdministrator, "孙业务");
        byte[][] chain = [.. authority.Chain.Select(certificate => certificate.Encode())];
        Xunit.Assert.Null(await Site.RefusedAsync(
            "/api/kmc/peers", by.Act(Rooms.Kmc, ActNames.PeerRegister, $"room/{name}", new PeerRegistration(peer, chain), Now)));
        if (business is null)
        {
            by.Dispose();
        }
    }

    /// <summary>A CA asks by a sealed order; the answers in order.</summary>
    public async Task<IReadOnlyList<KmResult>> AskAsync(TestRoom ca, params IReadOnlyList<KeyRequest> requests)
    {
        var identity = ca.Context.Identity;
        var request = CaRequest.Sign(identity.SigningCertificate!, identity.Signer, requests, Now, SerialNumber.FromInt64(Interlocked.Increment(ref _task)), Gmt0014Options.Hufu);
        var answer = KmRespond.Decode(await ca.Context.Post.AskDerAsync(Rooms.Kmc, Gmt0014Exchange.MessageType, request.Encode(), null, CancellationToken.None));
        answer.Check(Certificate.Decode(Initialised!.Identity.SigningCertificate), request, Gmt0014Options.Hufu);
        return answer.Results;
    }

    /// <summary>A pair for a certificate, given to a holder's key.</summary>
    public async Task<RetKeyRespond> GiveAsync(TestRoom ca, SerialNumber number, SubjectPublicKeyInfo holder) =>
        Xunit.Assert.IsType<ApplyKeyResult>(Xunit.Assert.Single(await AskAsync(ca, Apply(number, holder)))).Key;

    public ApplyKeyRequest Apply(SerialNumber number, SubjectPublicKeyInfo holder) =>
        ApplyKeyRequest.ForSm2(new AppUserInfo(number, holder, Now, Now.AddYears(1), "某单位", null, null));

    public ActRequest Act<T>(TestPerson by, string act, string @object, T payload, string state = "-") => by.Act(Rooms.Kmc, act, @object, payload, Now, state);

    public Task<TAnswer> DoAsync<T, TAnswer>(string path, TestPerson by, string act, string @object, T payload, string state = "-") =>
        Site.PostAsync<ActRequest, TAnswer>("/api/kmc" + path, Act(by, act, @object, payload, state));

    public Task<string?> RefusedAsync<T>(string path, TestPerson by, string act, string @object, T payload, string state = "-") =>
        Site.RefusedAsync("/api/kmc" + path, Act(by, act, @object, payload, state));

    /// <summary>Opens an account for a person and signs in: the session's cookie.</summary>
    public async Task<string> SessionAsync(TestPerson person, string userName)
    {
        var opening = person.Act(Rooms.Kmc, ActNames.AccountOpen, $"account/{userName}", new AccountOpening(userName, SignInDesk.Password, new string('a', 32)), Now);
        Xunit.Assert.Null(await Site.RefusedAsync("/api/kmc/account", opening));
        using var asked = await Site.Client.PostAsync("/api/kmc/session/challenge", null);
        asked.EnsureSuccessStatusCode();
        var challenge = (await asked.Content.ReadFromJsonAsync<ChallengeMade>(ContractJson.Options))!.Challenge;
        using var message = new HttpRequestMessage(HttpMethod.Post, "/api/kmc/session") { Content = JsonContent.Create(SignInDesk.Request(person, challenge, userName), options: ContractJson.Options) };
        message.Headers.Add("Cookie", "hufu-kmc-sign-in=" + SignInDesk.CookieOf(asked, "hufu-kmc-sign-in"));
        using var signedIn = await Site.Client.SendAsync(message);
        signedIn.EnsureSuccessStatusCode();
        return SignInDesk.CookieOf(signedIn, "hufu-kmc");
    }

    /// <summary>Reads in a session.</summary>
    public async Task<T> ReadAsync<T>(string path, string session)
    {
        using var response = await GetAsync(path, session);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<T>(ContractJson.Options))!;
    }

    /// <summary>The refusal of a reading, or null.</summary>
    public async Task<string?> ReadRefusedAsync(string path, string? session)
    {
        using var response = await GetAsync(path, session);
        return response.IsSuccessStatusCode ? null : await TestSite.CodeAsync(response);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? session)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, path);
        if (session is not null)
        {
            message.Headers.Add("Cookie", "hufu-kmc=" + session);
        }

        return await Site.Client.SendAsync(message);
    }

    /// <summary>The refill job works beside the test: waits until the spare store is full, for at most three thousand looks (a minute and more).</summary>
    public async Task WaitForSparesAsync()
    {
        for (var i = 0; i < 3000 && (await Room.Context.Database.ReadAsync(PairStores.Count, CancellationToken.None)).Spare < Room.Context.Policy.Values.SpareKeysLow; i++)
        {
            await Task.Delay(20);
        }
    }

    public ActRequest Share(int number, TestPerson by, IReadOnlyList<ShareDelivery>? shares = null)
    {
        var delivery = (shares ?? Initialised!.Shares)[number - 1];
        using var share = SecretShare.Open(number, delivery.EnvelopedShare, Holders[number - 1].Key);
        var room = Certificate.Decode(Initialised!.Identity.EncryptionCertificate!).PublicKey.RequireSm2();
        return by.Act(Rooms.Kmc, ActNames.SharePresent, "device/kmc", new SharePresentation(number, share.Envelop(room)), Now);
    }

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        await Module.DisposeAsync();
        await Room.DisposeAsync();
        Super.Dispose();
        Audit.Dispose();
        foreach (var holder in Holders)
        {
            holder.Dispose();
        }
    }
}

/// <summary>People of a key centre.</summary>
internal sealed record KmcStaff(TestPerson Business, TestPerson Operator, TestPerson Auditor) : IDisposable
{
    public void Dispose()
    {
        Business.Dispose();
        Operator.Dispose();
        Auditor.Dispose();
    }
}
