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

/// <summary>A certificate has been revoked, or suspended (<see cref="RevocationReason.CertificateHold"/>): a suspended one may later be revoked for good, which is a further fact, or resumed (<see cref="CertificateResumed"/>).</summary>
/// <param name="Ca">The issuing CA's name.</param>
/// <param name="Serial">Serial, hex.</param>
/// <param name="RevokedAt">When, to the second.</param>
/// <param name="Reason">Why.</param>
public sealed record CertificateRevoked(string Ca, string Serial, DateTimeOffset RevokedAt, RevocationReason Reason) : IFact;

/// <summary>A CRL has been signed and checked. The highest number of a <see cref="Name"/> is the one in force.</summary>
/// <param name="Ca">The issuing CA's name.</param>
/// <param name="Number">CRL number.</param>
/// <param name="ThisUpdate">thisUpdate.</param>
/// <param name="NextUpdate">nextUpdate.</param>
/// <param name="Der">The CRL; empty when it came in pieces (<paramref name="File"/>).</param>
/// <param name="Kind">Full or delta.</param>
/// <param name="Scope">What it covers: empty for all certificates of the CA, <c>p1</c>, <c>p2</c>, … for a part, <c>arl</c> for CA certificates only.</param>
/// <param name="BaseNumber">Of a delta, the number of the full CRL that it builds on; else null.</param>
/// <param name="File">Set when the CRL came in pieces.</param>
public sealed record CrlIssued(
    string Ca, long Number, DateTimeOffset ThisUpdate, DateTimeOffset NextUpdate, byte[] Der, CrlKind Kind = CrlKind.Full, string Scope = "", long? BaseNumber = null, CrlFile? File = null) : IFact
{
    /// <summary>The name under which it is published: <c>/crl/{Name}.crl</c>; for a CA's full CRL of everything the CA's own name.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Name => NameOf(Ca, Scope, Kind);

    /// <summary>The name of a CRL's address: <c>operational</c>, <c>operational-delta</c>, <c>operational-p3</c>, <c>operational-p3-delta</c>, <c>operational-arl</c>.</summary>
    /// <param name="ca">The issuing CA's name.</param>
    /// <param name="scope">See <see cref="Scope"/>.</param>
    /// <param name="kind">Full or delta.</param>
    public static string NameOf(string ca, string scope, CrlKind kind) => $"{ca}{(scope.Length == 0 ? "" : "-" + scope)}{(kind == CrlKind.Delta ? "-delta" : "")}";
}
