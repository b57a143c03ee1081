using Hufu.Ca.Alarms;
using Hufu.Ca.Archiving;
using Hufu.Ca.Authorities;
using Hufu.Ca.Backups;
using Hufu.Ca.Crls;
using Hufu.Ca.Hierarchy;
using Hufu.Ca.Initialisation;
using Hufu.Ca.Issuing;
using Hufu.Ca.KeyCentre;
using Hufu.Ca.Overview;
using Hufu.Ca.Profiles;
using Hufu.Ca.Revocation;
using Hufu.Ca.Services;
using Hufu.Ca.Staff;
using Hufu.Ca.Told;
using Hufu.Contracts;
using Hufu.Devices.Pkcs11;
using Hufu.Hosting;
using Hufu.Messaging;
using Hufu.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Hufu.Ca;

/// <summary>The certification authority (证书认证系统): root and operational CA, issuing, revocation, CRLs.</summary>
public sealed partial class CaModule : IRoom, IArchivedRoom, IRepairingRoom
{
    private readonly RoomContext context;
    private readonly CaOptions options;
    private readonly CaDesks desks;
    private readonly DeviceBackup backup;
    private readonly CeremonyDesk ceremony;
    private readonly AuthorityBirth birth;
    private readonly SetupDesk setup;
    private readonly StaffDesk staff;
    private readonly PeerDesk peers;
    private readonly ServiceDesk services;
    private readonly StatusSignerDesk signers;
    private readonly CrlOrder crls;
    private readonly RevocationActs revocations;
    private readonly ProposalDesk proposals;
    private readonly OverviewDesk overview;
    private readonly FactsDesk told;
    private readonly ProfileDesk profiles;
    private readonly OwnRenewal own;
    private readonly RepairWork repairing;
    private readonly RepairDesk repairs;
    private readonly BackupWatch backups;
    private readonly BackupSplitting splitting;
    private readonly TimeWatch watch;
    private readonly Pkcs11Device? token;
    private readonly CancellationTokenSource stop = new();
    private readonly AliveBeat beat;
    private Task settling = Task.CompletedTask;
    private Task beating = Task.CompletedTask;
    private Task renewing = Task.CompletedTask;
    private Task watching = Task.CompletedTask;

    /// <summary>The room over what the host has opened for it.</summary>
    /// <param name="context">The room <c>ca</c>, opened with this module's assembly.</param>
    /// <param name="options">What the operator sets.</param>
    public CaModule(RoomContext context, CaOptions options)
        : this(context, options, NoProbe.Instance)
    {
    }

