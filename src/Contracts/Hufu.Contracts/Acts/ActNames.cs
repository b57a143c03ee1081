namespace Hufu.Contracts;

/// <summary>The acts that staff can do, by the names that stand in signed statements and in policy/acts.csv.</summary>
public static partial class ActNames
{
    /// <summary>Appoint a person to a role; object <c>role/{role}</c>, payload <see cref="Appointment"/>.</summary>
    public const string StaffAppoint = "staff.appoint";

    /// <summary>Second what somebody else has proposed (four eyes); object <c>proposal/{id}</c>, payload: the proposed act's, unchanged; see <see cref="ActRequest"/>.</summary>
    public const string Second = "act.second";

    /// <summary>Read who is on the staff and what waits for a second person; done in a session, not signed: <c>GET /api/{room}/staff</c>, <c>/proposals</c>.</summary>
    public const string StaffRead = "staff.read";

    /// <summary>Suspend a person in all roles; object <c>person/{id}</c>, payload <see cref="StaffReason"/>.</summary>
    public const string StaffSuspend = "staff.suspend";

    /// <summary>Lift a suspension; object <c>person/{id}</c>, payload <see cref="StaffReason"/>.</summary>
    public const string StaffResume = "staff.resume";

    /// <summary>End a person's role; object <c>person/{id}</c>, payload <see cref="RoleEnd"/>.</summary>
    public const string StaffEnd = "staff.end";

    /// <summary>Move a person from one role to another; object <c>person/{id}</c>, payload <see cref="RoleChange"/>.</summary>
    public const string StaffChange = "staff.change";

    /// <summary>Record a person's background check, training or confirmation in office; object <c>person/{id}</c>, payload <see cref="FitnessRecord"/>.</summary>
    public const string StaffFitness = "staff.fitness.record";

    /// <summary>Set one's own user name and first password; object <c>account/{userName}</c>, payload <see cref="AccountOpening"/>.</summary>
    public const string AccountOpen = "staff.account.open";

    /// <summary>Unlock an account after too many wrong passwords; object <c>person/{id}</c>, payload <see cref="StaffReason"/>.</summary>
    public const string AccountUnlock = "staff.account.unlock";

    /// <summary>Close an account, so that its person opens it anew with their token: a forgotten password; object <c>person/{id}</c>, payload <see cref="StaffReason"/>.</summary>
    public const string AccountReset = "staff.account.reset";

    /// <summary>Register another room's certificates; object <c>room/{name}</c>, payload <see cref="PeerRegistration"/>.</summary>
    public const string PeerRegister = "peer.register";

    /// <summary>Certify a room's service keys; object <c>room/{name}</c>, payload <see cref="ServiceRegistration"/>.</summary>
    public const string CaServiceRegister = "ca.service.register";

    /// <summary>Sign a CRL now; object <c>ca/{name}</c>, payload <see cref="CrlRequest"/>.</summary>
    public const string CaCrlIssue = "ca.crl.issue";

    /// <summary>Revoke a certificate; object <c>certificate/{ca}/{serial}</c>, payload <see cref="CertificateRevocation"/>.</summary>
    public const string CaRevoke = "ca.certificate.revoke";

    /// <summary>Suspend a certificate; object <c>certificate/{ca}/{serial}</c>, payload <see cref="CertificateSuspension"/>.</summary>
    public const string CaSuspend = "ca.certificate.suspend";

    /// <summary>Lift a suspension; object <c>certificate/{ca}/{serial}</c>, payload <see cref="CertificateSuspension"/>.</summary>
    public const string CaResume = "ca.certificate.resume";

    /// <summary>Propose a deed about the installation's CAs; object <c>ca/{name}</c>, payload <see cref="AuthorityProposal"/>.</summary>
    public const string CaProposalMake = "ca.proposal.make";

    /// <summary>Approve a proposal and carry it out, as another person; object <c>proposal/{id}</c>, payload <see cref="ProposalApproval"/>.</summary>
    public const string CaProposalApprove = "ca.proposal.approve";

