using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Ra.Applications;
using Hufu.Ra.Archiving;
using Hufu.Ra.Batches;
using Hufu.Ra.Cases;
using Hufu.Ra.Deadlines;
using Hufu.Ra.Delivery;
using Hufu.Ra.Fees;
using Hufu.Ra.Initialisation;
using Hufu.Ra.Issuing;
using Hufu.Ra.Notices;
using Hufu.Ra.Offices;
using Hufu.Ra.Privacy;
using Hufu.Ra.Renewal;
using Hufu.Ra.Retention;
using Hufu.Ra.Revocation;
using Hufu.Ra.Search;
using Hufu.Ra.Sources;
using Hufu.Ra.Statistics;
using Hufu.Ra.Types;
using Hufu.Ra.Vetting;
using Hufu.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Ra;

/// <summary>The registration authority (证书注册系统): applications with papers, entry and vetting by two people, delivery, renewal, revocation. Addresses under <c>/api/ra</c>.</summary>
public sealed class RaModule : IRoom, IArchivedRoom
{
    private const string LetterType = "application/pdf";

    private readonly RaDesk desk;
    private readonly NoticeSender notices;
    private readonly BatchWorker batches;
    private readonly Timekeeper timekeeper;
    private readonly HandleCases cases;
    private readonly RecoverKeys recoveries;
    private readonly InitialiseRegistration initialise;
    private readonly CodeNotice codes;
    private readonly OrderPair orderPair;
    private readonly Revocations revocations;
    private readonly PaperEraser eraser;
    private readonly GatewayPayments payments;
    private readonly TellHolders telling;

    /// <summary>The room on what it stands on.</summary>
    /// <param name="context">Opened for <see cref="Rooms.Ra"/>, with this assembly's migrations.</param>
    /// <param name="options">What the operator sets.</param>
    public RaModule(RoomContext context, RaOptions options)
    {
        desk = new RaDesk(context, RaFile.Over(options, context.DataDirectory));
        notices = new NoticeSender(desk);
        batches = new BatchWorker(desk);
        payments = new GatewayPayments(desk);
        telling = new TellHolders(desk);
        timekeeper = new Timekeeper(desk, payments, telling);
        initialise = new InitialiseRegistration(desk);
        codes = new CodeNotice(desk);
        orderPair = new OrderPair(desk, codes);
        revocations = new Revocations(desk);
        recoveries = new RecoverKeys(desk);
        eraser = new PaperEraser(desk);
        cases = new HandleCases(desk, revocations, recoveries);
        context.Post.OnAnswer<IssuePair, PairIssued>((session, answer) =>
        {
            orderPair.Answered(session, answer.Order.Application, answer.Reply, answer.Refusal);
        });
        context.Post.OnAnswer<IssuePairs, PairsIssued>((session, answer) => orderPair.Many.Answered(session, answer.Order, answer.Reply, answer.Refusal));
        context.Post.OnAnswer<RevokePair, PairRevoked>((session, answer) =>
        {
            revocations.Answered(session, answer.Order.Serial, answer.Reply, answer.Refusal);
            cases.Answered(session, answer.Order.Serial, CertificateCaseKind.Revocation, answer.Reply?.RevokedAt, answer.Refusal);
        });
        context.Post.OnAnswer<SuspendPair, PairSuspended>((session, answer) =>
            cases.Answered(session, answer.Order.Serial, CertificateCaseKind.Suspension, answer.Reply?.SuspendedAt, answer.Refusal));
        context.Post.OnAnswer<ResumePair, PairResumed>((session, answer) =>
            cases.Answered(session, answer.Order.Serial, CertificateCaseKind.Resumption, answer.Reply?.ResumedAt, answer.Refusal));
        context.Post.OnAnswer<OpenRecovery, RecoveryOpened>((session, answer) => recoveries.Answered(session, answer.Order.RaCase, answer.Reply, answer.Refusal));
        context.Post.Subscribe<RecoveryMoved>((session, fact) => recoveries.Seen(session, fact.Body));
        context.Post.Subscribe<CertificateRevoked>((session, fact) => revocations.Seen(session, fact.Body));
        context.Post.Subscribe<CertificateResumed>((session, fact) => revocations.Seen(session, fact.Body));
        context.Post.Subscribe<ProfileChanged>((session, fact) => TakeProfile.Seen(context, session, fact.From, fact.Body));
        context.Post.Subscribe<ProfileKeysSet>((session, fact) => desk.Keys.Seen(session, fact.From, fact.Body));
        context.Post.Subscribe<AuthorityCertified>((session, fact) => desk.Seen(session, fact.Body));
        context.Post.Subscribe<AuthorityCompromised>((session, fact) =>
        {
            revocations.Seen(session, fact.Body);
            telling.Seen(session, fact.Body);
        });
    }