    internal CaModule(RoomContext context, CaOptions options, IIssuingProbe probe)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        this.context = context;
        this.options = options;
        var outlet = new PostOutlet(context.Post);
        token = CaTokens.Open(options);
        desks = new CaDesks(new CaParts(
            context.Database, context.Ledger, context.Policy, context.Clock, context.Staff, context.Identity.Device, options, new PublicAddresses(context.Settings.PublicAddress("")),
            new PostKeyCentreLine(context.Post, context.Peers, context.Identity), outlet, probe, context.Log, context.DataDirectory, token));
        backup = new DeviceBackup(context.Database, context.Identity.Device);
        ceremony = new CeremonyDesk(context, backup);
        birth = new AuthorityBirth(context, desks, backup, ceremony, outlet);
        setup = new SetupDesk(context, SetupPath.Own, receivesSealed: true);
        staff = new StaffDesk(context, new OwnStaffCertifier(context.Database, context.Policy, desks));
        peers = new PeerDesk(context);
        services = new ServiceDesk(context, desks, outlet);
        signers = new StatusSignerDesk(context, desks, outlet);
        crls = new CrlOrder(context, desks.Crls, desks.Authorities);
        revocations = new RevocationActs(context, desks, options);
        beat = new AliveBeat(context.Database, desks.Authorities, outlet, context.Clock, context.Log);
        backups = new BackupWatch(context, desks);
        splitting = new BackupSplitting(context, backup, backups, ceremony);
        proposals = new ProposalDesk(context, desks, new AuthorityDeeds(context, desks, outlet), backups);
        overview = new OverviewDesk(context, desks, options);
        profiles = new ProfileDesk(context, outlet);
        own = new OwnRenewal(context, desks);
        repairing = new RepairWork(context, desks, outlet);
        repairs = new RepairDesk(context, desks, repairing);
        watch = new TimeWatch(context, new TimeSources(options.TimeServers, options.AskTimeEvery, context.Policy.Values.IssuingClockBound), ClockTold);
        desks.Authorities.WatchedBy(() => watch.Doubt);
        told = new FactsDesk(context, desks.Authorities, desks.ProfileKeys, outlet);
        RegisterHandlers();
    }

    /// <inheritdoc/>
    public string Name => Rooms.Ca;

    /// <inheritdoc/>
    public IReadOnlyList<IArchiveSource> ArchiveSources => [new CertificateSource(context), new CrlSource(context)];

    /// <inheritdoc/>
    public Task<IReadOnlyList<RepairStanding>> WaitingRepairsAsync(CancellationToken ct) => repairs.ListAsync(ct);

    /// <inheritdoc/>
    public Task<RepairStanding> RepairAsync(string id, CancellationToken ct) => repairs.FindAsync(id, ct);

    internal BackupWatch Backups => backups;

    internal CaDesks Desks => desks;

    internal TimeWatch Watch => watch;

    internal RepairWork Repairing => repairing;

    /// <inheritdoc/>
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        setup.MapEndpoints(endpoints);
        staff.MapEndpoints(endpoints);
        peers.MapEndpoints(endpoints);
        ceremony.MapEndpoints(endpoints);
        endpoints.MapPost("/api/ca/initialise", async (CaInitialisation request, CancellationToken ct) => Results.Json(await birth.InitialiseAsync(request, ct), ContractJson.Options))
            .WithName("ca-initialise").WithTags(Name).WithSummary("Starts the CA from nothing (GM/T 0037): keys, certificates, administrators, split backup").Produces<CaInitialised>().ProducesRefusals();
        endpoints.MapPost("/api/ca/services", async (ActRequest request, CancellationToken ct) => Results.Json(await services.RegisterAsync(request, ct), ContractJson.Options))
            .WithName("ca-services").WithTags(Name).WithSummary("Certifies a room's service keys (ServiceRegistration)").Produces<ServiceRegistered>().ProducesRefusals();
        endpoints.MapPost("/api/ca/services/signers", async (ActRequest request, CancellationToken ct) => Results.Json(await signers.RegisterAsync(request, ct), ContractJson.Options))
            .WithName("ca-service-signers").WithTags(Name).WithSummary("Certifies a key of the status service as a P-256 CA's OCSP signer (StatusSignerRegistration)").Produces<StatusSignerCertified>().ProducesRefusals();
        endpoints.MapPost("/api/ca/revocations", async (ActRequest request, CancellationToken ct) => Results.Json(await revocations.RevokeAsync(request, ct), ContractJson.Options))
            .WithName("ca-revocations").WithTags(Name).WithSummary("Revokes a certificate by a signed act (CertificateRevocation)").Produces<PairRevoked>().ProducesRefusals();
        endpoints.MapPost("/api/ca/suspensions", async (ActRequest request, CancellationToken ct) => Results.Json(await revocations.SuspendAsync(request, ct), ContractJson.Options))
            .WithName("ca-suspensions").WithTags(Name).WithSummary("Suspends a holder's certificate (CertificateSuspension)").Produces<PairSuspended>().ProducesRefusals();
        endpoints.MapPost("/api/ca/resumptions", async (ActRequest request, CancellationToken ct) => Results.Json(await revocations.ResumeAsync(request, ct), ContractJson.Options))
            .WithName("ca-resumptions").WithTags(Name).WithSummary("Lifts a suspension (CertificateSuspension)").Produces<PairResumed>().ProducesRefusals();
        endpoints.MapPost("/api/ca/deeds", async (ActRequest request, CancellationToken ct) => Results.Json(await proposals.ProposeAsync(request, ct), ContractJson.Options))
            .WithName("ca-deeds").WithTags(Name).WithSummary("Proposes a deed about the CAs (AuthorityProposal)").Produces<ProposalStanding>().ProducesRefusals();
        endpoints.MapGet("/api/ca/deeds", async (CancellationToken ct) => Results.Json(await proposals.ListAsync(ct), ContractJson.Options))
            .WithName("ca-deed-list").WithTags(Name).WithSummary("The newest hundred proposals, those that wait first").Produces<IReadOnlyList<ProposalStanding>>().ProducesRefusals();
        endpoints.MapGet("/api/ca/deeds/{id}", async (string id, CancellationToken ct) => Results.Json(await proposals.FindAsync(id, ct), ContractJson.Options))
            .WithName("ca-deed").WithTags(Name).WithSummary("A proposal and what it would do").Produces<ProposalStanding>().ProducesRefusals();
        endpoints.MapPost("/api/ca/deeds/{id}/approval", async (string id, ActRequest request, CancellationToken ct) => Results.Json(await proposals.ApproveAsync(id, request, ct), ContractJson.Options))
            .WithName("ca-deed-approval").WithTags(Name).WithSummary("Approves a proposal as another person and carries it out").Produces<DeedDone>().ProducesRefusals();
        endpoints.MapPost("/api/ca/overview", async (ActRequest request, CancellationToken ct) => Results.Json(await overview.ReadAsync(request, ct), ContractJson.Options))
            .WithName("ca-overview").WithTags(Name).WithSummary("The CA's figures: numbers by type and time, CRL ages, keys' lives, deadlines, alarms").Produces<CaOverview>().ProducesRefusals();
        MapProfiles(endpoints);
        repairs.MapEndpoints(endpoints);
        splitting.MapEndpoints(endpoints);
        endpoints.MapPost("/api/ca/facts", async (ActRequest request, CancellationToken ct) => Results.Json(await told.RepeatAsync(request, ct), ContractJson.Options))
            .WithName("ca-facts").WithTags(Name).WithSummary("Publishes the facts since a moment again to one room (FactsAgain)").Produces<FactsRepeated>().ProducesRefusals();
        endpoints.MapPost("/api/ca/crls", async (ActRequest request, CancellationToken ct) => Results.Json(await crls.IssueAsync(request, ct), ContractJson.Options))
            .WithName("ca-crls").WithTags(Name).WithSummary("Signs a CRL now (CrlRequest)").Produces<CrlSigned>().ProducesRefusals();
    }

    private void MapProfiles(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/api/ca/profiles", async (CancellationToken ct) => Results.Json(await profiles.ListAsync(ct), ContractJson.Options))
            .WithName("ca-profiles").WithTags(Name).WithSummary("The profiles in force").Produces<IReadOnlyList<ProfileInForce>>().ProducesRefusals();
        endpoints.MapGet("/api/ca/profiles/{id}", async (string id, CancellationToken ct) => Results.Json(await profiles.FindAsync(id, ct), ContractJson.Options))
            .WithName("ca-profile").WithTags(Name).WithSummary("A profile in force with its text").Produces<ProfileInForce>().ProducesRefusals();
        endpoints.MapGet("/api/ca/profiles/{id}/versions", async (string id, CancellationToken ct) => Results.Json(await profiles.VersionsAsync(id, ct), ContractJson.Options))
            .WithName("ca-profile-versions").WithTags(Name).WithSummary("A profile's versions, the newest first").Produces<IReadOnlyList<ProfileVersionShown>>().ProducesRefusals();
        endpoints.MapGet("/api/ca/profiles/{id}/difference", async (string id, long from, long to, CancellationToken ct) => Results.Json(await profiles.DifferenceAsync(id, from, to, ct), ContractJson.Options))
            .WithName("ca-profile-difference").WithTags(Name).WithSummary("What lies between two versions of a profile").Produces<ProfileDifference>().ProducesRefusals();
        endpoints.MapPost("/api/ca/profiles/{id}/changes", async (string id, ActRequest request, CancellationToken ct) => Results.Json(await profiles.ProposeAsync(id, request, ct), ContractJson.Options))
            .WithName("ca-profile-propose").WithTags(Name).WithSummary("Proposes another text for a profile (ProfileProposal)").Produces<ProfileChange>().ProducesRefusals();
        endpoints.MapGet("/api/ca/profile-changes", async (CancellationToken ct) => Results.Json(await profiles.ChangesAsync(ct), ContractJson.Options))
            .WithName("ca-profile-changes").WithTags(Name).WithSummary("The newest hundred changes of profiles, those that wait first").Produces<IReadOnlyList<ProfileChange>>().ProducesRefusals();
        endpoints.MapGet("/api/ca/profile-changes/{id}", async (string id, CancellationToken ct) => Results.Json(await profiles.ChangeAsync(id, ct), ContractJson.Options))
            .WithName("ca-profile-change").WithTags(Name).WithSummary("A change of a profile with its difference").Produces<ProfileChange>().ProducesRefusals();
        endpoints.MapPost("/api/ca/profile-changes/{id}/approval", async (string id, ActRequest request, CancellationToken ct) => Results.Json(await profiles.ApproveAsync(id, request, ct), ContractJson.Options))
            .WithName("ca-profile-approve").WithTags(Name).WithSummary("Approves a change as another person; in force at once (ProfileDecision)").Produces<ProfileChange>().ProducesRefusals();
        endpoints.MapPost("/api/ca/profile-changes/{id}/refusal", async (string id, ActRequest request, CancellationToken ct) => Results.Json(await profiles.RefuseAsync(id, request, ct), ContractJson.Options))
            .WithName("ca-profile-refuse").WithTags(Name).WithSummary("Refuses a change (ProfileDecision)").Produces<ProfileChange>().ProducesRefusals();
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken ct)
    {
        await desks.LoadAsync(ct).ConfigureAwait(false);
        await backup.LoadAsync(ct).ConfigureAwait(false);
        await backups.LoadAsync(ct).ConfigureAwait(false);
        await backups.LookNowAsync(ct).ConfigureAwait(false);
        context.Post.Start();
        watching = Task.Run(() => watch.RunAsync(stop.Token), CancellationToken.None);
        desks.Plan.Start();

        // Beside the start: the key centre may open after this room, and nobody waits for what was left yesterday.
        settling = Task.Run(() => SettleAsync(stop.Token), CancellationToken.None);
        beating = Task.Run(() => beat.RunAsync(stop.Token), CancellationToken.None);
        renewing = Task.Run(() => RenewAsync(stop.Token), CancellationToken.None);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RoomCheck>> CheckHealthAsync(CancellationToken ct)
    {
        var checks = new List<RoomCheck>(await context.CheckHealthAsync(ct).ConfigureAwait(false)) { watch.Health };
        if (desks.Authorities.Current is null)
        {
            return [.. checks, new RoomCheck("initialised", true, "not yet")];
        }

        var operational = desks.Authorities.Demand().Operational.Name;
        var (crl, unsettled) = await context.Database.ReadAsync(
            session => (CrlStore.LatestFull(session, operational), IntentStore.CountUnsettled(session)), ct).ConfigureAwait(false);
        var late = crl is null || context.Clock.GetUtcNow().ToUnixTimeMilliseconds() > crl.NextUpdate;
        checks.Add(new RoomCheck("crl", !late, crl is null ? "none" : $"CRL {crl.Number}, {crl.Entries} entries, good until {DateTimeOffset.FromUnixTimeMilliseconds(crl.NextUpdate):u}"));
        KeyBackup[] unbacked = [.. (await backups.ReadAsync(ct).ConfigureAwait(false)).Keys.Where(key => key.HeldBy is null)];
        checks.Add(new RoomCheck("backup", unbacked.All(key => key.Due > context.Clock.GetUtcNow()), unbacked.Length == 0 ? "holds every key" : $"no backup holds the key of {string.Join(", ", unbacked.Select(key => key.Ca))}"));
        checks.Add(new RoomCheck("intents", true, unsettled == 0 ? "all settled" : $"{unsettled} wait for the key centre"));
        return checks;
    }

    /// <summary>Stops the schedules; what is under way ends. The context is the host's.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(false);
        await settling.ConfigureAwait(false);
        await beating.ConfigureAwait(false);
        await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await desks.DisposeAsync().ConfigureAwait(false);
        birth.Dispose();
        told.Dispose();
        repairing.Dispose();
        token?.Dispose();
        stop.Dispose();
    }

    // Doubt about the clock stands as an alarm while it lasts; afterwards CRLs that are due come at once, intents with the next settling.
    private void ClockTold(Session session, string? doubt)
    {
        if (doubt is not null)
        {
            desks.Alarms.Raise(session, AlarmKinds.ClockInDoubt, "clock", doubt);
            return;
        }

        desks.Alarms.Clear(session, AlarmKinds.ClockInDoubt, "clock");
        session.OnCommitted(desks.Plan.LookNow);
    }

    private Task IssuingAsync(Func<Task> issue)
    {
        RestoreMark.Demand(context.DataDirectory);
        return RecordedAsync(issue());
    }

    // What may come by post, and from whom, stands in access.csv; Messaging has checked it before these run.
    private void RegisterHandlers()
    {
        // A room put back from a backup issues nothing before it is reconciled (R17).
        context.Post.Handle<IssuePair, PairIssued>((order, ct) => IssuingAsync(() => desks.Issuing.IssueAsync(order.Body, order.From, new OrderReply(order), ct)));
        context.Post.Handle<IssuePairs, PairsIssued>((order, ct) => IssuingAsync(() => IssueManyAsync(order, ct)));
        context.Post.Handle<IssueStaffCertificate, StaffCertificateIssued>((order, ct) => IssuingAsync(() => desks.Staffing.CertifyAsync(order.Body, order.From, order.Reply, ct)));
        context.Post.Subscribe<ServiceRenewalAsked>((session, fact) => desks.Renewals.Note(session, fact.Id, fact.From, fact.Body));
        context.Post.Handle<RevokePair, PairRevoked>((order, ct) => ChangedAsync(desks.Revocation.RevokeAsync(order.Body, order.From, order.Reply, ct)));
        context.Post.Handle<SuspendPair, PairSuspended>((order, ct) => ChangedAsync(desks.Revocation.SuspendAsync(order.Body, order.From, order.Reply, ct)));
        context.Post.Handle<ResumePair, PairResumed>((order, ct) => ChangedAsync(desks.Revocation.ResumeAsync(order.Body, order.From, order.Reply, ct)));
    }

    // Rooms' requests for a certificate to follow one of theirs: as soon as they are noted, and what was left at each start.
    private async Task RenewAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await desks.Renewals.CarryOutAsync(ct).ConfigureAwait(false);
                await desks.Renewals.WaitAsync(options.SettleEvery, ct).ConfigureAwait(false);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogFault(context.Log, fault);
                await Task.Delay(options.SettleEvery, context.Clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // The reply is sealed and kept once every line has its outcome; an order that was broken off goes on when it comes again.
    private async Task IssueManyAsync(ReceivedOrder<IssuePairs, PairsIssued> order, CancellationToken ct)
    {
        var issued = await desks.Issuing.IssueManyAsync(order.Body.Orders, order.From, ct).ConfigureAwait(false);
        order.Prepare(issued);
        await context.Database.WriteAsync(session => order.Reply(session, issued), ct).ConfigureAwait(false);
    }

    private async Task ChangedAsync(Task change)
    {
        await RecordedAsync(change).ConfigureAwait(false);
        if (options.CrlAtOnce)
        {
            desks.Plan.RequestNow();
        }
    }

    // R24: what the ledger cannot take did not happen, and the sender hears so and tries again.
    private static async Task RecordedAsync(Task work)
    {
        try
        {
            await work.ConfigureAwait(false);
        }
        catch (LedgerException fault)
        {
            throw new RefusedException(RefusalCode.LedgerUnavailable, fault.Error.ToString());
        }
    }

    private async Task SettleAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                // R17 holds for what was left, too.
                if (desks.Authorities.Current is not null && !RestoreMark.IsSet(context.DataDirectory))
                {
                    await desks.Settling.SettleAsync(ct).ConfigureAwait(false);
                    await told.GoOnAsync(ct).ConfigureAwait(false);
                    await repairing.GoOnAsync(ct).ConfigureAwait(false);
                    await own.LookAsync(ct).ConfigureAwait(false);
                    await desks.Lives.LookAsync(ct).ConfigureAwait(false);
                    await backups.LookAsync(ct).ConfigureAwait(false);
                }

                await Task.Delay(options.SettleEvery, context.Clock, ct).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                LogFault(context.Log, fault);
                await Task.Delay(options.SettleEvery, context.Clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(3000, LogLevel.Error, "Settling failed; it is tried again")]
    private static partial void LogFault(ILogger log, Exception fault);
}