    /// <summary>Read the CA's figures; object <c>ca/overview</c>, payload <see cref="OverviewQuery"/>.</summary>
    public const string CaOverviewRead = "ca.overview.read";

    /// <summary>Propose a change of a profile; object <c>profile/{id}</c>, payload <see cref="ProfileProposal"/>.</summary>
    public const string CaProfilePropose = "ca.profile.propose";

    /// <summary>Approve a change of a profile, as another person: it is in force at once; object <c>profile-change/{id}</c>, state <see cref="ProfileChange.StateToSign"/>, payload <see cref="ProfileDecision"/>.</summary>
    public const string CaProfileApprove = "ca.profile.approve";

    /// <summary>Refuse a change of a profile; object <c>profile-change/{id}</c>, state <see cref="ProfileChange.StateToSign"/>, payload <see cref="ProfileDecision"/>.</summary>
    public const string CaProfileRefuse = "ca.profile.refuse";

    /// <summary>Publish the facts since a moment again to one room; object <c>room/{room}</c>, payload <see cref="FactsAgain"/>.</summary>
    public const string CaFactsAgain = "ca.facts.again";

    /// <summary>Propose that ended certificates of the platform are put in force again; object <c>repair/new</c>, payload <see cref="RepairPlan"/>. Taken from people in office whose certificate has ended, too.</summary>
    public const string CaRepairPropose = "ca.repair.propose";

    /// <summary>Sign for such a repair, as another person; object <c>repair/{id}</c>, state <see cref="RepairStanding.State"/>, payload <see cref="RepairApproval"/>. Taken from people in office whose certificate has ended, too.</summary>
    public const string CaRepairApprove = "ca.repair.approve";

    /// <summary>Present a share of the device's administration key; object <c>device/{room}</c>, payload <see cref="SharePresentation"/>.</summary>
    public const string SharePresent = "ceremony.share.present";

    /// <summary>Join the presented shares, restore the backup in a scratch place and compare; object <c>device/{room}</c>, payload <see cref="BackupCheck"/>.</summary>
    public const string BackupVerify = "ceremony.backup.verify";

    /// <summary>Split the device's backup anew; object <c>device/{room}</c>, payload <see cref="BackupSplit"/>.</summary>
    public const string BackupSplit = "ceremony.backup.split";

    /// <summary>Make encryption pairs ahead; object <c>store/spare</c>, payload <see cref="KeyRefill"/>.</summary>
    public const string KmcRefill = "kmc.keys.refill";

    /// <summary>Read the key centre's cases of a kind; object <c>cases/{kind}</c>, payload <see cref="CaseQuery"/>.</summary>
    public const string KmcCasesRead = "kmc.cases.read";

    /// <summary>Enter a holder's request for recovery; object <c>recovery/new</c>, payload <see cref="RecoveryRequest"/>.</summary>
    public const string KmcRecoveryEnter = "kmc.recovery.enter";

    /// <summary>Approve a recovery after review; object <c>recovery/{id}</c>, payload <see cref="CaseRemark"/>.</summary>
    public const string KmcRecoveryApprove = "kmc.recovery.approve";

    /// <summary>Refuse a recovery; object <c>recovery/{id}</c>, payload <see cref="CaseRemark"/>.</summary>
    public const string KmcRecoveryRefuse = "kmc.recovery.refuse";

    /// <summary>Release an approved recovery: makes the one-time code; object <c>recovery/{id}</c>, payload <see cref="CaseRemark"/>.</summary>
    public const string KmcRecoveryRelease = "kmc.recovery.release";

    /// <summary>Register an order of justice; object <c>justice/new</c>, payload <see cref="JusticeOrder"/>.</summary>
    public const string KmcJusticeRegister = "kmc.justice.register";

