using System.Text.Json;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.EndToEnd.Tests.Matrix;

/// <summary>How an act is done over HTTP: where, on what, with which payload. What the payload says is of no account: the policy decision comes before the work.</summary>
/// <param name="Address">The address, with {room}.</param>
/// <param name="Object">The object as statements name it.</param>
/// <param name="Payload">The payload as JSON.</param>
internal sealed record MatrixCall(string Address, string Object, string Payload)
{
    /// <summary>A person who is not there: whoever may act gets past the decision and finds nobody.</summary>
    private const string Nobody = "P9999";

    /// <summary>The call of every act; an act that is missing here fails the test.</summary>
    /// <param name="act">The act.</param>
    /// <param name="room">The room.</param>
    /// <param name="objects">What there is to act on.</param>
    public static MatrixCall Of(string act, string room, MatrixObjects objects)
    {
        StaffReason why = new("矩阵测试");
        return act switch
        {
            ActNames.StaffSuspend => Call($"/api/{room}/staff/{Nobody}/suspend", $"person/{Nobody}", why),
            ActNames.StaffResume => Call($"/api/{room}/staff/{Nobody}/resume", $"person/{Nobody}", why),
            ActNames.StaffEnd => Call($"/api/{room}/staff/{Nobody}/end", $"person/{Nobody}", new RoleEnd(Roles.Auditor, "矩阵测试")),
            ActNames.StaffChange => Call($"/api/{room}/staff/{Nobody}/change", $"person/{Nobody}", new RoleChange(Roles.Operator, Roles.Auditor, objects.Request, "矩阵测试")),
            ActNames.StaffFitness => Call($"/api/{room}/staff/{Nobody}/fitness", $"person/{Nobody}", new FitnessRecord(FitnessKind.Training, DateTimeOffset.UnixEpoch.AddYears(56), "1")),
            ActNames.AccountOpen => Call($"/api/{room}/account", "account/somebody", new AccountOpening("somebody", "Mei7-zhu.lan!", SecureRandom.NewId())),
            ActNames.AccountUnlock => Call($"/api/{room}/staff/{Nobody}/unlock", $"person/{Nobody}", why),
            ActNames.AccountReset => Call($"/api/{room}/staff/{Nobody}/reset", $"person/{Nobody}", why),
            ActNames.PeerRegister => Call($"/api/{room}/peers", "room/tsa", new PeerRegistration(new PeerInfo(Rooms.Tsa, objects.Certificate, null), [objects.Certificate])),
            ActNames.CaServiceRegister => Call("/api/ca/services", "room/tsa", new ServiceRegistration(Rooms.Tsa, "时间戳", new IdentityRequests(FreshRequest(), null, FreshRequest()))),
            ActNames.CaCrlIssue => Call("/api/ca/crls", "ca/operational", new CrlRequest("operational")),
            ActNames.CaRevoke => Call("/api/ca/revocations", $"certificate/operational/{objects.Serial}", new CertificateRevocation("operational", objects.Serial, new RevocationCase(RevocationGround.KeyCompromise, RevocationAsker.Authority), "矩阵测试", objects.Now)),
            ActNames.CaSuspend => Call("/api/ca/suspensions", $"certificate/operational/{objects.Serial}", new CertificateSuspension("operational", objects.Serial, "矩阵测试", objects.Now)),
            ActNames.CaResume => Call("/api/ca/resumptions", $"certificate/operational/{objects.Serial}", new CertificateSuspension("operational", objects.Serial, "矩阵测试", objects.Now)),
            ActNames.SharePresent => Call($"/api/{room}/ceremony/shares", $"device/{room}", new SharePresentation(1, [1, 2, 3])),
            ActNames.BackupVerify => Call($"/api/{room}/ceremony/backup-check", $"device/{room}", new BackupCheck("矩阵测试")),
            ActNames.BackupSplit => Call($"/api/{room}/ceremony/split", $"device/{room}", new BackupSplit("矩阵测试")),
            ActNames.KmcRefill => Call("/api/kmc/refills", "store/spare", new KeyRefill(1)),
            ActNames.KmcCasesRead => Call("/api/kmc/cases/read", "cases/recovery", new CaseQuery(CaseKind.Recovery)),
            ActNames.KmcRecoveryEnter => Call("/api/kmc/recoveries", "recovery/new", objects.Recovery()),
            ActNames.KmcRecoveryApprove => Move("recoveries", "recovery", "approve"),
            ActNames.KmcRecoveryRefuse => Move("recoveries", "recovery", "refuse"),
            ActNames.KmcRecoveryRelease => Move("recoveries", "recovery", "release"),
            ActNames.KmcJusticeRegister => Call("/api/kmc/justice", "justice/new", new JusticeOrder(
                [new("甲", "某机关", "1", null), new("乙", "某机关", "2", null)], [new("调取证据通知书", "1", new string('a', 64))], Rooms.Ca, [objects.Serial], objects.Now.AddDays(1), JusticeCarrier.PaperKey, "x")),
            ActNames.KmcJusticeApprove => Move("justice", "justice", "approve"),
            ActNames.KmcJusticeRefuse => Move("justice", "justice", "refuse"),
            ActNames.KmcJusticeWitness => Move("justice", "justice", "witness"),
            ActNames.KmcJusticeExport => Move("justice", "justice", "export"),
            ActNames.KmcDestructionPropose => Call("/api/kmc/destructions", "destruction/new", new DestructionProposal([1], "矩阵测试")),
            ActNames.KmcDestructionApprove => Move("destructions", "destruction", "approve"),
            ActNames.KmcDestructionRefuse => Move("destructions", "destruction", "refuse"),
            ActNames.KmcDestructionWitness => Move("destructions", "destruction", "witness"),
            ActNames.KmcDestructionPerform => Move("destructions", "destruction", "perform"),
            ActNames.KmcStorageKeyChange => Call("/api/kmc/storage-key", $"storage-key/{objects.StorageKey}", new CaseRemark("矩阵测试")),
            ActNames.KmcServiceRenew => Call("/api/kmc/services", $"services/{objects.NextService}", new ServiceRenewal(false, "矩阵测试")),
            ActNames.KmcServicePutInForce => Call($"/api/kmc/services/{MatrixObjects.Service}/put-in-force", $"services/{MatrixObjects.Service}", new CaseRemark("矩阵测试")),
            ActNames.KmcServiceRefuse => Call($"/api/kmc/services/{MatrixObjects.Service}/refuse", $"services/{MatrixObjects.Service}", new CaseRemark("矩阵测试")),
            ActNames.KmcDrillRun => Call("/api/kmc/drills", "store/escrow", new RecoveryDrill(1)),
            ActNames.RaQueueRead => Call("/api/ra/queue", "queue/submitted", new QueueQuery(ApplicationState.Submitted, 1)),
            ActNames.RaApplicationRead => Application("reading", new ReadingPurpose("矩阵测试")),
            ActNames.RaApplicationEnter => Application("entry", new EntryRecord("矩阵测试")),
            ActNames.RaApplicationApprove => Application("decision", new VettingDecision(true, [], null)),
            ActNames.RaApplicationRefuse => Application("decision", new VettingDecision(false, [], "矩阵测试")),
            ActNames.RaApplicationTake => Call("/api/ra/counter/applications", "application/new", new CounterApplication(
                new NewApplication(
                    "person-trial", new Dictionary<string, string> { ["personName"] = "林持有", ["identityNumber"] = "310101197501011231", ["phone"] = "13900000000", ["email"] = "person@example.cn" },
                    FreshRequest(), "月黑雁飞高单于夜遁逃", objects.Agreement, true, false), "某某某", "矩阵测试")),
            ActNames.RaExceptionConfirm => Application("exception", new ExceptionDecision(true, "矩阵测试")),
            ActNames.RaExceptionRefuse => Application("exception", new ExceptionDecision(false, "矩阵测试")),
            ActNames.RaOfficeOpen => Call("/api/ra/offices", "office/matrix", new NewOffice("matrix", "nowhere", OfficeKind.Regional, "某机构", "某地", [])),
            ActNames.RaOfficeStaff => Call("/api/ra/offices/nowhere/staff", "office/nowhere", new OfficePlacement(Nobody)),
            ActNames.RaOfficeClose => Call("/api/ra/offices/nowhere/closing", "office/nowhere", new OfficeClosing("矩阵测试")),
            ActNames.RaBatchOpen => Call("/api/ra/batches", $"batch/{new string('a', 64)}", new NewBatch("person", "某机构", new string('a', 64), objects.Agreement, true, false)),
            ActNames.RaCaseEnter => Entering(objects.Serial),
            ActNames.RaCaseApprove => Case("decision", new CaseDecision(true, "矩阵测试")),
            ActNames.RaCaseRefuse => Case("decision", new CaseDecision(false, "矩阵测试")),
            ActNames.RaCaseClose => Case("closing", new CaseClosing("矩阵测试")),
            ActNames.RaCasesRead => Call("/api/ra/cases/reading", "cases/done", new CertificateCaseQuery(CertificateCaseState.Done, 1)),
            ActNames.RaNoticesRead => Application("notices/reading", new ReadingPurpose("矩阵测试")),
            ActNames.RaCallBackSend => Application("call-backs", new CallBackAsk("matrix", "13900000000", "矩阵测试")),
            ActNames.RaCodeRenew => Application("code", new CodeRenewal("矩阵测试", "矩阵测试")),
            ActNames.RaPairHandOver => Application("hand-over", new HandOver("某某某", "矩阵测试")),
            ActNames.RaApplicationSearch => Call("/api/ra/search", "search/applications", new SearchQuery(1, "矩阵测试", Id: objects.Application)),
            ActNames.RaPapersPropose => Call("/api/ra/destructions", "papers/new", new NewPaperDestruction(1, "矩阵测试")),
            ActNames.RaPapersApprove => Call($"/api/ra/destructions/{MatrixObjects.Papers}/approval", $"papers/{MatrixObjects.Papers}", new PaperDestructionStep("矩阵测试")),
            ActNames.RaPapersDestroy => Call($"/api/ra/destructions/{MatrixObjects.Papers}/destruction", $"papers/{MatrixObjects.Papers}", new PaperDestructionStep("矩阵测试")),
            ActNames.RaEventTell => Call("/api/ra/events", "event/new", new HolderEvent("矩阵测试：请忽略本通知。")),
            ActNames.RaStatisticsRead => Call("/api/ra/statistics", "statistics/registration", new StatisticsQuery(new DateOnly(2026, 1, 1), new DateOnly(2026, 1, 31))),
            ActNames.RaSourceAsk => Application("sources/citizen-identity", new SourceQuestion("矩阵测试")),
            ActNames.RaDisclosureEnter => Call("/api/ra/disclosures", "disclosure/new", new NewDisclosure(objects.Application, DisclosureGround.Judicial, "某机关某某", "调取证据通知书 1", ["phone"])),
            ActNames.RaDisclosureRelease => Call($"/api/ra/disclosures/{objects.Disclosure}/release", $"disclosure/{objects.Disclosure}", new DisclosureRelease("矩阵测试")),
            ActNames.RaPapersRead => Call("/api/ra/destructions/reading", "destructions/destroyed", new PaperDestructionQuery(PaperDestructionState.Destroyed, 1, "矩阵测试")),
            ActNames.RaDeliveriesRead => Call("/api/ra/deliveries/reading", "deliveries/issued", new DeliveryQuery(1, "矩阵测试")),
            ActNames.RaFeesRead => Fee("fee/reading", Why),
            ActNames.RaOfficesRead => Call("/api/ra/offices/people", "offices/people", new OfficePeopleQuery(1)),
            ActNames.RaDisclosuresRead => Call("/api/ra/disclosures/reading", "disclosures/released", new DisclosureQuery(DisclosureState.Released, 1, "矩阵测试")),
            ActNames.RaPaymentRecord => Fee("payment", new Payment(1, "现金", "1")),
            ActNames.RaRefundAsk => Fee("refund", new Refund("矩阵测试", true)),
            ActNames.RaRefundApprove => Fee("refund/approval", new RefundApproval("矩阵测试")),
            ActNames.CaProfilePropose => Call("/api/ca/profiles/person/changes", "profile/person", new ProfileProposal(new string('a', 64), "id: person", "矩阵测试")),
            ActNames.CaProfileApprove => Call("/api/ca/profile-changes/nowhere/approval", "profile-change/nowhere", new ProfileDecision("矩阵测试")),
            ActNames.CaProfileRefuse => Call("/api/ca/profile-changes/nowhere/refusal", "profile-change/nowhere", new ProfileDecision("矩阵测试")),
            ActNames.CaFactsAgain => Call("/api/ca/facts", "room/ocsp", new FactsAgain(Rooms.Ocsp, objects.Now.AddDays(-1))),
            ActNames.CaOverviewRead => Call("/api/ca/overview", "ca/overview", new OverviewQuery(objects.Now.AddDays(-1), objects.Now)),
            ActNames.CaRepairPropose => Call("/api/ca/repairs", "repair/new", new RepairPlan("矩阵测试", [], [new PersonEnded(Rooms.Ca, "00")])),
            ActNames.CaRepairApprove => Call("/api/ca/repairs/nowhere/approval", "repair/nowhere", new RepairApproval("矩阵测试")),
            ActNames.CaProposalMake => Call("/api/ca/deeds", "ca/operational", new AuthorityProposal(AuthorityDeed.BlockKeys, "operational", "矩阵测试", Keys: [new string('a', 64)])),
            ActNames.CaProposalApprove => Call($"/api/ca/deeds/{objects.Proposal}/approval", $"proposal/{objects.Proposal}", new ProposalApproval("矩阵测试")),
            _ => OfTrust(act, room, objects) ?? throw new NotSupportedException($"The act '{act}' has no call in MatrixCall: add it, so that the matrix stays whole."),
        };

        MatrixCall Fee(string verb, object payload) => Call($"/api/ra/applications/{objects.Application}/{verb}", $"fee/{objects.Application}", payload);

        MatrixCall Move(string noun, string kind, string verb) => Call($"/api/kmc/{noun}/{objects.Case}/{verb}", $"{kind}/{objects.Case}", new CaseRemark("矩阵测试"));

        MatrixCall Case(string verb, object payload) => Call($"/api/ra/cases/{objects.RaCase}/{verb}", $"case/{objects.RaCase}", payload);

        MatrixCall Application(string verb, object payload) => Call($"/api/ra/applications/{objects.Application}/{verb}", $"application/{objects.Application}", payload);
    }

