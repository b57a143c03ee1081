using Hufu.Records;

namespace Hufu.Ca.Certificates;

/// <summary>What a certificate is for.</summary>
internal static class CertificateUse
{
    public const string Signing = "signing";
    public const string Encryption = "encryption";
    public const string Service = "service";
    public const string Staff = "staff";
    public const string Authority = "authority";
}

/// <summary>A row of ca_certificates.</summary>
/// <param name="Issuer">The issuing CA's name.</param>
/// <param name="Serial">Whole serial, hex (R11).</param>
/// <param name="Kind">See <see cref="CertificateUse"/>.</param>
/// <param name="Profile">The profile's id.</param>
/// <param name="Requester">The room that asked for it.</param>
/// <param name="Intent">The intent's number; null for what is issued without one.</param>
/// <param name="Twin">Serial of the other of the pair; null for a single one.</param>
/// <param name="Holder">The holder's identifier.</param>
/// <param name="SubjectDigest">SM3 of the subject's Name, hex.</param>
/// <param name="SpkiDigest">SM3 of the SubjectPublicKeyInfo, hex.</param>
/// <param name="NotBefore">Unix milliseconds UTC.</param>
/// <param name="NotAfter">Unix milliseconds UTC, counted in.</param>
/// <param name="IssuedAt">Unix milliseconds UTC.</param>
/// <param name="Der">The certificate.</param>
/// <param name="Part">The part of the partitioned CRL that its distribution point names; 0 for none.</param>
internal sealed record CertificateRow(
    string Issuer, string Serial, string Kind, string Profile, string Requester, long? Intent, string? Twin, string Holder, string SubjectDigest, string SpkiDigest,
    long NotBefore, long NotAfter, long IssuedAt, byte[] Der, long Part);

/// <summary>Tables: ca_certificates, ca_keys, ca_subjects, ca_staff.</summary>
internal static class CertificateStore
{
    private const string Columns = "issuer, serial, kind, profile, requester, intent, twin, holder, subject_digest, spki_digest, not_before, not_after, issued_at, der, part";

    /// <summary>The insert of a <see cref="CertificateRow"/>.</summary>
    internal const string InsertOne =
        $"""
        INSERT INTO ca_certificates ({Columns})
        VALUES (@Issuer, @Serial, @Kind, @Profile, @Requester, @Intent, @Twin, @Holder, @SubjectDigest, @SpkiDigest, @NotBefore, @NotAfter, @IssuedAt, @Der, @Part)
        """;

    public static void Insert(Session session, CertificateRow row) => session.Send(InsertOne, row);

    public static CertificateRow? Find(Session session, string issuer, string serial) =>
        session.QueryFirst<CertificateRow>($"SELECT {Columns} FROM ca_certificates WHERE issuer = @issuer AND serial = @serial", new { issuer, serial });

    /// <summary>A certificate by its serial, of whichever of these CAs.</summary>
    public static CertificateRow? FindOf(Session session, IEnumerable<string> issuers, string serial)
    {
        foreach (var issuer in issuers)
        {
            if (Find(session, issuer, serial) is { } row)
            {
                return row;
            }
        }

        return null;
    }

    public static IReadOnlyList<CertificateRow> OfIntent(Session session, long intent) =>
        session.Query<CertificateRow>($"SELECT {Columns} FROM ca_certificates WHERE intent = @intent LIMIT 2", new { intent });

    /// <summary>Who holds a key, or null when it was never certified here.</summary>
    public static KeyRow? FindKey(Session session, string spkiDigest) =>
        session.QueryFirst<KeyRow>("SELECT spki_digest, holder, use, blocked FROM ca_keys WHERE spki_digest = @spkiDigest", new { spkiDigest });

    /// <summary>Serials of the encryption certificates that stand beside signing certificates of this key, the newest first.</summary>
    public static IReadOnlyList<string> EncryptionSerials(Session session, string spkiDigest, string holder, int limit) => session.Query<string>(
        """
        SELECT e.serial FROM ca_certificates s JOIN ca_certificates e ON e.issuer = s.issuer AND e.serial = s.twin
        WHERE s.spki_digest = @spkiDigest AND s.holder = @holder AND s.kind = @Signing AND e.kind = @Encryption ORDER BY e.issued_at DESC, e.serial LIMIT @limit
        """,
        new { spkiDigest, holder, CertificateUse.Signing, CertificateUse.Encryption, limit });

    /// <summary>Whether a certificate for a key exists.</summary>
    public static bool IsCertified(Session session, string spkiDigest) =>
        session.Scalar<long>("SELECT count(*) FROM ca_certificates WHERE spki_digest = @spkiDigest", new { spkiDigest }) > 0;

    /// <summary>Key, whether it is certified, and the subject's holder in one question.</summary>
    public static (KeyRow? Key, bool Certified, string? SubjectHolder) FindClaims(Session session, string spkiDigest, string subjectDigest)
    {
        var row = session.QueryFirst<ClaimRow>(
            """
            SELECT k.holder, k.use, k.blocked, (SELECT count(*) FROM ca_certificates c WHERE c.spki_digest = @spkiDigest) AS certified,
                   (SELECT s.holder FROM ca_subjects s WHERE s.subject_digest = @subjectDigest) AS subject_holder
            FROM (SELECT 1 AS one) o LEFT JOIN ca_keys k ON k.spki_digest = @spkiDigest
            """,
            new { spkiDigest, subjectDigest })!;
        return (row.Holder is null ? null : new KeyRow(spkiDigest, row.Holder, row.Use!, row.Blocked), row.Certified > 0, row.SubjectHolder);
    }

