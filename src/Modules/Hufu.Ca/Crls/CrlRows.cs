using Hufu.Ca.Rules;
using Hufu.Records;

namespace Hufu.Ca.Crls;

/// <summary>Streams what belongs on a CRL from the database, in the order of serials, out of an index alone.</summary>
internal static class CrlRows
{
    private const int PageSize = 8_192;
    private const string Columns = "SELECT serial, revoked_at, reason, invalid_from FROM ca_revocations WHERE issuer = @issuer AND live = 1 AND reason <> 8 AND serial > @after AND not_after >= @lastRegular";
    private const string View = "SELECT serial FROM ca_certificates WHERE issuer = @issuer AND revoked = 1 AND serial > @after AND not_after >= @lastRegular";
    private const string Rest = " ORDER BY serial LIMIT @limit";

    /// <summary>Entries of a full CRL: what is revoked and was not yet on a regular CRL past its end (R09).</summary>
    public static IEnumerable<CrlEntryKey> Entries(Session session, string issuer, CrlScope scope, long lastRegular) => Pages<ListRow>(
        session, scope == CrlScope.Authorities ? Columns + " AND authority = 1" + Rest : scope.Part > 0 ? Columns + " AND part = @part AND part > 0" + Rest : Columns + Rest, issuer, scope, lastRegular, row => row.Serial)
        .Select(row => new CrlEntryKey(SerialKey.Parse(row.Serial), row.RevokedAt, row.Reason, row.InvalidFrom ?? 0));

    /// <summary>R08's own view of the same, from the certificates' table.</summary>
    public static IEnumerable<SerialKey> Revoked(Session session, string issuer, CrlScope scope, long lastRegular) => Pages<SerialRow>(
        session, scope == CrlScope.Authorities ? View + " AND kind = 'authority'" + Rest : scope.Part > 0 ? View + " AND part = @part AND part > 0" + Rest : View + Rest, issuer, scope, lastRegular, row => row.Serial)
        .Select(row => SerialKey.Parse(row.Serial));

    /// <summary>Entries of a delta: what has changed after an event; a lifted suspension with the reason removeFromCRL.</summary>
    public static IReadOnlyList<CrlEntryKey> Changes(Session session, string issuer, CrlScope scope, long afterEvent) =>
    [
        .. session.Query<ListRow>(
            $"SELECT serial, revoked_at, reason, invalid_from FROM ca_revocations WHERE number > @afterEvent AND issuer = @issuer AND live = 1{(scope.Part > 0 ? " AND part = @Part" : " AND @Part = 0")} ORDER BY serial",
            new { afterEvent, issuer, scope.Part }).Select(row => new CrlEntryKey(SerialKey.Parse(row.Serial), row.RevokedAt, row.Reason, row.InvalidFrom ?? 0)),
    ];

    private static IEnumerable<T> Pages<T>(Session session, string sql, string issuer, CrlScope scope, long lastRegular, Func<T, string> serial)
    {
        var after = "";
        while (true)
        {
            var page = scope.Part > 0
                ? session.Query<T>(sql, new { issuer, after, lastRegular, part = scope.Part, limit = PageSize })
                : session.Query<T>(sql, new { issuer, after, lastRegular, limit = PageSize });
            foreach (var row in page)
            {
                yield return row;
            }

            if (page.Count < PageSize)
            {
                yield break;
            }

            after = serial(page[^1]);
        }
    }

    private sealed record ListRow(string Serial, long RevokedAt, long Reason, long? InvalidFrom);

    private sealed class SerialRow
    {
        public string Serial { get; set; } = "";
    }
}