    /// <inheritdoc />
    public string Name => Rooms.Ra;

    /// <inheritdoc />
    public IReadOnlyList<IArchiveSource> ArchiveSources => [new EvidenceSource(desk)];

    /// <inheritdoc />
    public async Task StartAsync(CancellationToken ct)
    {
        await desk.OpenAsync(ct);
        desk.Context.Post.Start();
        notices.Start();
        batches.Start();
        batches.Wake();
        timekeeper.Start();
        await eraser.EraseAsync(ct);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<RoomCheck>> CheckHealthAsync(CancellationToken ct)
    {
        var overdue = await desk.Context.Database.ReadAsync(
            session => session.Scalar<long>("SELECT COUNT(*) FROM ra_applications WHERE state IN ('Submitted', 'Entered', 'Excepted', 'Approved') AND due_at < @Now", new { desk.Now }), ct);
        var untold = await desk.Context.Database.ReadAsync(
            session => session.Scalar<long>(
                "SELECT COUNT(*) FROM ra_notices WHERE state = 'waiting' AND made_at < @Before", new { Before = desk.Now - (long)desk.Context.Policy.Values.RefusalNoticeWithin.TotalMilliseconds }),
            ct);
        var untoldRefusals = await desk.Context.Database.ReadAsync(
            session => RefusalsTold.Late(session, desk.Now - (long)desk.Context.Policy.Values.RefusalNoticeWithin.TotalMilliseconds), ct);
        var unsettled = await desk.Context.Database.ReadAsync(session => GatewayPayments.Unsettled(session, desk.Now), ct);
        var late = await desk.Context.Database.ReadAsync(
            session => session.Scalar<long>("SELECT COUNT(*) FROM ra_cases WHERE state IN ('Entered', 'Approved') AND kind IN ('Revocation', 'Suspension', 'Resumption') AND due_at < @Now", new { desk.Now }), ct);
        var marked = RestoreMark.IsSet(desk.Context.DataDirectory);
        return
        [
            new RoomCheck("reconciled", !marked, marked ? "restored from a backup and not reconciled: nothing is ordered or handed out" : "not restored, or reconciled"),
            new RoomCheck("notices", untold == 0, untold == 0 ? "no notice waits longer than it may" : $"{untold} notices could not be sent in time; is the mail server reached?"),
            new RoomCheck("refusals-told", untoldRefusals == 0, untoldRefusals == 0 ? "every refusal reached its applicant in time" : $"{untoldRefusals} refusals have not reached their applicants in time (6.2.2.2-b): tell them by telephone"),
            new RoomCheck("payments", unsettled == 0, unsettled == 0 ? "no payment waits for people" : $"{unsettled} payments were made twice or could not be given back: settle them with the gateway"),
            new RoomCheck("letters", true, LetterPrinter.HasFace ? "letters are printed" : "no Chinese font is installed: letters are printed without Chinese characters"),
            new RoomCheck("malware-scanner", true, desk.Options.Clamd is null ? "no scanner is configured: papers are not scanned" : desk.Options.Clamd),
            new RoomCheck("cases-due", late == 0, late == 0 ? "no revocation is past its deadline" : $"{late} revocations or suspensions are past their deadline"),
            new RoomCheck("applications-due", overdue == 0, overdue == 0 ? "no application is past its deadline" : $"{overdue} applications are past their deadline"),
        ];
    }

    /// <inheritdoc />
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        new SetupDesk(desk.Context, SetupPath.IdentityThenInitialise, receivesSealed: true).MapEndpoints(endpoints);
        new StaffDesk(desk.Context, initialise).MapEndpoints(endpoints);
        new PeerDesk(desk.Context).MapEndpoints(endpoints);
        var ra = endpoints.MapGroup("/api/ra").WithTags("ra");
        ra.MapGet("/types", () => new ListTypes(desk).Run()).WithName("RaTypes").WithSummary("What can be applied for, and what each type asks");
        ra.MapGet("/forms", () => new ListForms(desk).All()).WithName("RaForms").WithSummary("Every form: fields, papers, checks");
        ra.MapGet("/forms/{profile}", (string profile) => new ListForms(desk).One(profile)).WithName("RaForm").WithSummary("The form of a type");
        ra.MapGet("/offices", (CancellationToken ct) => desk.Context.Database.ReadAsync(OfficeStore.All, ct)).WithName("RaOffices").WithSummary("Offices that are open, the tree in order");
        ra.MapGet("/agreement", () => desk.Agreement.InForce).WithName("RaAgreement").WithSummary("The subscriber agreement in force");
        ra.MapGet("/agreements", (CancellationToken ct) => desk.Context.Database.ReadAsync(SubscriberAgreement.All, ct)).WithName("RaAgreements").WithSummary("Every version of the subscriber agreement that was in force");
        ra.MapGet("/agreements/{version}", (string version, CancellationToken ct) => desk.Context.Database.ReadAsync(session => SubscriberAgreement.One(session, version), ct)).WithName("RaAgreementVersion").WithSummary("A version with its text");
        ra.MapPost("/initialise", (RaInitialisation asked, CancellationToken ct) => initialise.RunAsync(asked, ct)).WithName("RaInitialise").WithSummary("Certify the first two people");
        MapApplicant(ra);
        MapBatches(ra);
        MapPrivacy(ra);
        MapFees(ra);
        MapStaff(ra);
        MapNotices(ra);
        MapHolder(ra);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await timekeeper.DisposeAsync();
        await batches.DisposeAsync();
        await notices.DisposeAsync();
    }