    /// <summary>Claims a key for a holder and a use; the caller has found that it is free or already theirs.</summary>
    public static Claim ClaimKey(Session session, string spkiDigest, string holder, string use, long now) =>
        session.Execute(
            "INSERT INTO ca_keys (spki_digest, holder, use, first_at) VALUES (@spkiDigest, @holder, @use, @now) ON CONFLICT (spki_digest) DO NOTHING",
            new { spkiDigest, holder, use, now }) == 1 ? Claim.New
        : FindKey(session, spkiDigest) is { Blocked: null } key && key.Holder == holder && key.Use == use ? Claim.Theirs : Claim.Taken;

    /// <summary>A key that must never be certified again (R16), whether or not it was certified here.</summary>
    /// <returns>Whether it was not blocked before.</returns>
    public static bool BlockKey(Session session, string spkiDigest, string why, long now) => session.Execute(
        """
        INSERT INTO ca_keys (spki_digest, holder, use, blocked, first_at) VALUES (@spkiDigest, '', 'blocked', @why, @now)
        ON CONFLICT (spki_digest) DO UPDATE SET blocked = excluded.blocked WHERE ca_keys.blocked IS NULL
        """,
        new { spkiDigest, why, now }) == 1;

    public static string? SubjectHolder(Session session, string subjectDigest) =>
        session.QueryFirst<string>("SELECT holder FROM ca_subjects WHERE subject_digest = @subjectDigest", new { subjectDigest });

    /// <summary>Claims a subject for a holder (6.1.2-e).</summary>
    public static Claim ClaimSubject(Session session, string subjectDigest, string holder, string subject, long now) =>
        session.Execute(
            "INSERT INTO ca_subjects (subject_digest, holder, subject, first_at) VALUES (@subjectDigest, @holder, @subject, @now) ON CONFLICT (subject_digest) DO NOTHING",
            new { subjectDigest, holder, subject, now }) == 1 ? Claim.New
        : SubjectHolder(session, subjectDigest) == holder ? Claim.Theirs : Claim.Taken;

    public static void InsertStaff(Session session, StaffRow row) =>
        session.Execute("INSERT INTO ca_staff (issuer, serial, room, role, name, act) VALUES (@Issuer, @Serial, @Room, @Role, @Name, @Act)", row);

    public static StaffRow? FindStaff(Session session, string issuer, string serial) =>
        session.QueryFirst<StaffRow>("SELECT issuer, serial, room, role, name, act FROM ca_staff WHERE issuer = @issuer AND serial = @serial", new { issuer, serial });

    /// <summary>Roles that a name holds in a room by certificates that are in validity and not revoked.</summary>
    public static IReadOnlyList<string> LiveRoles(Session session, string room, string name, long now) => session.Query<string>(
        """
        SELECT DISTINCT s.role FROM ca_staff s JOIN ca_certificates c ON c.issuer = s.issuer AND c.serial = s.serial
        WHERE s.room = @room AND s.name = @name AND c.not_after >= @now
          AND NOT EXISTS (SELECT 1 FROM ca_revocations r WHERE r.issuer = s.issuer AND r.serial = s.serial AND r.live = 1 AND r.reason <> 8)
        LIMIT 20
        """,
        new { room, name, now });

    /// <summary>The certificate in force of a key for exactly this place, or null.</summary>
    public static byte[]? LiveStaffCertificate(Session session, string spkiDigest, StaffPlace place, long now) => session.QueryFirst<byte[]>(
        """
        SELECT c.der FROM ca_certificates c JOIN ca_staff s ON s.issuer = c.issuer AND s.serial = c.serial
        WHERE c.spki_digest = @spkiDigest AND s.room = @Room AND s.role = @Role AND s.name = @Name AND c.not_after >= @now
          AND NOT EXISTS (SELECT 1 FROM ca_revocations r WHERE r.issuer = c.issuer AND r.serial = c.serial AND r.live = 1 AND r.reason <> 8)
        LIMIT 1
        """,
        new { spkiDigest, place.Room, place.Role, place.Name, now });

    /// <summary>Whether an appointing act has led to a certificate.</summary>
    public static bool IsActUsed(Session session, string act) => session.Scalar<long>("SELECT count(*) FROM ca_staff WHERE act = @act", new { act }) > 0;

    /// <summary>How many people of a role a room has had.</summary>
    public static long CountStaff(Session session, string room, string role) =>
        session.Scalar<long>("SELECT count(*) FROM ca_staff WHERE room = @room AND role = @role", new { room, role });
}

/// <summary>How a claim came out.</summary>
internal enum Claim
{
    /// <summary>It was free.</summary>
    New,

    /// <summary>The same holder had it already.</summary>
    Theirs,

    /// <summary>It is another's.</summary>
    Taken,
}

/// <summary>A row of ca_keys.</summary>
internal sealed record KeyRow(string SpkiDigest, string Holder, string Use, string? Blocked);

/// <summary>A row of ca_staff.</summary>
internal sealed record StaffRow(string Issuer, string Serial, string Room, string Role, string Name, string? Act);

/// <summary>What <see cref="CertificateStore.FindClaims"/> reads.</summary>
internal sealed class ClaimRow
{
    public string? Holder { get; set; }

    public string? Use { get; set; }

    public string? Blocked { get; set; }

    public long Certified { get; set; }

    public string? SubjectHolder { get; set; }
}
