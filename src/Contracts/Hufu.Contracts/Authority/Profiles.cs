using System.Text;
using System.Text.Json.Serialization;

namespace Hufu.Contracts;

// Profiles (证书模板) of the CA and their changes. A change is proposed by one person, who signs the new text and the digest of the one that it replaces, and approved by another, who signs the digest of the
// difference that was shown; then it is in force at once, and the RAs take it by the fact ProfileChanged.
//   GET  /api/ca/profiles                                   IReadOnlyList<ProfileInForce>
//   GET  /api/ca/profiles/{id}                              ProfileInForce with its text
//   GET  /api/ca/profiles/{id}/versions                     IReadOnlyList<ProfileVersionShown>, newest first, 1 is the policy folder's
//   GET  /api/ca/profiles/{id}/difference?from=1&to=2       ProfileDifference
//   POST /api/ca/profiles/{id}/changes                      act ca.profile.propose, object profile/{id}, state -, payload ProfileProposal; ProfileChange
//   GET  /api/ca/profile-changes                            IReadOnlyList<ProfileChange>, those that wait first, then the newest; a hundred at most
//   GET  /api/ca/profile-changes/{id}                       ProfileChange
//   POST /api/ca/profile-changes/{id}/approval              act ca.profile.approve, object profile-change/{id}, state StateToSign, payload ProfileDecision; ProfileChange
//   POST /api/ca/profile-changes/{id}/refusal               act ca.profile.refuse, object profile-change/{id}, state StateToSign, payload ProfileDecision; ProfileChange

/// <summary>A profile as it is in force at the CA.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">holder, staff, service, authority.</param>
/// <param name="TitleZh">Its name in Chinese.</param>
/// <param name="TitleEn">Its name in English.</param>
/// <param name="Version">1 while it is the policy folder's.</param>
/// <param name="Digest">SM3 (hex) of the text's UTF-8 bytes; a proposal names it as its base.</param>
/// <param name="Since">When the version came into force; null for the folder's.</param>
/// <param name="Waiting">How many changes of it wait for approval.</param>
/// <param name="Text">YAML; null in the list.</param>
public sealed record ProfileInForce(string Id, string Kind, string TitleZh, string TitleEn, long Version, string Digest, DateTimeOffset? Since, long Waiting, string? Text);

/// <summary>A version of a profile.</summary>
/// <param name="Version">From 1, the policy folder's.</param>
/// <param name="Digest">SM3 (hex) of its text.</param>
/// <param name="InForceSince">Null for the folder's.</param>
/// <param name="ProposedBy">Null for the folder's.</param>
/// <param name="ApprovedBy">Null for the folder's.</param>
/// <param name="Words">Why.</param>
public sealed record ProfileVersionShown(long Version, string Digest, DateTimeOffset? InForceSince, string? ProposedBy, string? ApprovedBy, string? Words);

/// <summary>What lies between two versions.</summary>
/// <param name="Profile">The profile's id.</param>
/// <param name="From">The version on the left.</param>
/// <param name="To">The version on the right.</param>
/// <param name="Lines">Every line of both, in order: the first character says <c> </c> in both, <c>-</c> only on the left, <c>+</c> only on the right; the rest is the line.</param>
public sealed record ProfileDifference(string Profile, long From, long To, IReadOnlyList<string> Lines);

/// <summary>Proposes another text for a profile.</summary>
/// <param name="Base">SM3 (hex) of the text in force that the proposer has seen.</param>
/// <param name="Text">The new text, YAML, at most 64 Ki characters. What makes it another profile (id, kind, issuers, pairs, identifiedBy) does not change.</param>
/// <param name="Words">Why, 1 to 1,000 characters.</param>
public sealed record ProfileProposal(string Base, string Text, string Words);

/// <summary>Approves or refuses a change.</summary>
/// <param name="Words">In the decider's words, 1 to 1,000 characters.</param>
public sealed record ProfileDecision(string Words);

/// <summary>A change of a profile as it stands.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Profile">The profile's id.</param>
/// <param name="State">proposed, approved, refused; <c>stale</c> when the text in force is not its base any more and it can only be refused; <c>expired</c> when nobody decided it in time: it is proposed anew.</param>
/// <param name="StateToSign">What an approval or a refusal signs as the object's state: <c>proposed/{digest}</c>, the digest that of the difference.</param>
/// <param name="Base">SM3 (hex) of the text that it replaces.</param>
/// <param name="Text">The new text; null in the list.</param>
/// <param name="Difference">As in <see cref="ProfileDifference"/>; empty in the list.</param>
/// <param name="ProposedBy">Who proposed it.</param>
/// <param name="ProposedAt">When.</param>
/// <param name="Words">Why.</param>
/// <param name="DecidedBy">Who approved or refused it.</param>
/// <param name="DecidedAt">When.</param>
/// <param name="Decision">The decider's words.</param>
/// <param name="Version">Of an approved one, the version that it made.</param>
/// <param name="Until">Until when it waits, or waited, for a decision (<c>second-within</c>); null once decided.</param>
public sealed record ProfileChange(
    string Id, string Profile, string State, string StateToSign, string Base, string? Text, IReadOnlyList<string> Difference, string ProposedBy, DateTimeOffset ProposedAt, string Words,
    string? DecidedBy, DateTimeOffset? DecidedAt, string? Decision, long? Version, DateTimeOffset? Until = null)
{
    /// <summary>The digest that an approval signs: SM3 (hex) over profile, base digest and the lines of the difference, each followed by a line feed.</summary>
    public static string DigestOf(string profile, string baseDigest, IReadOnlyList<string> difference)
    {
        ArgumentNullException.ThrowIfNull(difference);
        return ActStatement.Digest(Encoding.UTF8.GetBytes(string.Concat([$"{profile}\n{baseDigest}\n", .. difference.Select(line => line + "\n")])));
    }
}

/// <summary>CA → RA: a profile has another text, in force now.</summary>
/// <param name="Profile">The profile's id.</param>
/// <param name="Version">Its version; an older one than is known changes nothing.</param>
/// <param name="Text">YAML.</param>
/// <param name="InForceAt">Since when.</param>
/// <param name="ProposedBy">Who proposed it.</param>
/// <param name="ApprovedBy">Who approved it.</param>
/// <param name="Words">Why.</param>
public sealed record ProfileChanged(string Profile, long Version, string Text, DateTimeOffset InForceAt, string ProposedBy, string ApprovedBy, string Words) : IFact
{
    /// <summary>SM3 (hex) of the text's UTF-8 bytes.</summary>
    [JsonIgnore]
    public string Digest => ActStatement.Digest(Encoding.UTF8.GetBytes(Text));
}

/// <summary>
/// CA → RA: the algorithm of the keys that each profile takes, which is that of the CA that issues it (<c>ca.profileAuthorities</c>). The whole of it each time: a profile that is not named takes SM2 keys, as all
/// did before this word was told. Told when it has changed, and to an RA that is new or asks again.
/// </summary>
/// <param name="Algorithms">By profile id; only those that differ from SM2.</param>
public sealed record ProfileKeysSet(IReadOnlyDictionary<string, KeyAlgorithm> Algorithms) : IFact;
