using Hufu.Records;

namespace Hufu.Governance;

/// <summary>The SQL of staff.</summary>
internal static class StaffStore
{
    public sealed record PersonRow(string Id, string Name, long Suspended);

    public sealed record CertificateRow(string Digest, string PersonId, string Serial, long NotBefore, long NotAfter, byte[] Der, long? RevokedAt);

    public static PersonRow? ById(Session session, string id) =>
        session.QueryFirst<PersonRow>("SELECT id, name, suspended FROM staff_people WHERE id = @id", new { id });

    public static PersonRow? ByName(Session session, string key) =>
        session.QueryFirst<PersonRow>("SELECT id, name, suspended FROM staff_people WHERE name_key = @key", new { key });

    public static PersonRow? ByKey(Session session, string digest) =>
        session.QueryFirst<PersonRow>(
            """
            SELECT p.id, p.name, p.suspended FROM staff_people p JOIN staff_certificates c ON c.person_id = p.id WHERE c.key_digest = @digest LIMIT 1
            """,
            new { digest });

    public static CertificateRow? Certificate(Session session, string digest) =>
        session.QueryFirst<CertificateRow>(
            "SELECT digest, person_id, serial, not_before, not_after, der, revoked_at FROM staff_certificates WHERE digest = @digest", new { digest });

    public static CertificateRow? CertificateBySerial(Session session, string serial) =>
        session.QueryFirst<CertificateRow>(
            "SELECT digest, person_id, serial, not_before, not_after, der, revoked_at FROM staff_certificates WHERE serial = @serial ORDER BY not_after DESC", new { serial });

    /// <summary>Certificates in force that end before a moment, of people who are not suspended, that no later one over the same key follows.</summary>
    public static IReadOnlyList<CertificateRow> Ending(Session session, long before) => session.Query<CertificateRow>(
        """
        SELECT c.digest, c.person_id, c.serial, c.not_before, c.not_after, c.der, c.revoked_at FROM staff_certificates c JOIN staff_people p ON p.id = c.person_id
        WHERE c.revoked_at IS NULL AND c.not_after < @before AND p.suspended = 0
          AND NOT EXISTS (SELECT 1 FROM staff_certificates n WHERE n.person_id = c.person_id AND n.revoked_at IS NULL AND n.not_after > c.not_after AND n.key_digest = c.key_digest)
        ORDER BY p.name, c.not_after LIMIT 1000
        """,
        new { before });

    public static IReadOnlyList<string> Roles(Session session, string personId) =>
        session.Query<string>("SELECT role FROM staff_roles WHERE person_id = @personId AND ended_at IS NULL ORDER BY role", new { personId });

    public static IReadOnlyList<PersonRow> All(Session session) =>
        session.Query<PersonRow>("SELECT id, name, suspended FROM staff_people ORDER BY number LIMIT 1000");

    public static string AddPerson(Session session, string name, string key, long now)
    {
        var number = session.Scalar<long>("SELECT coalesce(max(number), 0) + 1 FROM staff_people");
        var id = $"P{number:D4}";
        session.Execute("INSERT INTO staff_people (id, name, name_key, suspended, added) VALUES (@id, @name, @key, 0, @now)", new { id, name, key, now });
        return id;
    }

    public static void AddRole(Session session, string personId, string role, long now, string? by, string? statement, byte[]? signature) =>
        session.Execute(
            """
            INSERT INTO staff_roles (person_id, role, appointed_at, appointed_by, statement, signature) VALUES (@personId, @role, @now, @by, @statement, @signature)
            ON CONFLICT (person_id, role) DO UPDATE SET appointed_at = excluded.appointed_at, appointed_by = excluded.appointed_by,
              statement = excluded.statement, signature = excluded.signature, ended_at = NULL
            """,
            new { personId, role, now, by, statement, signature });

