using Hufu.Records;

namespace Hufu.Ca.Revocation;

/// <summary>A row of ca_revocations that is live and no lifting.</summary>
/// <param name="Number">Counts up over all events.</param>
/// <param name="Issuer">The issuing CA's name.</param>
/// <param name="Serial">Whole serial, hex.</param>
/// <param name="NotAfter">The certificate's end, Unix milliseconds UTC.</param>
/// <param name="RevokedAt">Unix milliseconds UTC, whole seconds.</param>
/// <param name="Reason">RFC 5280 5.3.1.</param>
/// <param name="InvalidFrom">invalidityDate, or null.</param>
internal sealed record RevocationRow(long Number, string Issuer, string Serial, long NotAfter, long RevokedAt, long Reason, long? InvalidFrom)
{
    public bool IsHold => Reason == RevocationStore.Hold;
}

/// <summary>Tables: ca_revocations, and the mark of it in ca_certificates.</summary>
internal static class RevocationStore
{
    /// <summary>certificateHold.</summary>
    public const long Hold = 6;

    /// <summary>removeFromCRL: the event of a lifting.</summary>
    public const long Lifting = 8;

    private const string Columns = "number, issuer, serial, not_after, revoked_at, reason, invalid_from";

    /// <summary>How a serial stands: revoked or suspended; null when it is neither.</summary>
    public static RevocationRow? Find(Session session, string issuer, string serial) => session.QueryFirst<RevocationRow>(
        $"SELECT {Columns} FROM ca_revocations WHERE issuer = @issuer AND serial = @serial AND live = 1 AND reason <> 8", new { issuer, serial });

    /// <summary>The newest event of a serial, a lifting too.</summary>
    public static RevocationRow? Newest(Session session, string issuer, string serial) => session.QueryFirst<RevocationRow>(
        $"SELECT {Columns} FROM ca_revocations WHERE issuer = @issuer AND serial = @serial AND live = 1", new { issuer, serial });

    /// <summary>The number of the newest event of all.</summary>
    public static long LastEvent(Session session) => session.Scalar<long?>("SELECT max(number) FROM ca_revocations") ?? 0;

    /// <summary>Writes an event; the one before it of the same serial is live no more, and the certificate's own mark says the same.</summary>
    public static long Insert(Session session, NewRevocation revocation)
    {
        session.Execute("UPDATE ca_revocations SET live = 0 WHERE issuer = @Issuer AND serial = @Serial AND live = 1", new { revocation.Issuer, revocation.Serial });
        session.Execute(
            "UPDATE ca_certificates SET revoked = @revoked WHERE issuer = @Issuer AND serial = @Serial",
            new { revoked = revocation.Reason == Lifting ? 0L : 1L, revocation.Issuer, revocation.Serial });
        return session.Scalar<long>(
            """
            INSERT INTO ca_revocations (issuer, serial, not_after, revoked_at, reason, invalid_from, requested_by, requested_at, requester, live, part, authority, ground, asker, due_at)
            VALUES (@Issuer, @Serial, @NotAfter, @RevokedAt, @Reason, @InvalidFrom, @RequestedBy, @RequestedAt, @Requester, 1, @Part, @Authority, @Ground, @Asker, @DueAt)
            RETURNING number
            """,
            revocation);
    }

    /// <summary>Marks what a CRL has listed for the first time.</summary>
    /// <param name="session">The CRL's transaction.</param>
    /// <param name="issuer">Whose CRL.</param>
    /// <param name="events">The newest event that it saw.</param>
    /// <param name="at">Its thisUpdate.</param>
    public static int Listed(Session session, string issuer, long events, long at) =>
        session.Execute("UPDATE ca_revocations SET listed_at = @at WHERE issuer = @issuer AND listed_at IS NULL AND number <= @events", new { issuer, events, at });

    /// <summary>Events that no CRL has had though they are older than a moment: over the deadline of 6.2.7.6-a.</summary>
    public static IReadOnlyList<string> UnlistedSince(Session session, string issuer, long before, int limit) => session.Query<string>(
        "SELECT serial FROM ca_revocations WHERE issuer = @issuer AND listed_at IS NULL AND live = 1 AND reason <> 8 AND revoked_at < @before ORDER BY number LIMIT @limit",
        new { issuer, before, limit });
}

/// <summary>An event to be written.</summary>
internal sealed record NewRevocation(
    string Issuer, string Serial, long NotAfter, long RevokedAt, long Reason, long? InvalidFrom, string RequestedBy, long RequestedAt, string Requester, long Part, long Authority,
    string? Ground, string? Asker, long? DueAt);
