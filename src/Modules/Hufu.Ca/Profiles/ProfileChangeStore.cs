using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Ca.Profiles;

/// <summary>A row of ca_profile_changes; times are Unix milliseconds UTC.</summary>
internal sealed record ProfileChangeRow(
    string Id, string Profile, string Base, string Text, string Difference, string Digest, string Words, string State, string Proposer, string Person, long ProposedAt,
    string? Decider, long? DecidedAt, string? Decision, long? Version)
{
    public const string Proposed = "proposed";
    public const string Approved = "approved";
    public const string Refused = "refused";

    public string StateToSign => $"{State}/{Digest}";

    /// <summary>As people see it.</summary>
    /// <param name="inForce">SM3 of the profile's text in force.</param>
    /// <param name="within">How long a proposal waits.</param>
    /// <param name="now">The room's clock, Unix milliseconds.</param>
    /// <param name="whole">With text and difference.</param>
    public ProfileChange Shown(string inForce, TimeSpan within, long now, bool whole = true) => new(
        Id, Profile, IsLapsed(within, now) ? "expired" : State == Proposed && inForce != Base ? "stale" : State, StateToSign, Base, whole ? Text : null, whole ? Difference.Split('\n') : [], Person,
        DateTimeOffset.FromUnixTimeMilliseconds(ProposedAt), Words, Decider, DecidedAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null, Decision, Version,
        State == Proposed ? Until(within) : null);

    /// <summary>Nobody has decided it in time.</summary>
    public bool IsLapsed(TimeSpan within, long now) => State == Proposed && now > ProposedAt + (long)within.TotalMilliseconds;

    /// <summary>Until when it waits.</summary>
    public DateTimeOffset Until(TimeSpan within) => DateTimeOffset.FromUnixTimeMilliseconds(ProposedAt) + within;
}

/// <summary>Tables: ca_profile_changes.</summary>
internal static class ProfileChangeStore
{
    private const string Columns = "id, profile, base, text, difference, digest, words, state, proposer, person, proposed_at, decider, decided_at, decision, version";

    public static void Insert(Session session, ProfileChangeRow row) => session.Execute(
        "INSERT INTO ca_profile_changes (id, profile, base, text, difference, digest, words, state, proposer, person, proposed_at) VALUES (@Id, @Profile, @Base, @Text, @Difference, @Digest, @Words, @State, @Proposer, @Person, @ProposedAt)", row);

    /// <exception cref="RefusedException">UnknownObject.</exception>
    public static ProfileChangeRow Find(Session session, string id) =>
        session.QueryFirst<ProfileChangeRow>($"SELECT {Columns} FROM ca_profile_changes WHERE id = @id", new { id }) ?? throw new RefusedException(RefusalCode.UnknownObject, "There is no such change.", "id");

    /// <summary>Those that wait first, then the newest; what was proposed before <paramref name="oldest"/> waits no more.</summary>
    public static IReadOnlyList<ProfileChangeRow> Newest(Session session, long oldest) => session.Query<ProfileChangeRow>(
        $"SELECT {Columns} FROM ca_profile_changes ORDER BY CASE WHEN state = 'proposed' AND proposed_at >= @oldest THEN 0 ELSE 1 END, proposed_at DESC LIMIT 100", new { oldest });

    /// <summary>How many wait, by profile.</summary>
    public static IReadOnlyDictionary<string, long> Waiting(Session session, long oldest) => session.Query<WaitingRow>(
        "SELECT profile, count(*) AS count FROM ca_profile_changes WHERE state = 'proposed' AND proposed_at >= @oldest GROUP BY profile LIMIT 1000", new { oldest }).ToDictionary(row => row.Profile, row => row.Count, StringComparer.Ordinal);

    public static void Decide(Session session, string id, string state, string decider, long now, string words, long? version) => session.Execute(
        "UPDATE ca_profile_changes SET state = @state, decider = @decider, decided_at = @now, decision = @words, version = @version WHERE id = @id", new { id, state, decider, now, words, version });

    private sealed record WaitingRow(string Profile, long Count);
}
