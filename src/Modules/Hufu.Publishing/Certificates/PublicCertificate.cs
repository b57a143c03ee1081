namespace Hufu.Publishing.Certificates;

/// <summary>A published certificate in a search's answer.</summary>
/// <param name="Serial">Serial, hex; the file is at <c>/repository/certificates/{serial}.cer</c>.</param>
/// <param name="Ca">The issuing CA's name.</param>
/// <param name="Name">The subject's common name.</param>
/// <param name="NotAfter">End of validity.</param>
/// <param name="RevokedAt">When it was revoked, or null.</param>
internal sealed record PublicCertificate(string Serial, string Ca, string Name, DateTimeOffset NotAfter, DateTimeOffset? RevokedAt);
