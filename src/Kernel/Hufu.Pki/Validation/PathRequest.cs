namespace Hufu.Pki;

/// <summary>Everything that validating a path depends on; the caller states all of it.</summary>
public sealed record PathRequest
{
    /// <summary>Certificates trusted as they are. Their own validity period is checked, their signature and revocation not.</summary>
    public required IReadOnlyList<Certificate> TrustAnchors { get; init; }

    /// <summary>Certificates that may lie between; not trusted.</summary>
    public required IReadOnlyList<Certificate> Intermediates { get; init; }

    /// <summary>The moment at which the path must be good.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What the certificate is to be used for.</summary>
    public required CertificatePurpose Purpose { get; init; }

    /// <summary>How much is asked about revocation.</summary>
    public required RevocationRequirement Revocation { get; init; }

    /// <summary>Revocation lists to judge by; verified here.</summary>
    public required IReadOnlyList<CertificateRevocationList> RevocationLists { get; init; }

    /// <summary>OCSP responses to judge by; verified here.</summary>
    public required IReadOnlyList<OcspResponse> OcspResponses { get; init; }
}
