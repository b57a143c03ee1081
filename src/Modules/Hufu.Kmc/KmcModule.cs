using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Hosting;
using Hufu.Kmc.Drill;
using Hufu.Kmc.Initialisation;
using Hufu.Kmc.Services;
using Hufu.Kmc.Serving;
using Hufu.Kmc.StorageKeys;
using Hufu.Kmc.Stores;
using Hufu.Messaging;
using Hufu.Pki;
using Hufu.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Kmc;

/// <summary>
/// The key management centre (密钥管理中心): makes, keeps, gives out, returns and retires the encryption pairs of holders. Its own database, staff, keys and ledger; CAs reach it by the
/// structures of GM/T 0014 in sealed messages only.
/// </summary>
public sealed class KmcModule : IRoom
{
    private readonly RoomContext _context;
    private readonly KeyCentreSetup _setup;
    private readonly CentreBackup _backup;
    private readonly CeremonyDesk _ceremony;
    private readonly PairDevice _device;
    private readonly PairMaker _maker;
    private readonly StoreDesk _stores;
    private readonly RequestServer _server;
    private readonly RefillJob _refill;
    private readonly ResealJob _reseal;
    private readonly SpareReserve _reserve;
    private readonly StoreGrowth _growth;
    private readonly PeopleDoors _doors;
    private readonly ServiceRenewals _renewals;
    private readonly ServiceWatch _services;
    private readonly SemaphoreSlim _readying = new(1, 1);
    private ServingCentre? _serving;
    private IReadOnlyList<ServingCentre> _centres = [];

    /// <summary>The room on what it stands on.</summary>
    /// <param name="context">Opened for <see cref="Rooms.Kmc"/>, with this assembly's migrations.</param>
    /// <param name="options">What is agreed with the CAs.</param>
    public KmcModule(RoomContext context, KmcOptions options)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(options);
        options = KmcFile.Over(options, context.DataDirectory);
        if (options.MostRequests is < 1 or > 1000)
        {
            throw new ArgumentOutOfRangeException(nameof(options), "MostRequests is 1 to 1,000.");
        }

