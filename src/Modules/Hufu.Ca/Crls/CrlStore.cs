using Hufu.Records;

namespace Hufu.Ca.Crls;

/// <summary>What is known of a CRL without its bytes.</summary>
/// <param name="Issuer">The issuing CA's name.</param>
/// <param name="Number">CRL number.</param>
/// <param name="Regular">1 when made by the daily plan.</param>
/// <param name="ThisUpdate">Unix milliseconds UTC.</param>
/// <param name="NextUpdate">Unix milliseconds UTC.</param>
/// <param name="Entries">How many.</param>
/// <param name="Digest">SM3 of the DER, hex.</param>
internal sealed record CrlRow(string Issuer, long Number, long Regular, long ThisUpdate, long NextUpdate, long Entries, string Digest);

/// <summary>Tables: ca_crls.</summary>
internal static class CrlStore
{
    private const string Columns = "issuer, number, regular, this_update, next_update, entries, digest";

    public static CrlRow? Latest(Session session, string issuer) =>
        session.QueryFirst<CrlRow>($"SELECT {Columns} FROM ca_crls WHERE issuer = @issuer ORDER BY number DESC LIMIT 1", new { issuer });

    public static CrlRow? LatestRegular(Session session, string issuer) =>
        session.QueryFirst<CrlRow>($"SELECT {Columns} FROM ca_crls WHERE issuer = @issuer AND regular = 1 ORDER BY number DESC LIMIT 1", new { issuer });

    public static byte[]? Der(Session session, string issuer, long number) =>
        session.QueryFirst<byte[]>("SELECT der FROM ca_crls WHERE issuer = @issuer AND number = @number", new { issuer, number });

    public static void Insert(Session session, CrlRow row, byte[] der) => session.Execute(
        "INSERT INTO ca_crls (issuer, number, regular, this_update, next_update, entries, digest, der) VALUES (@Issuer, @Number, @Regular, @ThisUpdate, @NextUpdate, @Entries, @Digest, @der)",
        new { row.Issuer, row.Number, row.Regular, row.ThisUpdate, row.NextUpdate, row.Entries, row.Digest, der });
}
