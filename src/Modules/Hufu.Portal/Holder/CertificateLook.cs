using Hufu.Pki;

namespace Hufu.Portal.Holder;

/// <summary>What the status service says of a certificate.</summary>
public enum CertificateState
{
    /// <summary>Within its life and not revoked.</summary>
    Good,

    /// <summary>Revoked or suspended.</summary>
    Revoked,

    /// <summary>Past its end.</summary>
    Expired,

    /// <summary>Before its beginning.</summary>
    NotYet,

    /// <summary>Not issued here.</summary>
    Foreign,

    /// <summary>The status service did not answer.</summary>
    Unknown,
}

/// <summary>A certificate that a holder has shown, and what is known of it.</summary>
/// <param name="Certificate">The certificate.</param>
/// <param name="State">Its state now.</param>
/// <param name="RevokedAt">When it was revoked.</param>
/// <param name="Reason">Why.</param>
public sealed record CertificateLook(Certificate Certificate, CertificateState State, DateTimeOffset? RevokedAt, RevocationReason? Reason)
{
    /// <summary>Whether its key deciphers and does not sign.</summary>
    public bool ForEncryption => Certificate.KeyUsage is { } usage && (usage & KeyUsages.DigitalSignature) == 0;

    /// <summary>The subject's name, for people.</summary>
    public string Name => Certificate.Subject.CommonName ?? Certificate.Subject.ToString();
}
