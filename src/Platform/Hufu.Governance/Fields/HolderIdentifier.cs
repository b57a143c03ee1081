using System.Text;
using Hufu.Contracts;
using Hufu.Crypto;

namespace Hufu.Governance;

/// <summary>
/// What tells holders apart (6.1.2-e). The plain digest is the same in RA and CA and travels in sealed orders only; an identity number can be guessed from it, so what a room stores is
/// <see cref="Keyed"/> under a key of its own (decision 0030).
/// </summary>
public static class HolderIdentifier
{
    /// <summary>SM3 (64 hex digits) over a line <c>name=value</c> for every field of the profile's <c>identifiedBy</c>, in its order; a field that is not filled has an empty value.</summary>
    /// <param name="profile">A holders' profile.</param>
    /// <param name="fields">The vetted data.</param>
    public static string Of(CertificateProfile profile, IReadOnlyDictionary<string, string> fields)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(fields);
        var text = new StringBuilder();
        foreach (var name in profile.IdentifiedBy)
        {
            text.Append(name).Append('=').Append(fields.TryGetValue(name, out var value) ? value : "").Append('\n');
        }

        return ActStatement.Digest(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>HMAC-SM3 (64 hex digits) over the identifier: equal holders are equal in one room, and nobody without the key can try numbers out.</summary>
    /// <param name="identifier">From <see cref="Of"/>.</param>
    /// <param name="key">The room's key, 16 bytes or more.</param>
    [Clause("7.2.4-a")]
    public static string Keyed(string identifier, ReadOnlySpan<byte> key)
    {
        Span<byte> mac = stackalloc byte[Sm3.HashSizeInBytes];
        HmacSm3.HashData(key, Encoding.UTF8.GetBytes(identifier), mac);
        return Convert.ToHexStringLower(mac);
    }
}
