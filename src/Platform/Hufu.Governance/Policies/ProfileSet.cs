using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using Hufu.Crypto;

namespace Hufu.Governance;

/// <summary>The profiles in force and what hangs on them; replaced as a whole.</summary>
/// <param name="Profiles">By id.</param>
/// <param name="Forms">By the profile's id.</param>
/// <param name="Digest">Of the folder, and of what was adopted since.</param>
/// <param name="Texts">The profiles' texts by id.</param>
/// <param name="Adopted">SM3 (hex) of the texts that were adopted, by id.</param>
internal sealed record ProfileSet(
    FrozenDictionary<string, CertificateProfile> Profiles, IReadOnlyDictionary<string, ApplicationForm> Forms, string Digest, FrozenDictionary<string, string> Texts, ImmutableSortedDictionary<string, string> Adopted)
{
    public ProfileSet(
        FrozenDictionary<string, CertificateProfile> profiles, IReadOnlyDictionary<string, ApplicationForm> forms, string digest, FrozenDictionary<string, string> texts, IEnumerable<KeyValuePair<string, string>> adopted)
        : this(profiles, forms, digest, texts, ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, adopted)) => FolderDigest = digest;

    private string FolderDigest { get; init; } = Digest;

    /// <summary>With another text for a profile that there is.</summary>
    /// <exception cref="PolicyException">The text cannot be used, or the form of the profile does not go with it.</exception>
    public ProfileSet With(Policy policy, string id, string text)
    {
        if (!Profiles.ContainsKey(id))
        {
            throw new PolicyException($"{ProfileFile.Folder}/{id}.yaml", 0, "There is no such profile.");
        }

        var profiles = Profiles.ToDictionary(StringComparer.Ordinal);
        profiles[id] = ProfileFile.Parse(id, text, policy.Values);
        var texts = Texts.ToDictionary(StringComparer.Ordinal);
        texts[id] = text;
        var adopted = Adopted.SetItem(id, Convert.ToHexStringLower(Sm3.HashData(Encoding.UTF8.GetBytes(text))));
        var all = profiles.ToFrozenDictionary(StringComparer.Ordinal);
        var digest = Convert.ToHexStringLower(Sm3.HashData(Encoding.UTF8.GetBytes(string.Concat([$"{FolderDigest}\n", .. adopted.Select(one => $"{one.Key}:{one.Value}\n")]))));
        return this with { Profiles = all, Forms = FormFile.Load(policy.Directory, all).Forms, Digest = digest, Texts = texts.ToFrozenDictionary(StringComparer.Ordinal), Adopted = adopted };
    }
}
