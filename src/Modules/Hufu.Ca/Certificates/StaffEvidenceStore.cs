using Hufu.Ca.Rules;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ca.Certificates;

/// <summary>What this CA knows of certificates that came with staff acts. Tables: ca_certificates, ca_staff, ca_revocations.</summary>
internal static class StaffEvidenceStore
{
    private const string Evidenced =
        """
        SELECT c.issuer, c.serial, c.der, s.room, s.role, s.name, s.act,
               CASE WHEN EXISTS (SELECT 1 FROM ca_revocations r WHERE r.issuer = c.issuer AND r.serial = c.serial AND r.live = 1 AND r.reason <> 8) THEN 1 ELSE 0 END AS revoked
        FROM ca_certificates c LEFT JOIN ca_staff s ON s.issuer = c.issuer AND s.serial = c.serial
        WHERE c.issuer IN @names AND c.serial IN @serials
        """;

    /// <summary>The evidence of certificates, in their order; one question for all.</summary>
    /// <param name="session">A session of the room's database.</param>
    /// <param name="issuers">The CAs that may have issued them; where two have issued one serial the first counts.</param>
    /// <param name="certificates">As they came.</param>
    public static IReadOnlyList<StaffEvidence> Find(Session session, IEnumerable<string> issuers, IReadOnlyList<Certificate> certificates)
    {
        string[] names = [.. issuers], serials = [.. certificates.Select(static certificate => certificate.SerialHex)];
        var known = session.Query<EvidenceRow>(Evidenced, new { names, serials }).ToLookup(static row => row.Serial, StringComparer.Ordinal);
        return
        [
            .. certificates.Select((certificate, i) => known[serials[i]].MinBy(row => Array.IndexOf(names, row.Issuer)) is { } row
                ? new StaffEvidence(certificate, row.Der, row.Room is null ? null : new StaffRow(row.Issuer, row.Serial, row.Room, row.Role!, row.Name!, row.Act), row.Revoked != 0)
                : new StaffEvidence(certificate, null, null, Revoked: false)),
        ];
    }

    private sealed class EvidenceRow
    {
        public string Issuer { get; set; } = "";

        public string Serial { get; set; } = "";

        public byte[] Der { get; set; } = [];

        public string? Room { get; set; }

        public string? Role { get; set; }

        public string? Name { get; set; }

        public string? Act { get; set; }

        public long Revoked { get; set; }
    }
}
