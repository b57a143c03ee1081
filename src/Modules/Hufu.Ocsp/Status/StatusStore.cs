using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Ocsp.Status;

/// <summary>The tables from which the index is rebuilt: what the CA's facts have said.</summary>
internal static class StatusStore
{
    /// <summary>Rows read at a time.</summary>
    public const int Page = 50_000;

    /// <summary>A CA certificate whose name and key stand in CertIDs.</summary>
    public static void AddIssuer(Session session, string ca, string digest, byte[] certificate) => session.Execute(
        "INSERT INTO ocsp_issuer (digest, ca, certificate) VALUES (@digest, @ca, @certificate) ON CONFLICT (digest) DO NOTHING", new { digest, ca, certificate });

    /// <summary>All CA certificates.</summary>
    public static IReadOnlyList<IssuerRow> Issuers(Session session) => session.Query<IssuerRow>("SELECT ca, certificate FROM ocsp_issuer ORDER BY digest LIMIT 1000");

    /// <summary>A certificate was issued.</summary>
    public static void Issued(Session session, string ca, byte[] serial, DateTimeOffset notAfter)
    {
        session.Execute(
            "INSERT INTO ocsp_status (ca, serial, not_after) VALUES (@ca, @serial, @notAfter) ON CONFLICT (ca, serial) DO NOTHING",
            new { ca, serial, notAfter = notAfter.ToUnixTimeMilliseconds() });
        Changed(session, ca, serial);
    }

    /// <summary>A certificate was revoked or suspended; the first revocation stays, a suspension (6) gives way.</summary>
    public static void Revoked(Session session, string ca, byte[] serial, DateTimeOffset at, RevocationReason reason)
    {
        session.Execute(
            """
            INSERT INTO ocsp_status (ca, serial, revoked_at, reason) VALUES (@ca, @serial, @revokedAt, @reason)
            ON CONFLICT (ca, serial) DO UPDATE SET revoked_at = excluded.revoked_at, reason = excluded.reason WHERE ocsp_status.revoked_at IS NULL OR ocsp_status.reason = 6
            """,
            new { ca, serial, revokedAt = at.ToUnixTimeMilliseconds(), reason = (long)reason });
        Changed(session, ca, serial);
    }

    /// <summary>A suspension was lifted.</summary>
    public static void Resumed(Session session, string ca, byte[] serial)
    {
        session.Execute("UPDATE ocsp_status SET revoked_at = NULL, reason = NULL WHERE ca = @ca AND serial = @serial AND reason = 6", new { ca, serial });
        Changed(session, ca, serial);
    }

    /// <summary>The CA was heard of.</summary>
    public static void Heard(Session session, string ca, DateTimeOffset at) => session.Execute(
        "INSERT INTO ocsp_word (ca, heard_at) VALUES (@ca, @at) ON CONFLICT (ca) DO UPDATE SET heard_at = excluded.heard_at WHERE ocsp_word.heard_at < excluded.heard_at",
        new { ca, at = at.ToUnixTimeMilliseconds() });

    /// <summary>When each CA was heard of last.</summary>
    public static IReadOnlyList<WordRow> Words(Session session) => session.Query<WordRow>("SELECT ca, heard_at FROM ocsp_word ORDER BY ca LIMIT 1000");

    /// <summary>The number of the latest change, ever.</summary>
    public static long LatestChange(Session session) => Math.Max(
        session.Scalar<long>("SELECT COALESCE(MAX(number), 0) FROM ocsp_change"), session.Scalar<long>("SELECT COALESCE(MAX(change), 0) FROM ocsp_checkpoint"));

    /// <summary>The checkpoint that belongs to this database; null when there is none.</summary>
    public static CheckpointRow? Checkpoint(Session session) => session.QueryFirst<CheckpointRow>("SELECT change, digest FROM ocsp_checkpoint WHERE id = 1");

    /// <summary>A checkpoint file is in place: changes up to it are forgotten.</summary>
    public static void SetCheckpoint(Session session, long change, string digest, DateTimeOffset now)
    {
        session.Execute(
            """
            INSERT INTO ocsp_checkpoint (id, change, digest, made_at) VALUES (1, @change, @digest, @now)
            ON CONFLICT (id) DO UPDATE SET change = excluded.change, digest = excluded.digest, made_at = excluded.made_at
            """,
            new { change, digest, now = now.ToUnixTimeMilliseconds() });
        session.Execute("DELETE FROM ocsp_change WHERE number <= @change", new { change });
    }

    /// <summary>A page of what has changed after a change, with its present state.</summary>
    public static IReadOnlyList<ChangeRow> Changes(Session session, long after) => session.Query<ChangeRow>(
        """
        SELECT c.number, c.ca, c.serial, s.revoked_at, s.reason FROM ocsp_change c JOIN ocsp_status s ON s.ca = c.ca AND s.serial = c.serial
        WHERE c.number > @after ORDER BY c.number LIMIT @Page
        """,
        new { after, Page });

    /// <summary>The CAs of which certificates are stored.</summary>
    public static IReadOnlyList<string> Authorities(Session session) => session.Query<string>("SELECT DISTINCT ca FROM ocsp_status LIMIT 1000");

    /// <summary>A page of a CA's serials after one.</summary>
    public static IReadOnlyList<byte[]> Serials(Session session, string ca, byte[] after) =>
        session.Query<byte[]>("SELECT serial FROM ocsp_status WHERE ca = @ca AND serial > @after ORDER BY serial LIMIT @Page", new { ca, after, Page });

    /// <summary>A page of a CA's revoked serials after one.</summary>
    public static IReadOnlyList<RevokedRow> RevokedSerials(Session session, string ca, byte[] after) => session.Query<RevokedRow>(
        "SELECT serial, revoked_at, reason FROM ocsp_status WHERE ca = @ca AND serial > @after AND revoked_at IS NOT NULL ORDER BY serial LIMIT @Page", new { ca, after, Page });

    /// <summary>How many serials of each length a CA has.</summary>
    public static IReadOnlyList<LengthRow> Lengths(Session session, string ca) =>
        session.Query<LengthRow>("SELECT CAST(length(serial) AS BIGINT) AS length, count(*) AS serials FROM ocsp_status WHERE ca = @ca GROUP BY length(serial) ORDER BY 1 LIMIT 100", new { ca });

    private static void Changed(Session session, string ca, byte[] serial) => session.Execute("INSERT INTO ocsp_change (ca, serial) VALUES (@ca, @serial)", new { ca, serial });

    internal sealed record LengthRow(long Length, long Serials);

    internal sealed record IssuerRow(string Ca, byte[] Certificate);

    internal sealed record WordRow(string Ca, long HeardAt);

    internal sealed record CheckpointRow(long Change, string Digest);

    internal sealed record ChangeRow(long Number, string Ca, byte[] Serial, long? RevokedAt, long? Reason);

    internal sealed record RevokedRow(byte[] Serial, long RevokedAt, long Reason);
}
