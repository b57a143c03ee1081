using Hufu.Records;

namespace Hufu.Ca.Revocation;

/// <summary>A row of ca_revocations.</summary>
/// <param name="Number">Counts up.</param>
/// <param name="Issuer">The issuing CA's name.</param>
/// <param name="Serial">Whole serial, hex.</param>
/// <param name="NotAfter">The certificate's end, Unix milliseconds UTC.</param>
/// <param name="RevokedAt">Unix milliseconds UTC, whole seconds.</param>
/// <param name="Reason">RFC 5280 5.3.1.</param>
/// <param name="InvalidFrom">invalidityDate, or null.</param>
internal sealed record RevocationRow(long Number, string Issuer, string Serial, long NotAfter, long RevokedAt, long Reason, long? InvalidFrom);

/// <summary>Tables: ca_revocations.</summary>
internal static class RevocationStore
{
    private const string Columns = "number, issuer, serial, not_after, revoked_at, reason, invalid_from";

    public static RevocationRow? Find(Session session, string issuer, string serial) =>
        session.QueryFirst<RevocationRow>($"SELECT {Columns} FROM ca_revocations WHERE issuer = @issuer AND serial = @serial", new { issuer, serial });

    public static long Insert(Session session, NewRevocation revocation) => session.Scalar<long>(
        """
        INSERT INTO ca_revocations (issuer, serial, not_after, revoked_at, reason, invalid_from, requested_by, requested_at, requester)
        VALUES (@Issuer, @Serial, @NotAfter, @RevokedAt, @Reason, @InvalidFrom, @RequestedBy, @RequestedAt, @Requester)
        RETURNING number
        """,
        revocation);

    /// <summary>A page of what belongs on a CRL, by serial: not yet past its end at <paramref name="lastRegular"/> (R09).</summary>
    public static IReadOnlyList<RevocationRow> Page(Session session, string issuer, long lastRegular, string after, int limit) => session.Query<RevocationRow>(
        $"SELECT {Columns} FROM ca_revocations WHERE issuer = @issuer AND serial > @after AND not_after >= @lastRegular ORDER BY serial LIMIT @limit",
        new { issuer, lastRegular, after, limit });

    /// <summary>R08's own view, from the certificates: revoked and not past their end at a moment.</summary>
    public static IReadOnlyList<string> UnexpiredPage(Session session, string issuer, long at, string after, int limit) => session.Query<string>(
        """
        SELECT c.serial FROM ca_certificates c JOIN ca_revocations r ON r.issuer = c.issuer AND r.serial = c.serial
        WHERE c.issuer = @issuer AND c.serial > @after AND c.not_after >= @at ORDER BY c.serial LIMIT @limit
        """,
        new { issuer, at, after, limit });
}

/// <summary>A revocation to be written.</summary>
internal sealed record NewRevocation(
    string Issuer, string Serial, long NotAfter, long RevokedAt, long Reason, long? InvalidFrom, string RequestedBy, long RequestedAt, string Requester);
