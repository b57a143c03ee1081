using System.Text;
using Hufu.Contracts;

namespace Hufu.Governance;

/// <summary>What tells holders apart (6.1.2-e): a digest, so that neither RA nor CA keeps an identity number for it.</summary>
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
}