    private void MapApplicant(RouteGroupBuilder ra)
    {
        ra.MapPost("/applications", async (NewApplication application, CancellationToken ct) =>
        {
            var created = await new CreateApplication(desk).RunAsync(application, ct);
            return Results.Created($"/api/ra/applications/{created.Id}", created);
        }).Produces<ApplicationCreated>(StatusCodes.Status201Created).WithName("RaApply").WithSummary("Apply for a certificate");
        ra.MapPut("/applications/{id}/evidence/{kind}", (string id, string kind, HttpRequest request, CancellationToken ct) =>
            new StoreEvidence(desk).RunAsync(id, kind, request.Headers.Authorization, stop => request.ReadBodyAsync(StoreEvidence.SizeLimit, stop), ct))
            .Accepts<byte[]>("application/octet-stream").WithBodyLimit(StoreEvidence.SizeLimit).WithName("RaEvidence").WithSummary("Hand in a paper: PDF, PNG or JPEG");
        ra.MapPost("/applications/{id}/submission", (string id, HttpRequest request, CancellationToken ct) =>
            new SubmitApplication(desk).RunAsync(id, request.Headers.Authorization, ct)).WithName("RaSubmit").WithSummary("Submit a complete application");
        ra.MapPost("/applications/{id}/correction", (string id, Correction correction, HttpRequest request, CancellationToken ct) =>
            new CorrectApplication(desk).RunAsync(id, request.Headers.Authorization, correction, ct)).WithName("RaCorrect").WithSummary("Correct a draft or what was refused");
        ra.MapPost("/applications/{id}/withdrawal", (string id, Withdrawal withdrawal, HttpRequest request, CancellationToken ct) =>
            new WithdrawApplication(desk).RunAsync(id, request.Headers.Authorization, withdrawal, ct)).WithName("RaWithdraw").WithSummary("Withdraw an application");
        ra.MapPost("/drafts", async (FormDraft draft, CancellationToken ct) =>
        {
            var saved = await new FormDrafts(desk).SaveAsync(draft, ct);
            return Results.Created($"/api/ra/drafts/{saved.Id}", saved);
        }).Produces<DraftSaved>(StatusCodes.Status201Created).WithName("RaDraftSave").WithSummary("Save a half-filled form behind a secret");
        ra.MapPut("/drafts/{id}", (string id, FormDraft draft, HttpRequest request, CancellationToken ct) =>
            new FormDrafts(desk).ReplaceAsync(id, request.Headers.Authorization, draft, ct)).WithName("RaDraftReplace").WithSummary("Save it again");
        ra.MapGet("/drafts/{id}", (string id, HttpRequest request, CancellationToken ct) =>
            new FormDrafts(desk).ReadAsync(id, request.Headers.Authorization, ct)).WithName("RaDraftRead").WithSummary("A draft as it was left");
        ra.MapDelete("/drafts/{id}", async (string id, HttpRequest request, CancellationToken ct) =>
        {
            await new FormDrafts(desk).ForgetAsync(id, request.Headers.Authorization, ct);
            return Results.NoContent();
        }).Produces(StatusCodes.Status204NoContent).WithName("RaDraftForget").WithSummary("Forget a draft");
        ra.MapGet("/applications/{id}", async (string id, HttpRequest request, CancellationToken ct) =>
        {
            var (row, papers) = await desk.Context.Database.ReadAsync(session => (ApplicationStore.Get(session, id), PaperStore.Of(session, id)), ct);
            AccessToken.MustMatch(row, request.Headers.Authorization);
            return row.ToStatus() with { Papers = [.. papers.Select(paper => paper.Kind)] };
        }).WithName("RaStatus").WithSummary("Where an application stands");
    }

