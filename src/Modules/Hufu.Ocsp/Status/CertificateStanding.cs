using Hufu.Contracts;

namespace Hufu.Ocsp.Status;

/// <summary>What the index says of a serial.</summary>
internal enum Standing
{
    /// <summary>The CA has issued no such certificate, as far as is known here.</summary>
    Unknown,

    /// <summary>Issued and not revoked.</summary>
    Good,

    /// <summary>Revoked.</summary>
    Revoked,
}

/// <summary>The standing of one certificate.</summary>
/// <param name="Standing">Which.</param>
/// <param name="RevokedAt">When it was revoked, to the second; the Unix epoch unless revoked.</param>
/// <param name="Reason">Why; Unspecified unless revoked.</param>
internal readonly record struct CertificateStanding(Standing Standing, DateTimeOffset RevokedAt, RevocationReason Reason)
{
    /// <summary>Not issued.</summary>
    public static CertificateStanding Unknown { get; } = new(Standing.Unknown, DateTimeOffset.UnixEpoch, RevocationReason.Unspecified);

    /// <summary>Issued and not revoked.</summary>
    public static CertificateStanding Good { get; } = new(Standing.Good, DateTimeOffset.UnixEpoch, RevocationReason.Unspecified);
}