    public static void AddCertificate(Session session, CertificateRow row, string keyDigest) =>
        session.Execute(
            """
            INSERT INTO staff_certificates (digest, person_id, serial, key_digest, not_before, not_after, der) VALUES (@Digest, @PersonId, @Serial, @keyDigest, @NotBefore, @NotAfter, @Der)
            """,
            new { row.Digest, row.PersonId, row.Serial, keyDigest, row.NotBefore, row.NotAfter, row.Der });

    public static void EndRole(Session session, string personId, string role, long now) =>
        session.Execute("UPDATE staff_roles SET ended_at = @now WHERE person_id = @personId AND role = @role AND ended_at IS NULL", new { personId, role, now });

    public static long Holders(Session session, string role) =>
        session.Scalar<long>("SELECT count(*) FROM staff_roles r JOIN staff_people p ON p.id = r.person_id WHERE r.role = @role AND r.ended_at IS NULL AND p.suspended = 0", new { role });

    public static IReadOnlyList<string> CertificatesInForce(Session session, string personId) =>
        session.Query<string>("SELECT serial FROM staff_certificates WHERE person_id = @personId AND revoked_at IS NULL ORDER BY not_before", new { personId });

    public static void VoidCertificates(Session session, string personId, long now) =>
        session.Execute("UPDATE staff_certificates SET revoked_at = @now WHERE person_id = @personId AND revoked_at IS NULL", new { personId, now });

    /// <summary>When the person was first put on the staff, and when the role that is held longest began.</summary>
    public static (long Added, long Appointed) Since(Session session, string personId) => (
        session.Scalar<long>("SELECT added FROM staff_people WHERE id = @personId", new { personId }),
        session.Scalar<long>("SELECT coalesce(min(appointed_at), 0) FROM staff_roles WHERE person_id = @personId AND ended_at IS NULL", new { personId }));

    /// <summary>When the room's first person was put on the staff: its initialisation.</summary>
    public static long Founded(Session session) => session.Scalar<long>("SELECT coalesce(min(added), 0) FROM staff_people");

    public static void AddFitness(Session session, string personId, string kind, long on, string evidence, string by, long now) => session.Execute(
        """
        INSERT INTO staff_fitness (person_id, kind, done_on, evidence, recorded_by, recorded_at) VALUES (@personId, @kind, @on, @evidence, @by, @now)
        ON CONFLICT (person_id, kind, done_on) DO UPDATE SET evidence = excluded.evidence, recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at
        """,
        new { personId, kind, on, evidence, by, now });

    /// <summary>When a check or training was done last, Unix milliseconds; 0 when none is on record.</summary>
    public static long LastFitness(Session session, string personId, string kind) =>
        session.Scalar<long>("SELECT coalesce(max(done_on), 0) FROM staff_fitness WHERE person_id = @personId AND kind = @kind", new { personId, kind });

    public static bool Revoke(Session session, string serial, long now)
    {
        session.Execute("UPDATE staff_certificates SET authority_revoked_at = @now WHERE serial = @serial AND authority_revoked_at IS NULL", new { serial, now });
        return session.Execute("UPDATE staff_certificates SET revoked_at = @now WHERE serial = @serial AND revoked_at IS NULL", new { serial, now }) > 0;
    }

    public sealed record VoidRow(string Serial, string Name, string PersonId, long RevokedAt);

    /// <summary>Certificates that are void here, not revoked by the CA and not expired.</summary>
    public static IReadOnlyList<VoidRow> Void(Session session, long now) => session.Query<VoidRow>(
        """
        SELECT c.serial, p.name, p.id AS person_id, c.revoked_at FROM staff_certificates c JOIN staff_people p ON p.id = c.person_id
        WHERE c.revoked_at IS NOT NULL AND c.authority_revoked_at IS NULL AND c.not_after > @now ORDER BY c.revoked_at LIMIT 100
        """,
        new { now });

    public static bool SetSuspended(Session session, string id, long since) =>
        session.Execute("UPDATE staff_people SET suspended = @since WHERE id = @id", new { id, since }) > 0;
}