    private void MapPrivacy(RouteGroupBuilder ra)
    {
        var data = new HoldersData(desk);
        ra.MapGet("/applications/{id}/data", (string id, HttpRequest request, CancellationToken ct) => data.ReadAsync(id, request.Headers.Authorization, ct)).WithName("RaData").WithSummary("What is kept of a holder");
        ra.MapGet("/applications/{id}/looks", (string id, long? below, HttpRequest request, CancellationToken ct) => new ShowLooks(desk).RunAsync(id, request.Headers.Authorization, below, ct))
            .WithName("RaLooks").WithSummary("Who has looked at a holder's data");
        ra.MapPost("/applications/{id}/data", (string id, DataCorrection correction, HttpRequest request, CancellationToken ct) => data.CorrectAsync(id, request.Headers.Authorization, correction, ct))
            .WithName("RaDataCorrect").WithSummary("The holder corrects data that the certificate does not show");
        ra.MapGet("/applications/{id}/domain-control", (string id, HttpRequest request, CancellationToken ct) => new ProveDomain(desk).ChallengeAsync(id, request.Headers.Authorization, ct))
            .WithName("RaDomainControl").WithSummary("How control of the host name is proven");
        ra.MapPost("/disclosures", (ActRequest request, CancellationToken ct) => data.EnterAsync(request, ct)).WithName("RaDisclosureEnter").WithSummary("Enter a demand for private data (signed act)");
        var demands = new ReadDisclosures(desk);
        ra.MapPost("/disclosures/reading", (ActRequest request, CancellationToken ct) => demands.ListAsync(request, ct)).WithName("RaDisclosures").WithSummary("Demands for private data by state, paged (signed act)");
        ra.MapPost("/disclosures/{id}/reading", (string id, ActRequest request, CancellationToken ct) => demands.OneAsync(id, request, ct)).WithName("RaDisclosure").WithSummary("A demand for private data (signed act)");
        ra.MapPost("/disclosures/{id}/release", (string id, ActRequest request, CancellationToken ct) => data.ReleaseAsync(id, request, ct))
            .WithName("RaDisclosureRelease").WithSummary("Release private data (signed act of the business administrator)");
    }

