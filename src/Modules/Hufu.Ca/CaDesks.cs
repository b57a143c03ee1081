using Hufu.Ca.Alarms;
using Hufu.Ca.Authorities;
using Hufu.Ca.Certificates;
using Hufu.Ca.Crls;
using Hufu.Ca.Hierarchy;
using Hufu.Ca.Issuing;
using Hufu.Ca.KeyCentre;
using Hufu.Ca.Profiles;
using Hufu.Ca.Revocation;
using Hufu.Ca.Services;
using Hufu.Ca.Staff;
using Hufu.Devices;
using Hufu.Devices.Pkcs11;
using Hufu.Governance;
using Hufu.Records;
using Microsoft.Extensions.Logging;

namespace Hufu.Ca;

/// <summary>What the room's desks stand on.</summary>
internal sealed record CaParts(
    Database Database, Ledger Ledger, Policy Policy, TimeProvider Clock, Hufu.Governance.Staff Staff, SoftwareDevice Device, CaOptions Options, PublicAddresses Addresses, IKeyCentreLine KeyCentre,
    IFactOutlet Facts, IIssuingProbe Probe, ILogger Log, string Folder, Pkcs11Device? Token = null);

/// <summary>The room put together: every desk once, in the order in which they need one another.</summary>
internal sealed class CaDesks : IAsyncDisposable
{
    /// <summary>Label of the device's key under which kept orders are sealed.</summary>
    private const string OrderKey = "ca-orders";

    private readonly CaParts parts;
    private readonly HolderKey holders;

    public CaDesks(CaParts parts)
    {
        this.parts = parts;
        holders = new HolderKey(parts.Database, parts.Device.GetDataCipher(OrderKey));
        Builder = new CertificateBuilder(parts.Options, parts.Addresses);
        Direct = new DirectIssuer(parts.Database, parts.Ledger, parts.Policy, parts.Clock, Authorities, Builder, parts.Facts, parts.Folder);
        Renewals = new ServiceRenewals(parts, Authorities, Direct);
        Staffing = new RoomStaffing(parts.Database, parts.Policy, parts.Clock, Authorities, Direct);
        var keyCentre = new KeyCentreClient(AwaitedLine.Of(parts.KeyCentre, parts.Probe), parts.Clock, parts.Options, parts.Log);
        Issuing = new IssuingLine(new IssuingParts(
            new AwaitedDatabase(parts.Database, parts.Probe), parts.Ledger, parts.Policy, parts.Clock, Authorities, Builder, keyCentre, parts.Device.GetDataCipher(OrderKey), parts.Facts, parts.Probe, parts.Options, holders));
        Settling = new SettleJob(parts.Database, Issuing, keyCentre, parts.Clock, parts.Log);
        Alarms = new AlarmBook(parts.Ledger, parts.Clock, parts.Log);
        Crls = new CrlDesk(new CrlParts(
            parts.Database, parts.Ledger, parts.Policy.Values, parts.Clock, Authorities, parts.Addresses, parts.Facts, Alarms, parts.Options, new CrlMaker(parts.Database, Path.Combine(parts.Folder, "crls")), parts.Log));
        Plan = new CrlPlan(parts.Database, Crls, parts.Policy.Values, parts.Clock, Authorities, parts.Options, Alarms, parts.Log);
        Lives = new LifeWatch(parts.Database, parts.Policy, parts.Clock, Authorities, Alarms, parts.Options);
        Standing = new StandingBook(parts.Ledger, parts.Clock, parts.Facts, parts.Staff, parts.Policy.Values, Alarms);
        TokenHierarchy = new TokenHierarchy(parts, Direct, Crls);
        Revocation = new RevocationDesk(parts.Database, Standing, Authorities, parts.Policy, parts.Clock);
        ProfileKeys = new ProfileKeys(parts, Authorities);
    }

    public CaOptions Options => parts.Options;

    public AuthorityRegister Authorities { get; } = new();

    public CertificateBuilder Builder { get; }

    public TokenHierarchy TokenHierarchy { get; }

    public DirectIssuer Direct { get; }

    public RoomStaffing Staffing { get; }

    public ServiceRenewals Renewals { get; }

    public IssuingLine Issuing { get; }

    public SettleJob Settling { get; }

    public CrlDesk Crls { get; }

    public CrlPlan Plan { get; }

    public AlarmBook Alarms { get; }

    public LifeWatch Lives { get; }

    public StandingBook Standing { get; }

    public RevocationDesk Revocation { get; }

    public ProfileKeys ProfileKeys { get; }

    /// <summary>Where keys of an algorithm are made.</summary>
    /// <exception cref="Hufu.Contracts.RefusedException">DeviceUnavailable: no token is set.</exception>
    public KeyHome HomeOf(Hufu.Contracts.KeyAlgorithm algorithm) => KeyHome.Of(parts, algorithm);

    /// <summary>Finds the CAs in database and device, and the key of holders' identifiers; tells the RAs if profiles take other keys now.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        if (parts.Device.IsActive)
        {
            await holders.LoadAsync(ct).ConfigureAwait(false);
        }

        var (found, last) = await parts.Database.ReadAsync(session => (AuthorityStore.Load(session, parts.Device, parts.Token), AuthorityStore.LastIssue(session)), ct).ConfigureAwait(false);
        if (found is not null)
        {
            Authorities.Set(found);
            await ProfileKeys.TellAsync(ct).ConfigureAwait(false);
        }

        if (last is { } moment)
        {
            Authorities.Signed(moment);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Plan.DisposeAsync().ConfigureAwait(false);
        Crls.Dispose();
        Renewals.Dispose();
    }
}
