namespace Hufu.Pki;

/// <summary>OCSPResponseStatus (RFC 6960 4.2.1); the values are those on the wire.</summary>
public enum OcspResponseStatus
{
    /// <summary>There is an answer.</summary>
    Successful = 0,

    /// <summary>The request was not understood.</summary>
    MalformedRequest = 1,

    /// <summary>The responder failed.</summary>
    InternalError = 2,

    /// <summary>Ask again later.</summary>
    TryLater = 3,

    /// <summary>The request must be signed.</summary>
    SigRequired = 5,

    /// <summary>Not for this requester, or not about this issuer.</summary>
    Unauthorized = 6,
}

/// <summary>CertStatus (RFC 6960 4.2.1); the value is the context tag.</summary>
public enum OcspCertificateStatus
{
    /// <summary>Issued and not revoked.</summary>
    Good = 0,

    /// <summary>Revoked or suspended.</summary>
    Revoked = 1,

    /// <summary>Not known to the responder; never "good" (R14).</summary>
    Unknown = 2,
}