    private void MapFees(RouteGroupBuilder ra)
    {
        var fees = new HandleFees(desk, payments);
        ra.MapGet("/prices", () => fees.Prices()).WithName("RaPrices").WithSummary("The price list; queries, revocation and CRLs are free");
        ra.MapGet("/applications/{id}/fee", (string id, HttpRequest request, CancellationToken ct) => fees.ReadAsync(id, request.Headers.Authorization, ct)).WithName("RaFee").WithSummary("The fee of an application");
        ra.MapPost("/applications/{id}/fee/payment", (string id, HttpRequest request, CancellationToken ct) => payments.OpenAsync(id, request.Headers.Authorization, ct)).WithName("RaPayOpen").WithSummary("Pay through the gateway");
        ra.MapPost("/applications/{id}/fee/check", (string id, HttpRequest request, CancellationToken ct) => payments.CheckAsync(id, request.Headers.Authorization, ct)).WithName("RaPayCheck").WithSummary("Ask the gateway how a payment stands");
        var reading = new ReadFees(desk);
        ra.MapPost("/fees/reading", (ActRequest request, CancellationToken ct) => reading.ListAsync(request, ct)).WithName("RaFees").WithSummary("Fees by state, paged (signed act)");
        ra.MapPost("/applications/{id}/fee/reading", (string id, ActRequest request, CancellationToken ct) => reading.OneAsync(id, request, ct)).WithName("RaFeeRead").WithSummary("A fee as staff see it (signed act)");
        ra.MapPost("/applications/{id}/payment", (string id, ActRequest request, CancellationToken ct) => fees.PayAsync(id, request, ct)).WithName("RaPay").WithSummary("Record a payment (signed act)");
        ra.MapPost("/applications/{id}/refund", (string id, ActRequest request, CancellationToken ct) => fees.AskRefundAsync(id, request, ct)).WithName("RaRefund").WithSummary("Ask for a refund (signed act)");
        ra.MapPost("/applications/{id}/refund/approval", (string id, ActRequest request, CancellationToken ct) => fees.ApproveRefundAsync(id, request, ct))
            .WithName("RaRefundApprove").WithSummary("Approve a refund (signed act of the business administrator)");
    }

    private void MapBatches(RouteGroupBuilder ra)
    {
        var opening = new OpenBatch(desk, batches);
        ra.MapPost("/batches", async (ActRequest request, CancellationToken ct) =>
        {
            var opened = await opening.RunAsync(request, ct);
            return Results.Created($"/api/ra/batches/{opened.Id}", opened);
        }).Produces<BatchOpened>(StatusCodes.Status201Created).WithName("RaBatchOpen").WithSummary("Register an organisation's batch (signed act of a clerk)");
        ra.MapPut("/batches/{id}/evidence/{kind}", (string id, string kind, HttpRequest request, CancellationToken ct) =>
            opening.StoreEvidenceAsync(id, kind, request.Headers.Authorization, stop => request.ReadBodyAsync(StoreEvidence.SizeLimit, stop), ct))
            .Accepts<byte[]>("application/octet-stream").WithBodyLimit(StoreEvidence.SizeLimit).WithName("RaBatchEvidence").WithSummary("Hand in the organisation's paper for all lines");
        ra.MapPut("/batches/{id}/file", (string id, HttpRequest request, CancellationToken ct) =>
            opening.StoreFileAsync(id, request.Headers.Authorization, stop => request.ReadBodyAsync(OpenBatch.FileLimit, stop), ct))
            .Accepts<byte[]>("application/octet-stream").WithBodyLimit(OpenBatch.FileLimit).WithName("RaBatchFile").WithSummary("Hand in the file: CSV or XLSX, up to 10,000 lines");
        ra.MapGet("/batches/{id}", (string id, HttpRequest request, CancellationToken ct) => opening.ReadAsync(id, request.Headers.Authorization, ct))
            .WithName("RaBatch").WithSummary("How far a batch is");
        ra.MapGet("/batches/{id}/lines", (string id, long? after, bool? refused, HttpRequest request, CancellationToken ct) =>
            opening.ReportAsync(id, request.Headers.Authorization, after ?? 0, refused ?? false, ct)).WithName("RaBatchLines").WithSummary("The line-by-line report, 500 at a time");
    }

