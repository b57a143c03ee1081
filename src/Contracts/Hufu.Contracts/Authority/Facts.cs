namespace Hufu.Contracts;

/// <summary>A CA certificate exists and may be published.</summary>
/// <param name="Ca">The CA's name: <c>root</c> or <c>operational</c>.</param>
/// <param name="Certificate">DER.</param>
public sealed record AuthorityCertified(string Ca, byte[] Certificate) : IFact;

/// <summary>A certificate has been issued.</summary>
/// <param name="Ca">The issuing CA's name.</param>
/// <param name="Serial">Serial, hex without separators, lower case, as many bytes as in DER.</param>
/// <param name="Profile">The profile's id.</param>
/// <param name="Certificate">DER; kept unpublished until it is accepted.</param>
/// <param name="NotAfter">End of validity.</param>
public sealed record CertificateIssued(string Ca, string Serial, string Profile, byte[] Certificate, DateTimeOffset NotAfter) : IFact;

/// <summary>A certificate has been revoked.</summary>
/// <param name="Ca">The issuing CA's name.</param>
/// <param name="Serial">Serial, hex.</param>
/// <param name="RevokedAt">When, to the second.</param>
/// <param name="Reason">Why.</param>
public sealed record CertificateRevoked(string Ca, string Serial, DateTimeOffset RevokedAt, RevocationReason Reason) : IFact;

/// <summary>A CRL has been signed and checked.</summary>
/// <param name="Ca">The issuing CA's name.</param>
/// <param name="Number">CRL number.</param>
/// <param name="ThisUpdate">thisUpdate.</param>
/// <param name="NextUpdate">nextUpdate.</param>
/// <param name="Der">The CRL.</param>
public sealed record CrlIssued(string Ca, long Number, DateTimeOffset ThisUpdate, DateTimeOffset NextUpdate, byte[] Der) : IFact;
