using Hufu.Ca.Authorities;
using Hufu.Contracts;
using Hufu.Governance;

namespace Hufu.Ca.Profiles;

/// <summary>
/// Tells the RAs which keys a profile takes: those of the algorithm that its CA certifies (<see cref="CaOptions.ProfileAuthorities"/>). What stands in the settings changes at a start, the CAs by deeds: looked at after both,
/// told when it is another than before.
/// </summary>
internal sealed class ProfileKeys(CaParts parts, AuthorityRegister authorities)
{
    /// <summary>As it is now. A profile set for a line of which there is no CA yet is not named: nothing is issued by it.</summary>
    public ProfileKeysSet Now() => new(parts.Options.ProfileAuthorities
        .Where(set => parts.Policy.Profiles.TryGetValue(set.Key, out var profile) && profile.Kind == ProfileKind.Holder)
        .Select(set => (Profile: set.Key, Issuer: authorities.Current?.All.LastOrDefault(authority => authority.Line == set.Value)))
        .Where(set => set.Issuer is { Algorithm: not KeyAlgorithm.Sm2 })
        .ToDictionary(set => set.Profile, set => set.Issuer!.Algorithm, StringComparer.Ordinal));

    /// <summary>Tells it if it has changed; what was told is kept in the same transaction.</summary>
    public Task TellAsync(CancellationToken ct)
    {
        var now = Now();
        return parts.Database.WriteAsync(
            session =>
            {
                var told = session.Query<Row>("SELECT profile, algorithm FROM ca_profile_keys");
                if (told.Count == now.Algorithms.Count && told.All(row => now.Algorithms.TryGetValue(row.Profile, out var algorithm) && algorithm == row.Algorithm))
                {
                    return;
                }

                session.Execute("DELETE FROM ca_profile_keys");
                foreach (var (profile, algorithm) in now.Algorithms)
                {
                    session.Execute("INSERT INTO ca_profile_keys (profile, algorithm) VALUES (@profile, @Algorithm)", new { profile, Algorithm = algorithm.ToString() });
                }

                parts.Facts.Publish(session, now);
            },
            ct);
    }

    private sealed class Row
    {
        public string Profile { get; set; } = "";

        public KeyAlgorithm Algorithm { get; set; }
    }
}