    private void MapStaff(RouteGroupBuilder ra)
    {
        ra.MapPost("/queue", (ActRequest request, CancellationToken ct) => new ReadQueue(desk).RunAsync(request, ct)).WithName("RaQueue").WithSummary("Read a work queue, due first (signed act)");
        ra.MapPost("/applications/{id}/reading", (string id, ActRequest request, CancellationToken ct) => new ReadApplication(desk).RunAsync(id, request, ct))
            .WithName("RaRead").WithSummary("An application's data and its papers (signed act of clerk or vetter)");
        ra.MapPost("/applications/{id}/evidence/{kind}/reading", async (string id, string kind, ActRequest request, CancellationToken ct) =>
        {
            var (content, mediaType) = await new ReadApplication(desk).RunAsync(id, kind, request, ct);
            return Results.Bytes(content, mediaType);
        }).WithName("RaReadEvidence").WithSummary("A paper as it was handed in (signed act of clerk or vetter)");
        ra.MapPost("/applications/{id}/entry", (string id, ActRequest request, CancellationToken ct) => new EnterApplication(desk).RunAsync(id, request, ct))
            .WithName("RaEnter").WithSummary("录入 (signed act of the entry clerk)");
        ra.MapPost("/applications/{id}/decision", (string id, ActRequest request, CancellationToken ct) => new DecideApplication(desk, orderPair).RunAsync(id, request, ct))
            .WithName("RaDecide").WithSummary("审核 (signed act of the vetter)");
        ra.MapPost("/applications/{id}/exception", (string id, ActRequest request, CancellationToken ct) => new DecideException(desk, orderPair).RunAsync(id, request, ct))
            .WithName("RaException").WithSummary("复核: confirm or refuse an exception (signed act of a second vetter)");
        ra.MapPost("/offices", (ActRequest request, CancellationToken ct) => new KeepOffices(desk).OpenAsync(request, ct)).WithName("RaOfficeOpen").WithSummary("Open an office (signed act)");
        ra.MapPost("/offices/people", (ActRequest request, CancellationToken ct) => new ReadPeople(desk).RunAsync(request, ct)).WithName("RaOfficePeople").WithSummary("Who works in which office (signed act)");
        ra.MapPost("/offices/{id}/staff", (string id, ActRequest request, CancellationToken ct) => new KeepOffices(desk).StaffAsync(id, request, ct))
            .WithName("RaOfficeStaff").WithSummary("Place a member of staff (signed act)");
        ra.MapPost("/offices/{id}/closing", (string id, ActRequest request, CancellationToken ct) => new KeepOffices(desk).CloseAsync(id, request, ct))
            .WithName("RaOfficeClose").WithSummary("Close an office (signed act)");
        ra.MapPost("/cases", (ActRequest request, CancellationToken ct) => cases.EnterAsync(request, ct)).WithName("RaCaseEnter").WithSummary("Enter a revocation, suspension, its lifting, or recovery (signed act)");
        ra.MapPost("/cases/reading", (ActRequest request, CancellationToken ct) => new ReadCases(desk).ListAsync(request, ct)).WithName("RaCases").WithSummary("Read a hundred cases, due first (signed act)");
        ra.MapPost("/cases/page", (ActRequest request, CancellationToken ct) => new ReadCases(desk).PageAsync(request, ct)).WithName("RaCasePage").WithSummary("Read cases paged, sorted and filtered (signed act)");
        ra.MapPost("/cases/{id}/reading", (string id, ActRequest request, CancellationToken ct) => new ReadCases(desk).OneAsync(id, request, ct)).WithName("RaCase").WithSummary("Read a case with reason and proof (signed act)");
        ra.MapPost("/cases/{id}/decision", (string id, ActRequest request, CancellationToken ct) => cases.DecideAsync(id, request, ct)).WithName("RaCaseDecide").WithSummary("Decide a case (signed act of another person)");
        ra.MapPost("/cases/{id}/closing", (string id, ActRequest request, CancellationToken ct) => cases.CloseAsync(id, request, ct)).WithName("RaCaseClose").WithSummary("Note the key centre's recovery (signed act)");
        ra.MapPost("/events", (ActRequest request, CancellationToken ct) => telling.RunAsync(request, ct)).WithName("RaEventTell").WithSummary("Tell holders of an event (signed act of the business administrator)");
        ra.MapPost("/statistics", (ActRequest request, CancellationToken ct) => new ReadStatistics(desk).RunAsync(request, ct)).WithName("RaStatistics").WithSummary("The figures of registration (signed act)");
        ra.MapPost("/search", (ActRequest request, CancellationToken ct) => new SearchApplications(desk).RunAsync(request, ct)).WithName("RaSearch").WithSummary("Search applications (signed act)");
        ra.MapPost("/applications/{id}/sources/{source}", (string id, string source, ActRequest request, CancellationToken ct) => new AskSource(desk).RunAsync(id, source, request, ct))
            .WithName("RaSource").WithSummary("Ask a third-party source (signed act of the vetter)");
        var papers = new DestroyPapers(desk, eraser);
        ra.MapPost("/destructions", (ActRequest request, CancellationToken ct) => papers.ProposeAsync(request, ct)).WithName("RaPapersPropose").WithSummary("Propose to destroy papers whose retention has ended (signed act)");
        var listed = new ReadDestructions(desk);
        ra.MapPost("/destructions/reading", (ActRequest request, CancellationToken ct) => listed.ListAsync(request, ct)).WithName("RaPapers").WithSummary("Proposals to destroy papers by state (signed act)");
        ra.MapPost("/destructions/{id}/reading", (string id, ActRequest request, CancellationToken ct) => listed.OneAsync(id, request, ct)).WithName("RaPapersRead").WithSummary("A proposal with its list (signed act)");
        ra.MapPost("/destructions/{id}/approval", (string id, ActRequest request, CancellationToken ct) => papers.ApproveAsync(id, request, ct))
            .WithName("RaPapersApprove").WithSummary("Approve it (signed act of the business administrator)");
        ra.MapPost("/destructions/{id}/destruction", (string id, ActRequest request, CancellationToken ct) => papers.DestroyAsync(id, request, ct))
            .WithName("RaPapersDestroy").WithSummary("Witness it and carry it out (signed act of the auditor)");
        ra.MapPost("/counter/applications", async (ActRequest request, CancellationToken ct) =>
        {
            var created = await new TakeAtCounter(desk).RunAsync(request, ct);
            return Results.Created($"/api/ra/applications/{created.Id}", created);
        }).Produces<ApplicationCreated>(StatusCodes.Status201Created).WithName("RaCounterApply").WithSummary("Take an application at the counter (signed act of a clerk)");
        ra.MapPost("/applications/{id}/code", (string id, ActRequest request, CancellationToken ct) => new RenewCode(desk, codes).RunAsync(id, request, ct))
            .WithName("RaCodeRenew").WithSummary("Make a lost one-time code anew (signed act)");
        ra.MapPost("/deliveries/reading", (ActRequest request, CancellationToken ct) => new ReadDeliveries(desk).ListAsync(request, ct)).WithName("RaDeliveries").WithSummary("What waits to be fetched or handed over (signed act)");
        ra.MapPost("/applications/{id}/delivery/reading", (string id, ActRequest request, CancellationToken ct) => new ReadDeliveries(desk).OneAsync(id, request, ct))
            .WithName("RaDelivery").WithSummary("How a pair came to its holder (signed act)");
        ra.MapPut("/applications/{id}/receipts/{digest}", (string id, string digest, HttpRequest request, CancellationToken ct) =>
            new FileReceipt(desk).RunAsync(id, digest, stop => request.ReadBodyAsync(StoreEvidence.SizeLimit, stop), ct))
            .Accepts<byte[]>("application/octet-stream").WithBodyLimit(StoreEvidence.SizeLimit).WithName("RaReceipt").WithSummary("The scan of a receipt that a hand-over has named");
        ra.MapPost("/applications/{id}/hand-over", (string id, ActRequest request, CancellationToken ct) => new HandOverAtCounter(desk).RunAsync(id, request, ct))
            .WithName("RaHandOver").WithSummary("Hand the pair over at the counter (signed act)");
    }

