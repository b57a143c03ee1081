namespace Hufu.Contracts;

/// <summary>The acts that staff can do, by the names that stand in signed statements and in policy/acts.csv.</summary>
public static class ActNames
{
    /// <summary>Appoint a person to a role; object <c>role/{role}</c>, payload <see cref="Appointment"/>.</summary>
    public const string StaffAppoint = "staff.appoint";

    /// <summary>Register another room's certificates; object <c>room/{name}</c>, payload <see cref="PeerRegistration"/>.</summary>
    public const string PeerRegister = "peer.register";

    /// <summary>Certify a room's service keys; object <c>room/{name}</c>, payload <see cref="ServiceRegistration"/>.</summary>
    public const string CaServiceRegister = "ca.service.register";

    /// <summary>Sign a CRL now; object <c>ca/{name}</c>, payload <see cref="CrlRequest"/>.</summary>
    public const string CaCrlIssue = "ca.crl.issue";

    /// <summary>Present a share of the device's administration key; object <c>device/{room}</c>, payload <see cref="SharePresentation"/>.</summary>
    public const string SharePresent = "ceremony.share.present";

    /// <summary>Join the presented shares, restore the backup in a scratch place and compare; object <c>device/{room}</c>, payload <see cref="BackupCheck"/>.</summary>
    public const string BackupVerify = "ceremony.backup.verify";

    /// <summary>Make encryption pairs ahead; object <c>store/spare</c>, payload <see cref="KeyRefill"/>.</summary>
    public const string KmcRefill = "kmc.keys.refill";

    /// <summary>Read the work queue; object <c>queue/{state}</c>, payload <see cref="QueueQuery"/>.</summary>
    public const string RaQueueRead = "ra.queue.read";

    /// <summary>Enter an application (录入); object <c>application/{id}</c>, payload <see cref="EntryRecord"/>.</summary>
    public const string RaApplicationEnter = "ra.application.enter";

    /// <summary>Approve an entered application (审核通过); object <c>application/{id}</c>, payload <see cref="VettingDecision"/>.</summary>
    public const string RaApplicationApprove = "ra.application.approve";

    /// <summary>Refuse an entered application (审核拒绝): back to the applicant with reasons; object <c>application/{id}</c>, payload <see cref="VettingDecision"/>.</summary>
    public const string RaApplicationRefuse = "ra.application.refuse";
}
