namespace Hufu.Contracts;

/// <summary>RA → CA: issue a pair (or a single certificate, as the profile says) for an approved application (6.2.3.1-a).</summary>
/// <param name="Application">The application's number.</param>
/// <param name="Profile">The profile's id.</param>
/// <param name="Fields">The vetted data by field name; the profile says which go into the certificate.</param>
/// <param name="Request">PKCS#10 (DER) made with the holder's signing key.</param>
/// <param name="HolderIdentifier">SM3 (hex) of what identifies the holder (credit code, identity number); keeps subjects unique. Travels sealed; whoever stores it keys it first (decision 0030).</param>
/// <param name="RenewalOf">Serial (hex) of the signing certificate that this one renews, or null.</param>
/// <param name="Entry">
/// The entry clerk's signed act: room ra, act <see cref="ActNames.RaApplicationEnter"/>, object <c>application/{Application}</c>, state <see cref="ApplicationData.StateText"/> of
/// submitted over exactly this profile, these fields and this request.
/// </param>
/// <param name="EntryCertificate">The clerk's certificate, DER.</param>
/// <param name="Approval">The vetter's signed act, by another person (R15): act <see cref="ActNames.RaApplicationApprove"/>, same object, state <see cref="ApplicationData.StateText"/> of entered.</param>
/// <param name="ApprovalCertificate">The vetter's certificate, DER.</param>
/// <param name="Papers">SM3 (hex) of each paper by its kind: part of the digest that both signed.</param>
public sealed record IssuePair(
    string Application, string Profile, IReadOnlyDictionary<string, string> Fields, byte[] Request, string HolderIdentifier, string? RenewalOf,
    SignedAct Entry, byte[] EntryCertificate, SignedAct Approval, byte[] ApprovalCertificate, IReadOnlyDictionary<string, string>? Papers = null) : IOrder<PairIssued>;

/// <summary>CA → RA: the certificates. DER.</summary>
/// <param name="SigningCertificate">签名证书.</param>
/// <param name="EncryptionCertificate">加密证书; null where the profile has none.</param>
/// <param name="EnvelopedKey">SM2EnvelopedKey (GM/T 0009) of the encryption private key under the holder's signing key; null where the profile has none.</param>
/// <param name="Chain">Issuing CA first, root last.</param>
/// <param name="History">For a renewal with the same signing key: the encryption keys of the certificates that this one renews, as the key centre's restore gave them for that key; at most 20. Null or empty where there are none.</param>
public sealed record PairIssued(byte[] SigningCertificate, byte[]? EncryptionCertificate, byte[]? EnvelopedKey, IReadOnlyList<byte[]> Chain, IReadOnlyList<RecoveredKey>? History = null);

/// <summary>
/// RA → CA: many pairs in one sealed order, each as if it were ordered alone: its own entry and approval, its own outcome. Sent again it gives the same; an order that was broken off goes on. While the key centre
/// cannot be reached the whole order waits (RoomUnreachable) and what is done is answered with the rest.
/// </summary>
/// <param name="Orders">1 to <see cref="Most"/> orders, each application once.</param>
public sealed record IssuePairs(IReadOnlyList<IssuePair> Orders) : IOrder<PairsIssued>
{
    /// <summary>Most pairs in one order.</summary>
    public const int Most = 1_000;
}

/// <summary>CA → RA: what became of each.</summary>
/// <param name="Outcomes">In the order of <see cref="IssuePairs.Orders"/>.</param>
public sealed record PairsIssued(IReadOnlyList<PairOutcome> Outcomes);

/// <summary>What became of one order among many: either is null.</summary>
/// <param name="Application">The application's number.</param>
/// <param name="Issued">The certificates.</param>
/// <param name="Refusal">The final refusal.</param>
public sealed record PairOutcome(string Application, PairIssued? Issued, Refusal? Refusal);

/// <summary>Why a certificate is revoked: 6.2.7.1-a mapped to RFC 5280 5.3.1.</summary>
public enum RevocationReason
{
    /// <summary>unspecified (0): holder's request without a special reason.</summary>
    Unspecified = 0,

    /// <summary>keyCompromise (1): compromise suspected or certain.</summary>
    KeyCompromise = 1,

    /// <summary>affiliationChanged (3): job changed, no longer a member.</summary>
    AffiliationChanged = 3,

    /// <summary>superseded (4): replaced.</summary>
    Superseded = 4,

    /// <summary>cessationOfOperation (5): agreement ended, device out of service.</summary>
    CessationOfOperation = 5,

    /// <summary>certificateHold (6): suspended, may be lifted.</summary>
    CertificateHold = 6,

    /// <summary>privilegeWithdrawn (9): false information, duties not met, sanctioned by law.</summary>
    PrivilegeWithdrawn = 9,
}

/// <summary>RA → CA: revoke a pair.</summary>
/// <param name="Serial">Serial (hex) of the signing certificate; its twin goes with it.</param>
/// <param name="Reason">Why.</param>
/// <param name="RequestedBy">Who asked: holder, ra, ca, organisation … and by what means it was proven (6.2.7.3-e).</param>
/// <param name="RequestedAt">When it was asked for (7.2.9-c).</param>
/// <param name="Case">Ground, who asks, since when; null from senders that do not say.</param>
public sealed record RevokePair(string Serial, RevocationReason Reason, string RequestedBy, DateTimeOffset RequestedAt, RevocationCase? Case = null) : IOrder<PairRevoked>;

/// <summary>CA → RA: the pair is revoked.</summary>
/// <param name="Serials">Serials (hex) of the certificates revoked.</param>
/// <param name="RevokedAt">When.</param>
public sealed record PairRevoked(IReadOnlyList<string> Serials, DateTimeOffset RevokedAt);

/// <summary>RA → CA: a certificate for a member of the RA's staff, from the administrator profile.</summary>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="Name">The person's name.</param>
/// <param name="Request">PKCS#10, DER.</param>
/// <param name="Appointment">The signed act that appointed them; null at the RA's own initialisation.</param>
public sealed record IssueStaffCertificate(string Role, string Name, byte[] Request, AppointmentEvidence? Appointment) : IOrder<StaffCertificateIssued>;

/// <summary>What proves an appointment: the CA sees for itself that this act names this person, this key and this role.</summary>
/// <param name="Act">The appointer's signed act, <see cref="ActNames.StaffAppoint"/>.</param>
/// <param name="Payload">The act's payload, an <see cref="Hufu.Contracts.Appointment"/>: the exact text over whose UTF-8 bytes the statement's payload digest goes.</param>
/// <param name="AppointerCertificate">Whose act it was, DER.</param>
public sealed record AppointmentEvidence(SignedAct Act, string Payload, byte[] AppointerCertificate);

/// <summary>CA → RA: the certificate, DER.</summary>
/// <param name="Certificate">The certificate.</param>
public sealed record StaffCertificateIssued(byte[] Certificate);