    private void MapNotices(RouteGroupBuilder ra)
    {
        var notices = new ReadNotices(desk);
        ra.MapGet("/applications/{id}/notices", (string id, HttpRequest request, CancellationToken ct) => notices.ListAsync(id, request.Headers.Authorization, ct))
            .WithName("RaNotices").WithSummary("What was told about an application, with its delivery state");
        ra.MapGet("/applications/{id}/notices/{notice}/letter", async (string id, string notice, HttpRequest request, CancellationToken ct) =>
            Results.Bytes(await notices.LetterAsync(id, notice, request.Headers.Authorization, ct), LetterType)).WithName("RaLetter").WithSummary("A notice as a letter, PDF");
        ra.MapPost("/applications/{id}/notices/reading", (string id, ActRequest request, CancellationToken ct) => notices.ListAsync(id, request, ct))
            .WithName("RaNoticesRead").WithSummary("The same for clerk or vetter (signed act)");
        ra.MapPost("/applications/{id}/notices/{notice}/letter", async (string id, string notice, ActRequest request, CancellationToken ct) =>
            Results.Bytes(await notices.LetterAsync(id, notice, request, ct), LetterType)).WithName("RaLetterRead").WithSummary("A letter or delivery receipt to be printed (signed act)");
        var calls = new CallBacks(desk);
        ra.MapPost("/applications/{id}/call-backs", (string id, ActRequest request, CancellationToken ct) => calls.SendAsync(id, request, ct))
            .WithName("RaCallBack").WithSummary("Call back by code (signed act of the vetter)");
        ra.MapPost("/call-backs/{callBack}/answer", (string callBack, CallBackAnswer answer, CancellationToken ct) => calls.AnswerAsync(callBack, answer, ct))
            .WithName("RaCallBackAnswer").WithSummary("Answer a call back with its code");
    }

