using System.Data.Common;
using Hufu.Ca.Rules;
using Hufu.Records;

namespace Hufu.Ca.Crls;

/// <summary>Streams what belongs on a CRL from the database, in the order of serials, out of an index alone.</summary>
internal static class CrlRows
{
    private const string Columns = "SELECT serial, revoked_at, reason, invalid_from FROM ca_revocations WHERE issuer = @issuer AND live = 1 AND reason <> 8 AND not_after >= @lastRegular";
    private const string View = "SELECT serial FROM ca_certificates WHERE issuer = @issuer AND revoked = 1 AND not_after >= @lastRegular";
    private const string Rest = " ORDER BY serial";

    /// <summary>Entries of a full CRL: what is revoked and was not yet on a regular CRL past its end (R09).</summary>
    public static void Entries(Session session, string issuer, CrlScope scope, long lastRegular, Action<CrlEntryKey> add) => session.Each(
        Columns + Part(scope, "authority = 1") + Rest, new { issuer, lastRegular, scope.Part },
        row => add(new CrlEntryKey(SerialOf(row), row.GetInt64(1), row.GetInt64(2), row.IsDBNull(3) ? 0 : row.GetInt64(3))));

    /// <summary>R08's own view of the same, from the certificates' table.</summary>
    public static void Revoked(Session session, string issuer, CrlScope scope, long lastRegular, Action<SerialKey> add) =>
        session.Each(View + Part(scope, "kind = 'authority'") + Rest, new { issuer, lastRegular, scope.Part }, row => add(SerialOf(row)));

    /// <summary>Entries of a delta: what has changed after an event; a lifted suspension with the reason removeFromCRL.</summary>
    public static IReadOnlyList<CrlEntryKey> Changes(Session session, string issuer, CrlScope scope, long afterEvent) =>
    [
        .. session.Query<ListRow>(
            $"SELECT serial, revoked_at, reason, invalid_from FROM ca_revocations WHERE number > @afterEvent AND issuer = @issuer AND live = 1{(scope.Part > 0 ? " AND part = @Part" : " AND @Part = 0")} ORDER BY serial",
            new { afterEvent, issuer, scope.Part }).Select(row => new CrlEntryKey(SerialKey.Parse(row.Serial), row.RevokedAt, row.Reason, row.InvalidFrom ?? 0)),
    ];

    private static SerialKey SerialOf(DbDataReader row)
    {
        Span<byte> hex = stackalloc byte[2 * SerialKey.MaxLength];
        return SerialKey.Parse(hex[..RowText.CopyUtf8(row, 0, hex)]);
    }

    private static string Part(CrlScope scope, string authorities) => scope == CrlScope.Authorities ? $" AND {authorities} AND @Part = 0" : scope.Part > 0 ? " AND part = @Part AND part > 0" : " AND @Part = 0";

    private sealed record ListRow(string Serial, long RevokedAt, long Reason, long? InvalidFrom);
}