        _context = context;
        _backup = new CentreBackup(context);
        _ceremony = new CeremonyDesk(context, _backup);
        _device = new PairDevice(context, options.Sdf);
        _setup = new KeyCentreSetup(context, _device.Get, _ceremony);
        _maker = new PairMaker(context.Database, context.Ledger, _device.Get, context.Clock);
        _stores = new StoreDesk(context, _maker);
        var reserve = _reserve = new SpareReserve(context.Database);
        _growth = new StoreGrowth(context.Database, context.Clock);
        _reseal = new ResealJob(context.Database, context.Ledger, _device.Get, reserve, context.Clock, fault => KmcLog.ResealFault(context.Log, fault));
        var escrowed = new EscrowedKeys();
        _renewals = new ServiceRenewals(context, ServicesChangedAsync);
        _services = new ServiceWatch(context, _renewals);
        _doors = new PeopleDoors(
            context, _ceremony, _device.Get, escrowed, () => Volatile.Read(ref _serving) ?? throw new RefusedException(RefusalCode.NotInitialised, "The key centre is not initialised."), _growth, StorageKeyChangedAsync);
        var queue = new ServingQueue(
            context.Database, context.Ledger, new AnswerWriter(() => context.Identity.Device, _device.Get, options), reserve, _maker, new RequestRules(context.Policy, escrowed, context.Clock, options),
            context.Clock);
        _server = new RequestServer(context.Database, context.Ledger, queue, context.Clock, options);
        _refill = new RefillJob(
            context.Database, _maker, () => Volatile.Read(ref _serving)?.Generation ?? 0, Marks, _growth, context.Clock, fault => KmcLog.RefillFault(context.Log, fault));
        context.Post.HandleDer(Gmt0014Exchange.MessageType, ServeAsync);
        context.Post.Handle<OpenRecovery, RecoveryOpened>((order, ct) => _doors.Asking.RunAsync(order, ct));
        context.Post.Handle<FetchRecovered, RecoveredKeys>((order, ct) => _doors.Download.RunAsync(order, ct));
    }

    /// <inheritdoc/>
    public string Name => Rooms.Kmc;

    /// <inheritdoc/>
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        new SetupDesk(_context, SetupPath.Own, receivesSealed: true).MapEndpoints(endpoints);
        new PeerDesk(_context).MapEndpoints(endpoints);
        new StaffDesk(_context, new KmStaffCertifier(_context)).MapEndpoints(endpoints);
        _ceremony.MapEndpoints(endpoints);
        _doors.MapEndpoints(endpoints);
        _doors.MapServices(endpoints, _renewals, _services);
        endpoints.MapPost("/api/kmc/initialise", async (KmcInitialisation initialisation, CancellationToken ct) => Results.Json(await InitialiseAsync(initialisation, ct), ContractJson.Options))
            .WithName("kmc-initialise").WithTags(Name).WithSummary("Starts the key centre from nothing, in the order of GM/T 0038").Produces<KmcInitialised>().ProducesRefusals();
        endpoints.MapGet("/api/kmc/stores", async (CancellationToken ct) => Results.Json(await _stores.CountAsync(ct), ContractJson.Options))
            .WithName("kmc-stores").WithTags(Name).WithSummary("The three stores counted").Produces<KeyStores>();
        endpoints.MapGet("/api/kmc/refills", async (CancellationToken ct) => Results.Json(await ProgressAsync(ct), ContractJson.Options))
            .WithName("kmc-refills-progress").WithTags(Name).WithSummary("How the spare store is being refilled").Produces<RefillProgress>();
        endpoints.MapPost("/api/kmc/refills", async (ActRequest request, CancellationToken ct) => Results.Json(await _stores.RefillAsync(request, ct), ContractJson.Options))
            .WithName("kmc-refills").WithTags(Name).WithSummary("Makes pairs ahead (KeyRefill)").Produces<KeyStores>().ProducesRefusals();
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken ct)
    {
        _ = _device.Get().Description;
        await HolderIndex.CompleteAsync(_context.Database, _context.Clock.GetUtcNow().ToUnixTimeMilliseconds(), ct);
        await _maker.StartAsync(ct);
        await ReadyAsync(ct);
        await StartServicesAsync(ct);
        await _setup.CompleteAsync();
        _context.Post.Start();
        _refill.Start();
        _reseal.Start();
        _services.Start();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RoomCheck>> CheckHealthAsync(CancellationToken ct)
    {
        if (Volatile.Read(ref _serving) is null)
        {
            return [];
        }

        // An empty spare store is slow, not broken: pairs are then made on demand.
        var stores = await _stores.CountAsync(ct);
        var good = await _context.Database.ReadAsync(RunDrill.LastGood, ct);
        var due = good is { } at && _context.Policy.Values.RecoveryDrillEvery.After(DateTimeOffset.FromUnixTimeMilliseconds(at)) < _context.Clock.GetUtcNow();
        var marked = RestoreMark.IsSet(_context.DataDirectory);
        return
        [
            new RoomCheck("reconciled", !marked, marked ? "Restored from a backup and not reconciled: nothing is handed out." : "Not restored, or reconciled."),
            new RoomCheck("spare-keys", true, $"{stores.Spare} spare, {stores.InUse} in use, {stores.History} in history"),
            await _services.CheckAsync(ct),
            new RoomCheck("recovery-drill", !due, due ? "The recovery drill is due." : "In time."),
        ];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _refill.DisposeAsync();
        await _reseal.DisposeAsync();
        _maker.Dispose();
        _reserve.Dispose();
        _setup.Dispose();
        _renewals.Dispose();
        _readying.Dispose();
        _device.Dispose();
    }

    private async Task<KmcInitialised> InitialiseAsync(KmcInitialisation initialisation, CancellationToken ct)
    {
        var initialised = await _setup.RunAsync(initialisation, ct);

        // Done, whether the one who asked is still there or not.
        await ReadyAsync(CancellationToken.None);
        _refill.Poke();
        return initialised;
    }

    // From nothing to serving: at start, and after the initialisation.
    private async Task ReadyAsync(CancellationToken ct)
    {
        // What was read last is what serves.
        await _readying.WaitAsync(ct);
        try
        {
            await ReadAsync(ct);
        }
        finally
        {
            _readying.Release();
        }
    }

    private async Task ReadAsync(CancellationToken ct)
    {
        await _backup.LoadAsync(ct);
        var identity = _context.Identity;
        if (identity.SigningCertificate is { } certificate && await _context.Database.ReadAsync(CentreStore.Find, ct) is { } centre)
        {
            var (others, had) = await _context.Database.ReadAsync(ServiceRenewals.Others, ct);
            List<SubjectPublicKeyInfo> keys = [Certificate.Decode(centre.Certificate).PublicKey, certificate.PublicKey, .. had];
            keys.AddRange(new[] { identity.EncryptionCertificate, identity.AuditCertificate }.OfType<Certificate>().Select(other => other.PublicKey));

            // A CA is answered under the certificate that it knows: the present one, the one before until it ends.
            ServingCentre[] centres =
            [
                .. others.Prepend(certificate).Distinct().Where(one => identity.SigningLabelOf(one) is not null)
                    .Select(one => new ServingCentre(one, identity.SignerOf(one), identity.SigningLabelOf(one)!, centre.Generation, keys)),
            ];
            Volatile.Write(ref _centres, centres);
            Volatile.Write(ref _serving, centres.FirstOrDefault(one => one.Certificate.Equals(certificate)));
        }
    }

    // What a crash has left of a renewal is completed; what cannot be yet (a device that waits for its operator) waits for the watch.
    private async Task StartServicesAsync(CancellationToken ct)
    {
        try
        {
            await _renewals.CompleteAllAsync(ct);
        }
        catch (Exception fault) when (fault is RefusedException or DeviceException)
        {
            KmcLog.ServiceFault(_context.Log, fault);
        }
    }

    private async Task ServicesChangedAsync()
    {
        await ReadyAsync(CancellationToken.None);
        await _setup.CompleteAsync();
    }

    private async Task StorageKeyChangedAsync(CancellationToken ct)
    {
        await ReadyAsync(ct);
        _reseal.Poke();
    }

    private (long Low, long Full) Marks() =>
        Volatile.Read(ref _serving) is null || RestoreMark.IsSet(_context.DataDirectory) ? (0, 0) : (_context.Policy.Values.SpareKeysLow, _context.Policy.Values.SpareKeysFull);

    private async Task<RefillProgress> ProgressAsync(CancellationToken ct)
    {
        var (running, wanted, made) = _maker.Progress;
        var (low, full) = Marks();
        return new RefillProgress(running, wanted, made, (await _stores.CountAsync(ct)).Spare, low, full);
    }

    private async Task ServeAsync(ReceivedOrder<ReadOnlyMemory<byte>, byte[]> order, CancellationToken ct)
    {
        var centre = Volatile.Read(ref _serving) ?? throw new RefusedException(RefusalCode.NotInitialised, "The key centre is not initialised.");
        RestoreMark.Demand(_context.DataDirectory);
        centre = Volatile.Read(ref _centres).FirstOrDefault(one => one.Certificate.Equals(order.Answering)) ?? centre;
        var ca = await _context.Peers.FindAsync(order.From, ct) ?? throw new RefusedException(RefusalCode.PeerUnknown, order.From);
        var answer = await _server.AnswerAsync(ca.Name, [ca.Signing, .. ca.Earlier], centre, order.Body, new AnswerKeeper(order.Prepare, order.Reply), ct);
        _refill.Poke();
        if (answer.Refusal is { } refusal && Passing.IsPassing(refusal.Code))
        {
            // Not kept as the order's answer: the same order may be repeated when the reason has passed.
            throw new RefusedException(refusal);
        }
    }
}