    /// <summary>Approve an order of justice after review; object <c>justice/{id}</c>, payload <see cref="CaseRemark"/>.</summary>
    public const string KmcJusticeApprove = "kmc.justice.approve";

    /// <summary>Refuse an order of justice; object <c>justice/{id}</c>, payload <see cref="CaseRemark"/>.</summary>
    public const string KmcJusticeRefuse = "kmc.justice.refuse";

    /// <summary>Witness an approved order of justice; object <c>justice/{id}</c>, payload <see cref="CaseRemark"/>.</summary>
    public const string KmcJusticeWitness = "kmc.justice.witness";

    /// <summary>Export for justice, once; object <c>justice/{id}</c>, payload <see cref="CaseRemark"/>.</summary>
    public const string KmcJusticeExport = "kmc.justice.export";

    /// <summary>Propose to destroy pairs whose retention has ended; object <c>destruction/new</c>, payload <see cref="DestructionProposal"/>.</summary>
    public const string KmcDestructionPropose = "kmc.destruction.propose";

    /// <summary>Approve a destruction; object <c>destruction/{id}</c>, payload <see cref="CaseRemark"/>.</summary>
    public const string KmcDestructionApprove = "kmc.destruction.approve";

    /// <summary>Refuse a destruction; object <c>destruction/{id}</c>, payload <see cref="CaseRemark"/>.</summary>
    public const string KmcDestructionRefuse = "kmc.destruction.refuse";

    /// <summary>Witness an approved destruction; object <c>destruction/{id}</c>, payload <see cref="CaseRemark"/>.</summary>
    public const string KmcDestructionWitness = "kmc.destruction.witness";

    /// <summary>Carry out a witnessed destruction; object <c>destruction/{id}</c>, payload <see cref="CaseRemark"/>.</summary>
    public const string KmcDestructionPerform = "kmc.destruction.perform";

    /// <summary>Change the storage key; object <c>storage-key/{generation}</c> (the one in use), payload <see cref="CaseRemark"/>.</summary>
    public const string KmcStorageKeyChange = "kmc.storage-key.change";

    /// <summary>Prove that escrowed keys open; object <c>store/escrow</c>, payload <see cref="RecoveryDrill"/>.</summary>
    public const string KmcDrillRun = "kmc.drill.run";

    /// <summary>Renew the key centre's own certificates; object <c>services/{number}</c> (the next one), payload <see cref="ServiceRenewal"/>.</summary>
    public const string KmcServiceRenew = "kmc.service.renew";

    /// <summary>Put renewed certificates of the key centre in force, as another person; object <c>services/{number}</c>, payload <see cref="CaseRemark"/>.</summary>
    public const string KmcServicePutInForce = "kmc.service.put-in-force";

    /// <summary>Refuse renewed certificates of the key centre; object <c>services/{number}</c>, payload <see cref="CaseRemark"/>.</summary>
    public const string KmcServiceRefuse = "kmc.service.refuse";

    /// <summary>Read the work queue; object <c>queue/{state}</c>, payload <see cref="QueueQuery"/>.</summary>
    public const string RaQueueRead = "ra.queue.read";

    /// <summary>Read an application's data and papers before entering or deciding it; object <c>application/{id}</c>, payload <see cref="ReadingPurpose"/>.</summary>
    public const string RaApplicationRead = "ra.application.read";

    /// <summary>Enter an application (录入); object <c>application/{id}</c>, payload <see cref="EntryRecord"/>.</summary>
    public const string RaApplicationEnter = "ra.application.enter";

    /// <summary>Approve an entered application (审核通过); object <c>application/{id}</c>, payload <see cref="VettingDecision"/>.</summary>
    public const string RaApplicationApprove = "ra.application.approve";

    /// <summary>Refuse an entered application (审核拒绝): back to the applicant with reasons; object <c>application/{id}</c>, payload <see cref="VettingDecision"/>.</summary>
    public const string RaApplicationRefuse = "ra.application.refuse";
}
