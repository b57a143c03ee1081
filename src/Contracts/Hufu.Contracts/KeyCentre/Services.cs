namespace Hufu.Contracts;

/// <summary>
/// Renews the key centre's own certificates (decision 0050): <c>POST /api/kmc/services</c>, act <see cref="ActNames.KmcServiceRenew"/>, object <see cref="KeyCentreServices.Object"/>. New keys for messages in the device,
/// certificates by the KM organisation's key; nothing is in force until an auditor says so. Signing and encryption are renewed together.
/// </summary>
/// <param name="Audit">Whether the ledger's certificate is renewed too; its key stays.</param>
/// <param name="Remark">Why: 1 to 500 characters.</param>
public sealed record ServiceRenewal(bool Audit, string Remark);

/// <summary>How far a renewal is.</summary>
public enum ServiceRenewalState
{
    /// <summary>Signed for, serials reserved; the certificates are not signed yet.</summary>
    Reserved,

    /// <summary>Certified; waits for an auditor.</summary>
    Renewed,

    /// <summary>The key centre works under it, or worked until the next one.</summary>
    InForce,

    /// <summary>An auditor did not agree; the end.</summary>
    Refused,
}

/// <summary>
/// A renewal: the answer to the act, and to <c>POST /api/kmc/services/{number}/put-in-force</c> and <c>…/refuse</c>, acts <see cref="ActNames.KmcServicePutInForce"/> and <see cref="ActNames.KmcServiceRefuse"/> with a
/// <see cref="CaseRemark"/>, object <c>services/{number}</c>.
/// </summary>
/// <param name="Number">1, 2, 3 …</param>
/// <param name="State">How far it is.</param>
/// <param name="StateToSign">What the next act signs as the object's state: state and SM3 of the certificates.</param>
/// <param name="At">When it was renewed.</param>
/// <param name="Peer">The key centre as its CAs and registration authorities register it: <see cref="PeerRegistration"/> with <see cref="PeerRegistration.KeepEarlier"/>. Null while it is reserved.</param>
/// <param name="AuditCertificate">The ledger's new certificate, DER; null when it was not renewed.</param>
/// <param name="Chain">The KM certificate, DER.</param>
public sealed record RenewedServices(
    long Number, ServiceRenewalState State, string StateToSign, DateTimeOffset At, PeerInfo? Peer, byte[]? AuditCertificate, IReadOnlyList<byte[]> Chain);

/// <summary>A certificate in force.</summary>
/// <param name="Use"><c>sign</c>, <c>encrypt</c> or <c>audit</c>.</param>
/// <param name="Serial">Lower-case hex.</param>
/// <param name="NotAfter">Its end.</param>
/// <param name="Alarm">60, 30, 7 (days are left, and nothing is renewed) or 0 (it has ended); null while there is time, or when what follows waits for its auditor.</param>
public sealed record ServiceLife(string Use, string Serial, DateTimeOffset NotAfter, int? Alarm);

/// <summary>The key centre's own certificates: <c>GET /api/kmc/services</c>, open: what stands there is public, and others' staff need it.</summary>
/// <param name="Peer">In force.</param>
/// <param name="Chain">The KM certificate, DER.</param>
/// <param name="Lives">Each certificate's end.</param>
/// <param name="Object">What the next renewal names as its object: <c>services/{number}</c>; its state is <c>-</c>.</param>
/// <param name="Waiting">A renewal that waits for its auditor; null when none does. While one waits no other begins.</param>
public sealed record KeyCentreServices(PeerInfo Peer, IReadOnlyList<byte[]> Chain, IReadOnlyList<ServiceLife> Lives, string Object, RenewedServices? Waiting);

/// <summary>The renewals with their people: <c>GET /api/kmc/services/desk</c>, in a session of who may <see cref="ActNames.KmcCasesRead"/>.</summary>
/// <param name="Services">As at the open door.</param>
/// <param name="Renew">Whether the reader may renew, and who may.</param>
/// <param name="Next">The acts on what waits: whether the reader may, and why not; empty when nothing waits.</param>
/// <param name="Renewals">The renewals so far, newest first; at most 100.</param>
public sealed record ServicesDesk(KeyCentreServices Services, ActRight Renew, IReadOnlyList<ActRight> Next, IReadOnlyList<ServiceRenewalStep> Renewals);

/// <summary>A renewal and its people.</summary>
/// <param name="Number">1, 2, 3 …</param>
/// <param name="State">How far it is.</param>
/// <param name="RenewedBy">Who renewed.</param>
/// <param name="RenewedAt">When.</param>
/// <param name="DecidedBy">The auditor; null while it waits.</param>
/// <param name="DecidedAt">When; null while it waits.</param>
public sealed record ServiceRenewalStep(long Number, ServiceRenewalState State, string RenewedBy, DateTimeOffset RenewedAt, string? DecidedBy, DateTimeOffset? DecidedAt);
