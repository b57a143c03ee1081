using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Ocsp.Status;

/// <summary>The tables from which the index is rebuilt: what the CA's facts have said.</summary>
internal static class StatusStore
{
    private const int Page = 10_000;

    /// <summary>A CA certificate whose name and key stand in CertIDs.</summary>
    public static void AddIssuer(Session session, string ca, string digest, byte[] certificate) => session.Execute(
        "INSERT INTO ocsp_issuer (digest, ca, certificate) VALUES (@digest, @ca, @certificate) ON CONFLICT (digest) DO NOTHING", new { digest, ca, certificate });

    /// <summary>All CA certificates.</summary>
    public static IReadOnlyList<IssuerRow> Issuers(Session session) => session.Query<IssuerRow>("SELECT ca, certificate FROM ocsp_issuer ORDER BY digest LIMIT 1000");

    /// <summary>A certificate was issued.</summary>
    public static void Issued(Session session, string ca, byte[] serial, DateTimeOffset notAfter) => session.Execute(
        "INSERT INTO ocsp_status (ca, serial, not_after) VALUES (@ca, @serial, @notAfter) ON CONFLICT (ca, serial) DO NOTHING",
        new { ca, serial, notAfter = notAfter.ToUnixTimeMilliseconds() });

    /// <summary>A certificate was revoked; the first revocation stays, unless it was a suspension (certificateHold, 6).</summary>
    public static void Revoked(Session session, string ca, byte[] serial, DateTimeOffset at, RevocationReason reason) => session.Execute(
        """
        INSERT INTO ocsp_status (ca, serial, revoked_at, reason) VALUES (@ca, @serial, @revokedAt, @reason)
        ON CONFLICT (ca, serial) DO UPDATE SET revoked_at = excluded.revoked_at, reason = excluded.reason WHERE ocsp_status.revoked_at IS NULL OR ocsp_status.reason = 6
        """,
        new { ca, serial, revokedAt = at.ToUnixTimeMilliseconds(), reason = (long)reason });

    /// <summary>A suspension was lifted.</summary>
    public static void Resumed(Session session, string ca, byte[] serial) =>
        session.Execute("UPDATE ocsp_status SET revoked_at = NULL, reason = NULL WHERE ca = @ca AND serial = @serial AND reason = 6", new { ca, serial });

    /// <summary>Fills an empty index with everything that is stored.</summary>
    public static async Task RebuildAsync(Database database, StatusIndex index, CancellationToken ct)
    {
        var authorities = await database.ReadAsync(session => session.Query<string>("SELECT DISTINCT ca FROM ocsp_status LIMIT 1000"), ct);
        foreach (var ca in authorities)
        {
            byte[] after = [];
            while (true)
            {
                var start = after;
                var rows = await database.ReadAsync(
                    session => session.Query<StatusRow>(
                        "SELECT serial, revoked_at, reason FROM ocsp_status WHERE ca = @ca AND serial > @start ORDER BY serial LIMIT @Page", new { ca, start, Page }),
                    ct);
                foreach (var row in rows)
                {
                    if (row.RevokedAt is { } at)
                    {
                        index.Revoked(ca, row.Serial, DateTimeOffset.FromUnixTimeMilliseconds(at), (RevocationReason)(row.Reason ?? 0));
                    }
                    else
                    {
                        index.Issued(ca, row.Serial);
                    }
                }

                if (rows.Count < Page)
                {
                    break;
                }

                after = rows[^1].Serial;
            }
        }
    }

    internal sealed record IssuerRow(string Ca, byte[] Certificate);

    internal sealed record StatusRow(byte[] Serial, long? RevokedAt, long? Reason);
}
