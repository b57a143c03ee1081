using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Kmc;
using Hufu.Pki;
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

    public TestRoom Room { get; }

    public KmcModule Module { get; }

    public TestSite Site { get; }

    public TestPerson Super { get; } = new("赵超级");

    public TestPerson Audit { get; } = new("钱审计");

    public IReadOnlyList<TestPerson> Holders { get; } = [.. "甲乙丙丁戊".Select(letter => new TestPerson($"持有人{letter}"))];

    public KmcInitialised? Initialised { get; private set; }

    public DateTimeOffset Now => Room.Clock.GetUtcNow();

    public static async Task<KmcPlace> OpenAsync()
    {
        var room = await TestRoom.OpenAsync(Rooms.Kmc, typeof(KmcModule).Assembly);
        var module = new KmcModule(room.Context, new KmcOptions());
        var site = await TestSite.StartAsync(module.MapEndpoints);
        await module.StartAsync(CancellationToken.None);
        return new KmcPlace(room, module, site);
    }

    public static async Task<KmcPlace> OpenInitialisedAsync()
    {
        var place = await OpenAsync();
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

    public ActRequest Share(int number, TestPerson by)
    {
        var delivery = Initialised!.Shares[number - 1];
        using var share = SecretShare.Open(number, delivery.EnvelopedShare, Holders[number - 1].Key);
        var room = Certificate.Decode(Initialised.Identity.EncryptionCertificate!).PublicKey.RequireSm2();
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
