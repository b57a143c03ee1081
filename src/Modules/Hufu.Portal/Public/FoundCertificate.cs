namespace Hufu.Portal.Public;

/// <summary>A published certificate as the repository's search gives it: <c>GET /repository/certificates</c>.</summary>
/// <param name="Serial">Serial, hex.</param>
/// <param name="Ca">The CA's name.</param>
/// <param name="Name">The subject's common name.</param>
/// <param name="NotAfter">The end of its life.</param>
/// <param name="RevokedAt">When it was revoked; null while it is not.</param>
public sealed record FoundCertificate(string Serial, string Ca, string Name, DateTimeOffset NotAfter, DateTimeOffset? RevokedAt);
