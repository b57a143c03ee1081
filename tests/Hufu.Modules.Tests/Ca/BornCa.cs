using Hufu.Ca;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>The whole room as the host runs it, over HTTP, with the people of its initialisation.</summary>
internal sealed class BornCa : IAsyncDisposable
{
    private readonly TempFolder? folder;

    private BornCa(TestRoom room, CaModule module, TestSite site, TempFolder? folder)
    {
        this.folder = folder;
        Room = room;
        Module = module;
        Site = site;
    }

    public TestRoom Room { get; private set; }

    public CaModule Module { get; private set; }

    public TestSite Site { get; private set; }

    public TestPerson Super { get; } = new("超级管");

    public TestPerson AuditAdministrator { get; } = new("审计管");

    public IReadOnlyList<TestPerson> Holders { get; } = [.. Enumerable.Range(1, 5).Select(i => new TestPerson($"持有人{i}"))];

    public TestPerson Administrator { get; } = new("周管理");

    public TestPerson Operator { get; } = new("吴操作");

    public CaInitialised Born { get; private set; } = null!;

    /// <summary>A room that is started and knows nobody.</summary>
    /// <param name="lasting">Whether it can be switched off and on (<see cref="OffForAsync"/>); then with the usual options.</param>
    /// <param name="options">Null for the usual ones.</param>
    public static async Task<BornCa> StartAsync(bool lasting = false, CaOptions? options = null)
    {
        var folder = lasting ? new TempFolder() : null;
        var room = await TestRoom.OpenAsync(Rooms.Ca, typeof(CaModule).Assembly, folder: folder?.Path);
        var module = new CaModule(room.Context, options ?? new CaOptions());
        await module.StartAsync(TestContext.Current.CancellationToken);
        return new BornCa(room, module, await TestSite.StartAsync(module.MapEndpoints), folder);
    }

    /// <summary>Initialised, with a business administrator and an operator.</summary>
    public static async Task<BornCa> OpenAsync(bool lasting = false, CaOptions? options = null)
    {
        var ca = await StartAsync(lasting, options);
        ca.Born = await ca.Site.PostAsync<CaInitialisation, CaInitialised>("/api/ca/initialise", ca.Request());
        ca.Super.Certificate = Certificate.Decode(ca.Born.SuperAdministrator.Certificate);
        ca.AuditAdministrator.Certificate = Certificate.Decode(ca.Born.AuditAdministrator.Certificate);
        for (var i = 0; i < ca.Holders.Count; i++)
        {
            ca.Holders[i].Certificate = Certificate.Decode(ca.Born.ShareHolders[i].Certificate);
        }

        await ca.AppointAsync(ca.Super, Roles.BusinessAdministrator, ca.Administrator);
        await ca.AppointAsync(ca.Administrator, Roles.Operator, ca.Operator);
        return ca;
    }

    /// <summary>The machine is switched off and started again later: nothing runs in between. Other rooms of the test are opened again beside <see cref="Room"/>.</summary>
    public async Task OffForAsync(TimeSpan time)
    {
        Assert.NotNull(folder);
        await Site.DisposeAsync();
        await Module.DisposeAsync();
        await Room.DisposeAsync();
        Room.Clock.Advance(time);
        Room = await TestRoom.OpenAsync(Rooms.Ca, typeof(CaModule).Assembly, beside: Room, folder: folder.Path);
        Module = new CaModule(Room.Context, new CaOptions());
        await Module.StartAsync(TestContext.Current.CancellationToken);
        Site = await TestSite.StartAsync(Module.MapEndpoints);
    }

    public CaInitialisation Request() => new(
        Room.Context.SetupCode.Pending!, "虎符测试认证中心", "虎符测试根", "虎符测试运营 CA", Super.Request(), AuditAdministrator.Request(), [.. Holders.Select(holder => holder.Request())]);

    public async Task AppointAsync(TestPerson by, string role, TestPerson person)
    {
        var appointed = await Site.PostAsync<ActRequest, Appointed>("/api/ca/staff", Act(by, ActNames.StaffAppoint, $"role/{role}", new Appointment(role, person.Request())));
        person.Certificate = Certificate.Decode(appointed.Certificate);
    }

    public ActRequest Act<T>(TestPerson person, string act, string target, T payload) => person.Act(Rooms.Ca, act, target, payload, Room.Clock.GetUtcNow());

    /// <summary>Certifies another room's keys and installs what comes back; a room that is certified again takes a second person.</summary>
    public async Task<ServiceRegistered> RegisterAsync(TestRoom other, bool withEncryption = true, TestPerson? second = null)
    {
        var requests = other.Context.Identity.MakeRequests(TestAuthority.Name(other.Context.Name));
        var registration = new ServiceRegistration(other.Context.Name, $"测试{other.Context.Name}", withEncryption ? requests : requests with { Encryption = null });
        var request = Act(Administrator, ActNames.CaServiceRegister, $"room/{other.Context.Name}", registration);
        if (second is not null)
        {
            Assert.Equal("second-needed", await Site.RefusedAsync("/api/ca/services", request));
            request = request with { Second = Act(second, ActNames.Second, $"proposal/{Hufu.Governance.Proposals.IdOf(request.Act.Statement)}", registration).Act };
        }

        var registered = await Site.PostAsync<ActRequest, ServiceRegistered>("/api/ca/services", request);
        other.Context.Identity.Install(
            Certificate.Decode(registered.SigningCertificate), registered.EncryptionCertificate is { } der ? Certificate.Decode(der) : null, Certificate.Decode(registered.AuditCertificate),
            [.. registered.Chain.Select(one => Certificate.Decode(one))], Room.Clock.GetUtcNow());
        await other.Context.Database.WriteAsync(
            session => other.Context.Peers.Register(session, registered.Ca, [.. registered.Chain.Select(one => Certificate.Decode(one))]), CancellationToken.None);
        return registered;
    }

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        await Module.DisposeAsync();
        await Room.DisposeAsync();
        foreach (var person in Holders.Concat([Super, AuditAdministrator, Administrator, Operator]))
        {
            person.Dispose();
        }

        if (folder is not null)
        {
            Room.Authority.Dispose();
            folder.Dispose();
        }
    }
}
