using System.Net.Http.Json;
using Hufu.Ca;
using Hufu.Ca.KeyCentre;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Modules.Tests.Ca;
using Hufu.Modules.Tests.Governance;
using Hufu.Pki;
using Hufu.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Hufu.Modules.Tests.Kmc;

/// <summary>A CA and a key centre in one process, each with its people, that know one another by their people's acts; pairs are asked for by the CA's own client. The key centre's certificates live half a year.</summary>
internal sealed class RenewalPlace : IAsyncDisposable
{
    public static readonly CaseRemark Fine = new("证书即将到期");

    private static readonly Lazy<Policy> s_policy = new(() =>
    {
        using var folder = PolicyTests.Copy();
        foreach (var profile in new[] { "room-sign", "room-encrypt", "room-audit" })
        {
            PolicyTests.Change(folder, $"profiles/{profile}.yaml", profile == "room-audit" ? "life: P5Y" : "life: P3Y", "life: P6M");
        }

        return Policy.Load(folder.Path);
    });

    private long _task;

    private RenewalPlace(BornCa ca, KmcPlace place, KmcStaff staff)
    {
        (Ca, Place, Staff) = (ca, place, staff);
        var room = ca.Room.Context;
        Client = new KeyCentreClient(
            new PostKeyCentreLine(room.Post, room.Peers, room.Identity), ca.Room.Clock, new CaOptions { KeyCentreTimeout = TimeSpan.FromSeconds(60) }, NullLogger.Instance);
    }

    public BornCa Ca { get; }

    public KmcPlace Place { get; private set; }

    public KmcStaff Staff { get; }

    public KeyCentreClient Client { get; }

    public Sm2KeyPair Holder { get; } = Sm2KeyPair.Generate();

    public FakeClock Clock => Ca.Room.Clock;

    public Hufu.Messaging.RoomIdentity Identity => Place.Room.Context.Identity;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Both, introduced to one another.</summary>
    /// <param name="folder">The key centre's folder, kept at the end; null for one of its own.</param>
    public static async Task<RenewalPlace> OpenAsync(string? folder = null)
    {
        var ca = await BornCa.OpenAsync();
        var place = await KmcPlace.OpenInitialisedAsync(beside: ca.Room, folder: folder, policy: s_policy.Value);
        var all = new RenewalPlace(ca, place, await place.StaffAsync());
        byte[][] chain = [ca.Born.CaCertificate, ca.Born.RootCertificate];
        Assert.Null(await place.RefusedAsync("/peers", all.Staff.Business, ActNames.PeerRegister, "room/ca", new PeerRegistration(ca.Room.Context.Identity.AsPeer(), chain)));
        Assert.Null(await ca.Site.RefusedAsync(
            "/api/ca/peers", ca.Act(ca.Administrator, ActNames.PeerRegister, "room/kmc", new PeerRegistration(place.Initialised!.Identity, [place.Initialised.KmCertificate]))));

        // What follows ends later than what it follows.
        ca.Room.Clock.Advance(TimeSpan.FromDays(1));
        return all;
    }

    /// <summary>The time goes on; everybody's check and training are on record.</summary>
    public async Task GoOnAsync(TimeSpan by)
    {
        Clock.Advance(by);
        await FitAsync(Ca.Room);
        await FitAsync(Place.Room);
    }

    /// <summary>A pair by the CA's own client.</summary>
    public Task<EncryptionPair> PairAsync(long? task = null, SerialNumber? number = null) => Client.GetPairAsync(
        new PairTask(task ?? ++_task, number ?? SerialNumber.Create(), Holder.PublicKey, Clock.GetUtcNow(), Clock.GetUtcNow().AddYears(1), "某单位"), Cancel);

    /// <summary>Why there is none.</summary>
    public async Task<RefusalCode> NoPairAsync(long task, SerialNumber number) => (await Assert.ThrowsAsync<RefusedException>(() => PairAsync(task, number))).Refusal.Code;

    public async Task<KeyCentreServices> ServicesAsync() => (await Place.Site.Client.GetFromJsonAsync<KeyCentreServices>("/api/kmc/services", ContractJson.Options, Cancel))!;

    /// <summary>The business administrator renews.</summary>
    public async Task<RenewedServices> RenewAsync(bool audit = false) =>
        await Place.DoAsync<ServiceRenewal, RenewedServices>("/services", Staff.Business, ActNames.KmcServiceRenew, (await ServicesAsync()).Object, new ServiceRenewal(audit, "证书即将到期"));

    /// <summary>The auditor puts it in force.</summary>
    public Task<RenewedServices> PutInForceAsync(RenewedServices renewed) => Place.DoAsync<CaseRemark, RenewedServices>(
        $"/services/{renewed.Number}/put-in-force", Staff.Auditor, ActNames.KmcServicePutInForce, $"services/{renewed.Number}", Fine, renewed.StateToSign);

    /// <summary>Two of the CA's people register what the key centre is now.</summary>
    public async Task RegisterAsync(RenewedServices renewed, bool keepEarlier = true)
    {
        var registration = new PeerRegistration(renewed.Peer!, renewed.Chain, keepEarlier);
        var request = Ca.Act(Ca.Administrator, ActNames.PeerRegister, "room/kmc", registration);
        Assert.Equal("second-needed", await Ca.Site.RefusedAsync("/api/ca/peers", request));
        var second = Ca.Act(Ca.Super, ActNames.Second, $"proposal/{Proposals.IdOf(request.Act.Statement)}", registration).Act;
        Assert.Null(await Ca.Site.RefusedAsync("/api/ca/peers", request with { Second = second }));
    }

    /// <summary>The key centre's process ends and starts again on the same files; what lies there can be changed between.</summary>
    public async Task RestartAsync(string folder, string? sql = null)
    {
        if (sql is not null)
        {
            await Place.Room.Context.Database.WriteAsync(session => { session.Execute(sql); }, Cancel);
        }

        await Place.DisposeAsync();
        Place = await KmcPlace.OpenAsync(beside: Ca.Room, folder: folder, policy: s_policy.Value);
    }

    public async ValueTask DisposeAsync()
    {
        Staff.Dispose();
        Holder.Dispose();
        await Place.DisposeAsync();
        await Ca.DisposeAsync();
    }

    private static Task FitAsync(TestRoom room) => room.Context.Database.WriteAsync(
        session =>
        {
            var now = room.Clock.GetUtcNow();
            foreach (var person in room.Context.Staff.List(session))
            {
                room.Context.Staff.RecordFitness(session, person.PersonId, new FitnessRecord(FitnessKind.BackgroundCheck, now, "x"), person);
                room.Context.Staff.RecordFitness(session, person.PersonId, new FitnessRecord(FitnessKind.Training, now, "x"), person);
                room.Context.Staff.RecordFitness(session, person.PersonId, new FitnessRecord(FitnessKind.Term, now, "x"), person);
            }
        },
        Cancel);
}