    // Ledger, registers, archive: the same in every room with staff.
    private static MatrixCall? OfTrust(string act, string room, MatrixObjects objects)
    {
        string package = objects.Packages.GetValueOrDefault(room, "-"), none = new('a', 64);
        return act switch
        {
            ActNames.AuditRecordsRead => Call($"/api/{room}/audit/records", $"ledger/{room}", new RecordQuery(room, 1)),
            ActNames.AuditPrivateRead => Call($"/api/{room}/audit/records/{room}/0/private", $"record/{room}/0", Why),
            ActNames.AuditProofTake => Call($"/api/{room}/audit/records/{room}/0/proof", $"record/{room}/0", Why),
            ActNames.AuditRecordMark => Call($"/api/{room}/audit/marks", $"ledger/{room}", new RecordMarking(room, MarkKind.Reviewed, "", [new MarkedRecord(0, none)])),
            ActNames.AuditAnomaliesRead => Call($"/api/{room}/audit/anomalies", $"ledger/{room}", new AnomalyQuery(room, objects.Now.AddDays(-1), objects.Now)),
            ActNames.AuditMonthReview => Call($"/api/{room}/audit/months/{room}/2020-01", $"month/{room}/2020-01", new MonthReview("矩阵测试", "无")),
            ActNames.AuditMonthRead => Call($"/api/{room}/audit/months/{room}/2020-01/summary", $"month/{room}/2020-01", Why),
            ActNames.RegisterEntriesRead => Call($"/api/{room}/registers/media/reading", "register/media", new RegisterQuery(1)),
            ActNames.RegisterScanRead => Call($"/api/{room}/registers/scans/{none}/reading", $"scan/{none}", Why),
            ActNames.ArchiveMake => Packing(room),
            ActNames.ArchiveStamp => Call($"/api/{room}/archive/stamps", "archive/all", Why),
            ActNames.ArchiveListRead => Call($"/api/{room}/archive/reading", "archive/all", new ArchiveQuery(1)),
            ActNames.ArchiveRead => Package("reading", new ArchiveRetrieval("manifest.json", "矩阵测试")),
            ActNames.ArchiveHoldSet => Package("hold", Because),
            ActNames.ArchiveHoldLift => Package("release", Because),
            ActNames.ArchiveDestructionPropose => Package("proposal", Because),
            ActNames.ArchiveDestructionApprove => Package("approval", Because),
            ActNames.ArchiveDestructionRefuse => Package("refusal", Because),
            ActNames.ArchiveDestructionPerform => Package("destruction", Because),
            // Who may record, may not record in every register.
            ActNames.RegisterEntryRecord => Recording(room, Roles.BusinessAdministrator),
            _ => null,
        };

        MatrixCall Package(string verb, object payload) => Call($"/api/{room}/archive/packages/{package}/{verb}", $"package/{package}", payload);
    }

