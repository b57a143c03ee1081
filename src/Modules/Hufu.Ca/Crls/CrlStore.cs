using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Ca.Crls;

/// <summary>What a CRL is about.</summary>
/// <param name="Name">Empty for all certificates of the CA, <c>pN</c> for a part, <c>arl</c> for CA certificates.</param>
/// <param name="Part">The part's number; 0 when it is none.</param>
internal sealed record CrlScope(string Name, long Part)
{
    public static CrlScope All { get; } = new("", 0);

    public static CrlScope Authorities { get; } = new("arl", 0);

    public static CrlScope OfPart(long part) => new($"p{part}", part);
}

/// <summary>What is known of a CRL without its bytes.</summary>
/// <param name="Issuer">The issuing CA's name.</param>
/// <param name="Scope">See <see cref="CrlScope"/>.</param>
/// <param name="Number">CRL number, of this scope.</param>
/// <param name="Kind">Full or Delta.</param>
/// <param name="Base">Of a delta, the number of the full one that it builds on.</param>
/// <param name="Regular">1 when made by the plan.</param>
/// <param name="ThisUpdate">Unix milliseconds UTC.</param>
/// <param name="NextUpdate">Unix milliseconds UTC.</param>
/// <param name="Entries">How many.</param>
/// <param name="Length">Bytes of the DER.</param>
/// <param name="Digest">SM3 of the DER, hex.</param>
/// <param name="Events">The newest revocation event that it saw; null where that was not kept.</param>
/// <param name="File">Its name in the room's folder; null where the bytes lie in the table.</param>
internal sealed record CrlRow(
    string Issuer, string Scope, long Number, string Kind, long? Base, long Regular, long ThisUpdate, long NextUpdate, long Entries, long Length, string Digest, long? Events, string? File)
{
    public bool IsFull => Kind == nameof(CrlKind.Full);
}

/// <summary>Tables: ca_crls.</summary>
internal static class CrlStore
{
    private const string Columns = "issuer, scope, number, kind, base, regular, this_update, next_update, entries, length, digest, events, file";

    /// <summary>The newest CRL of a scope, of whichever kind.</summary>
    public static CrlRow? Latest(Session session, string issuer, string scope = "") =>
        session.QueryFirst<CrlRow>($"SELECT {Columns} FROM ca_crls WHERE issuer = @issuer AND scope = @scope ORDER BY number DESC LIMIT 1", new { issuer, scope });

    public static CrlRow? LatestFull(Session session, string issuer, string scope = "") => session.QueryFirst<CrlRow>(
        $"SELECT {Columns} FROM ca_crls WHERE issuer = @issuer AND scope = @scope AND kind = 'Full' ORDER BY number DESC LIMIT 1", new { issuer, scope });

    public static CrlRow? LatestRegular(Session session, string issuer, string scope = "") => session.QueryFirst<CrlRow>(
        $"SELECT {Columns} FROM ca_crls WHERE issuer = @issuer AND scope = @scope AND regular = 1 AND kind = 'Full' ORDER BY number DESC LIMIT 1", new { issuer, scope });

    /// <summary>The bytes of one that was made before CRLs were files.</summary>
    public static byte[]? Der(Session session, CrlRow row) =>
        session.QueryFirst<byte[]>("SELECT der FROM ca_crls WHERE issuer = @Issuer AND scope = @Scope AND number = @Number", new { row.Issuer, row.Scope, row.Number });

    public static void Insert(Session session, CrlRow row) => session.Execute(
        $"""
        INSERT INTO ca_crls ({Columns})
        VALUES (@Issuer, @Scope, @Number, @Kind, @Base, @Regular, @ThisUpdate, @NextUpdate, @Entries, @Length, @Digest, @Events, @File)
        """,
        new
        {
            row.Issuer, row.Scope, row.Number, row.Kind, row.Base, row.Regular, row.ThisUpdate, row.NextUpdate, row.Entries, row.Length, row.Digest, row.Events, row.File,
        });

    /// <summary>Takes the file from lists whose nextUpdate lies before a moment; never from the newest full or the newest regular one of a scope.</summary>
    /// <returns>The files' names, to be deleted.</returns>
    public static IReadOnlyList<string> Over(Session session, string issuer, long before)
    {
        const string Which = """
            issuer = @issuer AND file IS NOT NULL AND next_update < @before
              AND number < (SELECT max(n.number) FROM ca_crls n WHERE n.issuer = ca_crls.issuer AND n.scope = ca_crls.scope AND n.kind = 'Full')
              AND number <> coalesce((SELECT max(n.number) FROM ca_crls n WHERE n.issuer = ca_crls.issuer AND n.scope = ca_crls.scope AND n.kind = 'Full' AND n.regular = 1), 0)
            """;
        var names = session.Query<string>($"SELECT file FROM ca_crls WHERE {Which}", new { issuer, before });
        if (names.Count > 0)
        {
            session.Execute($"UPDATE ca_crls SET file = NULL WHERE {Which}", new { issuer, before });
        }

        return names;
    }

    /// <summary>The highest part into which a CA has issued.</summary>
    public static long HighestPart(Session session, string issuer) =>
        session.Scalar<long?>("SELECT max(part) FROM ca_revocations WHERE issuer = @issuer AND live = 1 AND reason <> 8 AND part > 0", new { issuer }) ?? 0;

    /// <summary>What the database says of a serial: its newest event.</summary>
    public static RecordedStanding? Recorded(Session session, string issuer, SerialKey serial) =>
        Revocation.RevocationStore.Newest(session, issuer, serial.ToString()) is { } row
            ? new RecordedStanding(new CrlEntryKey(serial, row.RevokedAt, row.Reason, row.InvalidFrom ?? 0), row.NotAfter)
            : null;
}
