namespace Hufu.Pki;

/// <summary>PKIFailureInfo (RFC 3161 2.4.2, GM/T 0033): the value is the bit.</summary>
public enum TimeStampFailure
{
    /// <summary>Unknown or unsupported hash algorithm.</summary>
    BadAlg = 0,

    /// <summary>The transaction is not permitted or supported.</summary>
    BadRequest = 2,

    /// <summary>The data has the wrong format.</summary>
    BadDataFormat = 5,

    /// <summary>The time source is not available.</summary>
    TimeNotAvailable = 14,

    /// <summary>The asked policy is not supported.</summary>
    UnacceptedPolicy = 15,

    /// <summary>An extension, critical or not, is not supported.</summary>
    UnacceptedExtension = 16,

    /// <summary>The asked additional information is not available.</summary>
    AddInfoNotAvailable = 17,

    /// <summary>The system failed.</summary>
    SystemFailure = 25,
}

/// <summary>PKIStatus (RFC 3161 2.4.2).</summary>
public enum TimeStampStatus
{
    /// <summary>The token is there.</summary>
    Granted = 0,

    /// <summary>The token is there, with changes.</summary>
    GrantedWithMods = 1,

    /// <summary>Refused.</summary>
    Rejection = 2,

    /// <summary>Not yet processed.</summary>
    Waiting = 3,

    /// <summary>A revocation of the authority is near.</summary>
    RevocationWarning = 4,

    /// <summary>The authority's certificate was revoked.</summary>
    RevocationNotification = 5,
}