    private static ReadingPurpose Why => new("矩阵测试");

    private static StaffReason Because => new("矩阵测试");

    /// <summary>A package of the policy in force.</summary>
    public static MatrixCall Packing(string room) => Call($"/api/{room}/archive/packages", "archive/policy", new ArchiveMaking("policy", "矩阵测试"));

    /// <summary>An entry in a register that a role records in.</summary>
    public static MatrixCall Recording(string room, string role)
    {
        string register = role switch
        {
            Roles.ShareHolder or Roles.SuperAdministrator => "key-ceremony",
            Roles.AuditAdministrator => "posts",
            Roles.Auditor => "assessments",
            _ => "media",
        };
        return Call($"/api/{room}/registers/{register}", $"register/{register}", new NewRegisterEntry(new Dictionary<string, string>(), null, []));
    }

    /// <summary>Whether an act has a call here.</summary>
    public static bool IsKnown(string act, MatrixObjects objects)
    {
        try
        {
            _ = Of(act, Rooms.Ca, objects);
            return true;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>An appointment by somebody of a role, along their line, of a new person with a new key.</summary>
    public static MatrixCall Appointing(string room, string by)
    {
        string role = by switch
        {
            Roles.SuperAdministrator => Roles.BusinessAdministrator,
            Roles.BusinessAdministrator => room == Rooms.Ra ? Roles.EntryClerk : Roles.Operator,
            _ => Roles.Auditor,
        };
        return Call($"/api/{room}/staff", $"role/{role}", new Appointment(role, new PersonRequest($"甲{SecureRandom.NewId()}", FreshRequest())));
    }

    private static byte[] FreshRequest()
    {
        using Sm2KeyPair key = Sm2KeyPair.Generate();
        return CertificationRequest.Create(DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, "某某某")), key).Encode();
    }

    /// <summary>A suspension, asked for at the registration authority.</summary>
    public static MatrixCall Entering(string serial) => Call("/api/ra/cases", "case/new", new NewCertificateCase(
        CertificateCaseKind.Suspension, serial, RevocationAsker.Authority, TimeProvider.System.GetUtcNow().AddMinutes(-1), "矩阵测试", "矩阵测试"));

    private static MatrixCall Call(string address, string @object, object payload) => new(address, @object, JsonSerializer.Serialize(payload, payload.GetType(), ContractJson.Options));
}
