using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Publishing.Certificates;

/// <summary>
/// Keeps certificates by what the facts say. Facts of different rooms come in any order: an acceptance may be here before the certificate is. A certificate is public when it was issued,
/// accepted, and not refused publication.
/// </summary>
internal static class CertificateShelf
{
    public static void Issued(Session session, CertificateIssued fact) => session.Execute(
        """
        INSERT INTO publishing_certificates (serial, ca, name, certificate, not_after, accepted, publish) VALUES (@Serial, @Ca, @Name, @Certificate, @NotAfter, 0, 0)
        ON CONFLICT (serial) DO UPDATE SET ca = excluded.ca, name = excluded.name, certificate = excluded.certificate, not_after = excluded.not_after
        """,
        new
        {
            fact.Serial,
            fact.Ca,
            Name = Certificate.Decode(fact.Certificate).Subject.CommonName ?? "",
            fact.Certificate,
            NotAfter = fact.NotAfter.ToUnixTimeMilliseconds(),
        });

    [Clause("6.2.4.2-a")]
    public static void Accepted(Session session, CertificateAccepted fact)
    {
        foreach (var serial in fact.Serials)
        {
            session.Execute(
                """
                INSERT INTO publishing_certificates (serial, ca, accepted, publish) VALUES (@Serial, '', 1, @Publish)
                ON CONFLICT (serial) DO UPDATE SET accepted = 1, publish = excluded.publish
                """,
                new { Serial = serial, fact.Publish });
        }
    }

    public static void Revoked(Session session, CertificateRevoked fact) => session.Execute(
        """
        INSERT INTO publishing_certificates (serial, ca, accepted, publish, revoked_at) VALUES (@Serial, @Ca, 0, 0, @RevokedAt)
        ON CONFLICT (serial) DO UPDATE SET revoked_at = excluded.revoked_at
        """,
        new { fact.Serial, fact.Ca, RevokedAt = fact.RevokedAt.ToUnixTimeMilliseconds() });

    /// <summary>A suspension was lifted.</summary>
    public static void Resumed(Session session, CertificateResumed fact) =>
        session.Execute("UPDATE publishing_certificates SET revoked_at = NULL WHERE serial = @Serial AND ca = @Ca", new { fact.Serial, fact.Ca });

    /// <summary>A public certificate by serial; null when there is none, or when it is held or withheld.</summary>
    [Clause("6.2.4.2-a")]
    public static byte[]? Public(Session session, string serial) => session.QueryFirst<byte[]>(
        "SELECT certificate FROM publishing_certificates WHERE serial = @Serial AND accepted = 1 AND publish = 1 AND certificate IS NOT NULL", new { Serial = serial });

    /// <summary>Public certificates whose subject's common name is exactly this, a page after a serial, by index.</summary>
    public static IReadOnlyList<PublicCertificate> Search(Session session, string name, string after, int limit) =>
    [
        .. session.Query<Row>(
            """
            SELECT serial, ca, name, not_after, revoked_at FROM publishing_certificates
            WHERE name = @Name AND serial > @After AND accepted = 1 AND publish = 1 AND certificate IS NOT NULL ORDER BY name, serial LIMIT @Limit
            """,
            new { Name = name, After = after, Limit = limit }).Select(row => row.ToPublic()),
    ];

    /// <summary>Serials of public certificates, a page after one.</summary>
    public static IReadOnlyList<string> PublicSerials(Session session, string after, int limit) => session.Query<string>(
        "SELECT serial FROM publishing_certificates WHERE serial > @After AND accepted = 1 AND publish = 1 AND certificate IS NOT NULL ORDER BY serial LIMIT @Limit", new { After = after, Limit = limit });

    /// <summary>A certificate that belongs into directories; null when it is not public, or the operator's rules take it away.</summary>
    [Clause("6.2.4.2-a")]
    public static ShelvedCertificate? ForDirectory(Session session, string serial, bool withoutRevoked, DateTimeOffset endedBefore) =>
        session.QueryFirst<ShelvedCertificate>(
            "SELECT serial, name, certificate, not_after, revoked_at FROM publishing_certificates WHERE serial = @Serial AND accepted = 1 AND publish = 1 AND certificate IS NOT NULL", new { Serial = serial })
        is { } row && !(withoutRevoked && row.RevokedAt is not null) && row.NotAfter >= endedBefore.ToUnixTimeMilliseconds() ? row : null;

    /// <summary>Serials of public certificates that ended between two moments, for the rule that takes them away.</summary>
    public static IReadOnlyList<string> EndedBetween(Session session, DateTimeOffset from, DateTimeOffset to) => session.Query<string>(
        "SELECT serial FROM publishing_certificates WHERE not_after >= @From AND not_after < @To AND accepted = 1 AND publish = 1 ORDER BY serial LIMIT 100000",
        new { From = from.ToUnixTimeMilliseconds(), To = to.ToUnixTimeMilliseconds() });

    private sealed class Row
    {
        public string Serial { get; set; } = "";

        public string Ca { get; set; } = "";

        public string Name { get; set; } = "";

        public long NotAfter { get; set; }

        public long? RevokedAt { get; set; }

        public PublicCertificate ToPublic() => new(
            Serial, Ca, Name, DateTimeOffset.FromUnixTimeMilliseconds(NotAfter), RevokedAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null);
    }
}

/// <summary>A certificate as a directory gets it.</summary>
internal sealed class ShelvedCertificate
{
    public string Serial { get; set; } = "";

    public string Name { get; set; } = "";

    public byte[] Certificate { get; set; } = [];

    public long NotAfter { get; set; }

    public long? RevokedAt { get; set; }
}
