using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Publishing.Crls;

/// <summary>CRLs as the CA signed and checked them. The highest number is served; a late older one never replaces it.</summary>
internal static class CrlShelf
{
    public static void Issued(Session session, CrlIssued fact) => session.Execute(
        "INSERT INTO publishing_crls (ca, number, this_update, next_update, der, file) VALUES (@Name, @Number, @ThisUpdate, @NextUpdate, @Der, @File) ON CONFLICT (ca, number) DO NOTHING",
        new { fact.Name, fact.Number, ThisUpdate = fact.ThisUpdate.ToUnixTimeMilliseconds(), NextUpdate = fact.NextUpdate.ToUnixTimeMilliseconds(), fact.Der, File = fact.File?.Digest });

    public static CrlRow? Current(Session session, string ca) => session.QueryFirst<CrlRow>(
        "SELECT number, this_update, next_update, der, file FROM publishing_crls WHERE ca = @Ca ORDER BY number DESC LIMIT 1", new { Ca = ca });
}

/// <summary>A CRL as it is kept.</summary>
internal sealed class CrlRow
{
    public long Number { get; set; }

    public long ThisUpdate { get; set; }

    public long NextUpdate { get; set; }

    public byte[] Der { get; set; } = [];

    /// <summary>The digest under which it lies as a file, when it is too large for a row.</summary>
    public string? File { get; set; }
}
