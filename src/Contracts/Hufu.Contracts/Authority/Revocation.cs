namespace Hufu.Contracts;

/// <summary>Why a certificate is to be revoked, as the practice statement counts the grounds (6.2.7.1-a). Which reason of RFC 5280 stands for each: <see cref="RevocationGrounds.ReasonOf"/>.</summary>
public enum RevocationGround
{
    /// <summary>The holder's job changed (岗位变动).</summary>
    JobChanged,

    /// <summary>Sanctioned by law (受法律制裁).</summary>
    SanctionedByLaw,

    /// <summary>False information was given (信息不真实).</summary>
    FalseInformation,

    /// <summary>Duties not met (未履行义务).</summary>
    DutiesNotMet,

    /// <summary>The key is or may be compromised, say CA, RA, holder or the employing department (密钥泄露或怀疑泄露).</summary>
    KeyCompromise,

    /// <summary>The agreement ended (协议终止).</summary>
    AgreementEnded,

    /// <summary>The holder asked for it (持有者申请).</summary>
    HolderRequest,

    /// <summary>A relying party asked for it, for a certificate that is used in its system only (依赖方申请).</summary>
    RelyingPartyRequest,

    /// <summary>Replaced by another certificate.</summary>
    Replaced,

    /// <summary>Another reason in law or rules (法律法规规定的其他情形).</summary>
    OtherInLaw,
}

/// <summary>Who asks for a revocation (6.2.7.2-a).</summary>
public enum RevocationAsker
{
    /// <summary>The RA that approved the certificate, or the CA.</summary>
    Authority,

    /// <summary>The person whose certificate it is.</summary>
    Holder,

    /// <summary>The authorised representative of the organisation whose certificate it is.</summary>
    OrganisationRepresentative,

    /// <summary>The authorised representative of the device's owner.</summary>
    DeviceOwnerRepresentative,

    /// <summary>The department that approved or employs.</summary>
    Department,

    /// <summary>A relying party in whose system alone the certificate is used.</summary>
    RelyingParty,
}

/// <summary>Grounds of the practice statement and reasons of RFC 5280 5.3.1.</summary>
public static class RevocationGrounds
{
    /// <summary>The reason that stands in CRL and OCSP for a ground (6.2.7.1-a).</summary>
    [Clause("6.2.7.1-a")]
    public static RevocationReason ReasonOf(RevocationGround ground) => ground switch
    {
        RevocationGround.JobChanged => RevocationReason.AffiliationChanged,
        RevocationGround.SanctionedByLaw or RevocationGround.FalseInformation or RevocationGround.DutiesNotMet => RevocationReason.PrivilegeWithdrawn,
        RevocationGround.KeyCompromise => RevocationReason.KeyCompromise,
        RevocationGround.AgreementEnded => RevocationReason.CessationOfOperation,
        RevocationGround.Replaced => RevocationReason.Superseded,
        RevocationGround.HolderRequest or RevocationGround.RelyingPartyRequest or RevocationGround.OtherInLaw => RevocationReason.Unspecified,
        _ => throw new ArgumentOutOfRangeException(nameof(ground)),
    };
}

/// <summary>What the CA is told of a revocation beyond its reason; older senders leave it out and are taken for the approving RA.</summary>
/// <param name="Ground">The ground in the words of the practice statement; its reason must be the order's.</param>
/// <param name="Asker">Who asks.</param>
/// <param name="InvalidFrom">When the key or the data is known or feared to have gone wrong (invalidityDate); not in the future.</param>
public sealed record RevocationCase(RevocationGround Ground, RevocationAsker Asker, DateTimeOffset? InvalidFrom = null);

/// <summary>RA → CA: suspend a pair (certificateHold) until it is resumed or revoked.</summary>
/// <param name="Serial">Serial (hex) of the signing certificate; its twin goes with it.</param>
/// <param name="Asker">Who asks.</param>
/// <param name="RequestedBy">Who asked and by what means it was proven (6.2.7.3-e).</param>
/// <param name="RequestedAt">When it was asked for.</param>
public sealed record SuspendPair(string Serial, RevocationAsker Asker, string RequestedBy, DateTimeOffset RequestedAt) : IOrder<PairSuspended>;

/// <summary>CA → RA: the pair is suspended.</summary>
/// <param name="Serials">Serials (hex) of the certificates suspended.</param>
/// <param name="SuspendedAt">When.</param>
public sealed record PairSuspended(IReadOnlyList<string> Serials, DateTimeOffset SuspendedAt);

/// <summary>RA → CA: lift a pair's suspension.</summary>
/// <param name="Serial">Serial (hex) of one of the pair.</param>
/// <param name="Asker">Who asks.</param>
/// <param name="RequestedBy">Who asked and by what means it was proven.</param>
/// <param name="RequestedAt">When it was asked for.</param>
public sealed record ResumePair(string Serial, RevocationAsker Asker, string RequestedBy, DateTimeOffset RequestedAt) : IOrder<PairResumed>;

/// <summary>CA → RA: the pair is in force again.</summary>
/// <param name="Serials">Serials (hex) of the certificates resumed.</param>
/// <param name="ResumedAt">When.</param>
public sealed record PairResumed(IReadOnlyList<string> Serials, DateTimeOffset ResumedAt);

/// <summary>A suspension was lifted: the certificate is good again, whatever older CRLs say.</summary>
/// <param name="Ca">The issuing CA's name.</param>
/// <param name="Serial">Serial, hex.</param>
/// <param name="ResumedAt">When, to the second.</param>
public sealed record CertificateResumed(string Ca, string Serial, DateTimeOffset ResumedAt) : IFact;

/// <summary>Revokes a certificate by a signed act of the CA's own people: <c>POST /api/ca/revocations</c>, act <see cref="ActNames.CaRevoke"/>, object <c>certificate/{ca}/{serial}</c>.</summary>
/// <param name="Ca">The issuing CA's name.</param>
/// <param name="Serial">Serial, hex; a twin goes with it.</param>
/// <param name="Case">Ground, who asks, since when.</param>
/// <param name="RequestedBy">Who asked and by what means it was proven.</param>
/// <param name="RequestedAt">When it was asked for, or when the CA became sure.</param>
public sealed record CertificateRevocation(string Ca, string Serial, RevocationCase Case, string RequestedBy, DateTimeOffset RequestedAt);

/// <summary>Suspends a certificate, or lifts its suspension, by a signed act: <c>POST /api/ca/suspensions</c>, <c>POST /api/ca/resumptions</c>; object <c>certificate/{ca}/{serial}</c>.</summary>
/// <param name="Ca">The issuing CA's name.</param>
/// <param name="Serial">Serial, hex; a twin goes with it.</param>
/// <param name="RequestedBy">Who asked and by what means it was proven.</param>
/// <param name="RequestedAt">When it was asked for.</param>
public sealed record CertificateSuspension(string Ca, string Serial, string RequestedBy, DateTimeOffset RequestedAt);