    private void MapHolder(RouteGroupBuilder ra)
    {
        ra.MapPost("/applications/{id}/fetch", (string id, FetchPair fetch, CancellationToken ct) => new FetchIssuedPair(desk).RunAsync(id, fetch, ct))
            .WithName("RaFetch").WithSummary("Fetch the pair with the one-time code: acceptance");
        ra.MapPost("/applications/{id}/acceptance", (string id, AcceptPair accept, CancellationToken ct) => new AcceptIssuedPair(desk).RunAsync(id, accept, ct))
            .WithName("RaAccept").WithSummary("Confirm that the pair arrived whole");
        ra.MapGet("/recoveries/{id}", (string id, CancellationToken ct) => recoveries.ReadAsync(id, ct)).WithName("RaRecovery").WithSummary("How far a recovery is, here and at the key centre");
        ra.MapPost("/recoveries/{id}/download", (string id, RecoveryDownload download, CancellationToken ct) => recoveries.FetchAsync(id, download, ct))
            .WithName("RaRecoveryDownload").WithSummary("Fetch recovered encryption keys with the one-time code");
        ra.MapPost("/renewals", async (NewRenewal renewal, CancellationToken ct) =>
        {
            var created = await new CreateRenewal(desk).RunAsync(renewal, ct);
            return Results.Created($"/api/ra/applications/{created.Id}", created);
        }).Produces<ApplicationCreated>(StatusCodes.Status201Created).WithName("RaRenew").WithSummary("Renew with the same key");
        ra.MapPost("/rekeys", async (NewRekey rekey, CancellationToken ct) =>
        {
            var created = await new CreateRekey(desk).RunAsync(rekey, ct);
            return Results.Created($"/api/ra/applications/{created.Id}", created);
        }).Produces<ApplicationCreated>(StatusCodes.Status201Created).WithName("RaRekey").WithSummary("Renew with a new key, signed for by the old one");
        ra.MapPost("/revocations/signed", (SignedRevocation revocation, CancellationToken ct) => new RevokeWithChallengePhrase(desk, revocations).RunAsync(revocation, ct))
            .WithName("RaRevokeSigned").WithSummary("Revoke with the holder's signature");
        ra.MapPost("/revocations", (SelfRevocation revocation, CancellationToken ct) => new RevokeWithChallengePhrase(desk, revocations).RunAsync(revocation, ct))
            .WithName("RaRevoke").WithSummary("Revoke with the challenge phrase");
    }
}
