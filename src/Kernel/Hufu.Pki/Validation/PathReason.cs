namespace Hufu.Pki;

/// <summary>Why a check failed. Ordered: of several failures the one further down is reported first, because the path got further before it failed.</summary>
public enum PathReason
{
    /// <summary>Nothing failed.</summary>
    None,

    /// <summary>No chain of names leads to an anchor.</summary>
    NoPath,

    /// <summary>The search was given up: too many candidates (<see cref="PathValidator.MaxSignatureChecks"/>, <see cref="PathValidator.MaxPathLength"/>).</summary>
    BudgetExceeded,

    /// <summary>A signature on the way does not verify.</summary>
    BadSignature,

    /// <summary>More CA certificates follow than a pathLenConstraint allows.</summary>
    PathTooLong,

    /// <summary>An issuer is not a CA: no basicConstraints with cA, or no keyCertSign.</summary>
    NotAuthority,

    /// <summary>A critical extension that is not processed here, or constraints that are not.</summary>
    UnknownCriticalExtension,

    /// <summary>A CA's extKeyUsage does not allow the purpose.</summary>
    AuthorityPurpose,

    /// <summary>The certificate's keyUsage or extKeyUsage does not allow the purpose.</summary>
    WrongPurpose,

    /// <summary>The time is before notBefore.</summary>
    NotYetValid,

    /// <summary>The time is after notAfter.</summary>
    Expired,

    /// <summary>Revocation evidence is required and there is none.</summary>
    RevocationUnknown,

    /// <summary>Revocation evidence is required and what there is was out of date at the time.</summary>
    RevocationStale,

    /// <summary>Suspended at the time.</summary>
    OnHold,

    /// <summary>Revoked at the time.</summary>
    Revoked,
}
