using System.Text;
using System.Text.Json;
using Hufu.Crypto;

namespace Hufu.Contracts;

/// <summary>
/// Binds staff acts to exactly the data that they saw: entry clerk and vetter sign a state that carries the digest of the application's data, and the CA computes the same digest
/// again from the order (R06, R14, R15).
/// </summary>
public static class ApplicationData
{
    /// <summary>
    /// SM3 (hex) over: the profile's id; then each field sorted by name in ordinal order, name and value; then SM3 of the PKCS#10 in hex. Every item is written as its UTF-8 length in
    /// decimal, a colon, and its bytes, so that no two different applications give the same text. With papers there follow <c>papers/{number of fields}/{number of papers}</c>, then each
    /// paper sorted by kind in ordinal order, kind and SM3 of the file in hex: who signs has signed for these very papers (R06). A renewal ends with <c>renewal-of/{serial}</c>: who signs has signed for
    /// which certificate it renews.
    /// </summary>
    /// <param name="profile">The profile's id.</param>
    /// <param name="fields">The data by field name.</param>
    /// <param name="request">PKCS#10, DER.</param>
    /// <param name="papers">SM3 (hex) of each paper by its kind; null or empty for none.</param>
    /// <param name="renewalOf">Serial (hex) of the signing certificate that it renews, as the order to the CA names it; null for a first certificate and for a new key.</param>
    public static string Digest(
        string profile, IReadOnlyDictionary<string, string> fields, ReadOnlySpan<byte> request, IReadOnlyDictionary<string, string>? papers = null, string? renewalOf = null)
    {
        ArgumentNullException.ThrowIfNull(fields);
        using var hash = new Sm3Hash();
        Append(hash, profile);
        foreach (var (name, value) in fields.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            Append(hash, name);
            Append(hash, value);
        }

        Append(hash, ActStatement.Digest(request));
        if (papers is { Count: > 0 })
        {
            // No field is called like a digest, so the place of this item tells where the fields end and the papers begin.
            Append(hash, $"papers/{fields.Count}/{papers.Count}");
            foreach (var (kind, paper) in papers.OrderBy(paper => paper.Key, StringComparer.Ordinal))
            {
                Append(hash, kind);
                Append(hash, paper);
            }
        }

        if (renewalOf is not null)
        {
            // No digest and no number of papers is called so: the item can stand nowhere else.
            Append(hash, $"renewal-of/{renewalOf}");
        }

        Span<byte> digest = stackalloc byte[Sm3.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return Convert.ToHexStringLower(digest);
    }

    /// <summary>The state as it stands in a signed statement: its word and the digest, <c>submitted/{digest}</c> for the clerk, <c>entered/{digest}</c> for the vetter.</summary>
    public static string StateText(ApplicationState state, string digest) => $"{JsonNamingPolicy.KebabCaseLower.ConvertName(state.ToString())}/{digest}";

    private static void Append(Sm3Hash hash, string item)
    {
        var bytes = Encoding.UTF8.GetBytes(item);
        hash.AppendData(Encoding.ASCII.GetBytes($"{bytes.Length}:"));
        hash.AppendData(bytes);
    }
}
