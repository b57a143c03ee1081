namespace Hufu.Contracts;

/// <content>Acts about the ledger, manual registers and the archive, the same in every room with staff.</content>
public static partial class ActNames
{
    /// <summary>Read records of a ledger; object <c>ledger/{ledger}</c>, payload <see cref="RecordQuery"/>.</summary>
    public const string AuditRecordsRead = "audit.records.read";

    /// <summary>Open the sealed private fields of a record; object <c>record/{ledger}/{sequence}</c>, payload <see cref="ReadingPurpose"/>.</summary>
    public const string AuditPrivateRead = "audit.private.read";

    /// <summary>Take the proof of a record away as a file; object <c>record/{ledger}/{sequence}</c>, payload <see cref="ReadingPurpose"/>.</summary>
    public const string AuditProofTake = "audit.proof.take";

    /// <summary>Mark records as reviewed, suspicious or in need of an answer; object <c>ledger/{ledger}</c>, payload <see cref="RecordMarking"/>.</summary>
    public const string AuditRecordMark = "audit.record.mark";

    /// <summary>Look for anomalies; object <c>ledger/{ledger}</c>, payload <see cref="AnomalyQuery"/>.</summary>
    public const string AuditAnomaliesRead = "audit.anomalies.read";

    /// <summary>Conclude the review of a month: makes the signed summary; object <c>month/{ledger}/{yyyy-MM}</c>, payload <see cref="MonthReview"/>.</summary>
    public const string AuditMonthReview = "audit.month.review";

    /// <summary>Read a month's summary; object <c>month/{ledger}/{yyyy-MM}</c>, payload <see cref="ReadingPurpose"/>.</summary>
    public const string AuditMonthRead = "audit.month.read";

    /// <summary>Read what is to be reviewed; done in a session, not signed: <c>GET /api/{room}/audit/duties</c>.</summary>
    public const string AuditDutiesRead = "audit.duties.read";

    /// <summary>Record by hand; object <c>register/{type}</c>, payload <see cref="NewRegisterEntry"/>.</summary>
    public const string RegisterEntryRecord = "register.entry.record";

    /// <summary>Read a register; object <c>register/{type}</c>, payload <see cref="RegisterQuery"/>.</summary>
    public const string RegisterEntriesRead = "register.entries.read";

    /// <summary>Read a scan of a register's entry; object <c>scan/{SM3 hex}</c>, payload <see cref="ReadingPurpose"/>.</summary>
    public const string RegisterScanRead = "register.scan.read";

    /// <summary>Seal a package of a class; object <c>archive/{class}</c>, payload <see cref="ArchiveMaking"/>.</summary>
    public const string ArchiveMake = "archive.package.make";

    /// <summary>Have packages that lack one time-stamped; object <c>archive/all</c>, payload <see cref="ReadingPurpose"/>.</summary>
    public const string ArchiveStamp = "archive.package.stamp";

    /// <summary>Read the list of packages; object <c>archive/all</c>, payload <see cref="ArchiveQuery"/>.</summary>
    public const string ArchiveListRead = "archive.list.read";

    /// <summary>Retrieve a file of a package, with the proof that it is whole; object <c>package/{id}</c>, payload <see cref="ArchiveRetrieval"/>.</summary>
    public const string ArchiveRead = "archive.package.read";

    /// <summary>Hold a package against destruction (法律保全); object <c>package/{id}</c>, payload <see cref="StaffReason"/>.</summary>
    public const string ArchiveHoldSet = "archive.hold.set";

    /// <summary>Lift a hold; object <c>package/{id}</c>, payload <see cref="StaffReason"/>.</summary>
    public const string ArchiveHoldLift = "archive.hold.lift";

    /// <summary>Propose to destroy a package whose period has ended; object <c>package/{id}</c>, state as <see cref="ArchiveRow.State"/>, payload <see cref="StaffReason"/>.</summary>
    public const string ArchiveDestructionPropose = "archive.destruction.propose";

    /// <summary>Approve a destruction, as another person; object <c>package/{id}</c>, payload <see cref="StaffReason"/>.</summary>
    public const string ArchiveDestructionApprove = "archive.destruction.approve";

    /// <summary>Refuse a destruction; object <c>package/{id}</c>, payload <see cref="StaffReason"/>.</summary>
    public const string ArchiveDestructionRefuse = "archive.destruction.refuse";

    /// <summary>Carry out an approved destruction, as a third person; object <c>package/{id}</c>, payload <see cref="StaffReason"/>.</summary>
    public const string ArchiveDestructionPerform = "archive.destruction.perform";
}
