using Hufu.Records;

namespace Hufu.Governance;

/// <summary>A version of a profile that two people have put in force; the version 1 of each is the folder's.</summary>
/// <param name="Profile">The profile's id.</param>
/// <param name="Version">From 2.</param>
/// <param name="Text">YAML, as it stands in a file of policy/profiles.</param>
/// <param name="Digest">SM3 (hex) of its UTF-8 bytes.</param>
/// <param name="InForceAt">Unix milliseconds UTC.</param>
/// <param name="ProposedBy">Who proposed it.</param>
/// <param name="ApprovedBy">Who approved it.</param>
/// <param name="Words">Why.</param>
public sealed record ProfileVersion(string Profile, long Version, string Text, string Digest, long InForceAt, string ProposedBy, string ApprovedBy, string Words);

/// <summary>Tables: governance_profiles, of each room that keeps profiles: the CA where they are changed, the RAs that take the changes.</summary>
public static class ProfileVersions
{
    private const string Columns = "profile, version, text, digest, in_force_at, proposed_by, approved_by, words";

    /// <summary>Keeps a version and puts it in force once that is durable.</summary>
    /// <param name="session">The writing session.</param>
    /// <param name="policy">The room's own.</param>
    /// <param name="version">The version.</param>
    /// <returns>False when it, or a newer one, is known already: then nothing changes.</returns>
    /// <exception cref="PolicyException">The text cannot be used here.</exception>
    public static bool Put(Session session, Policy policy, ProfileVersion version)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(version);
        if (Newest(session, version.Profile) is { } known && known.Version >= version.Version)
        {
            return false;
        }

        policy.CheckProfile(version.Profile, version.Text);
        session.Execute(
            $"INSERT INTO governance_profiles ({Columns}) VALUES (@Profile, @Version, @Text, @Digest, @InForceAt, @ProposedBy, @ApprovedBy, @Words)", version);
        session.OnCommitted(() => policy.Adopt(version.Profile, version.Text));
        return true;
    }

    /// <summary>The newest version of each profile that was ever changed.</summary>
    public static IReadOnlyList<ProfileVersion> InForce(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.Query<ProfileVersion>(
            $"SELECT {Columns} FROM governance_profiles p WHERE version = (SELECT max(n.version) FROM governance_profiles n WHERE n.profile = p.profile) ORDER BY profile LIMIT 1000");
    }

    /// <summary>The newest version of a profile; null while it is the folder's.</summary>
    public static ProfileVersion? Newest(Session session, string profile)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.QueryFirst<ProfileVersion>($"SELECT {Columns} FROM governance_profiles WHERE profile = @profile ORDER BY version DESC LIMIT 1", new { profile });
    }

    /// <summary>The versions of a profile, the newest first, at most a thousand.</summary>
    public static IReadOnlyList<ProfileVersion> Of(Session session, string profile)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.Query<ProfileVersion>($"SELECT {Columns} FROM governance_profiles WHERE profile = @profile ORDER BY version DESC LIMIT 1000", new { profile });
    }

    /// <summary>Puts in force what is kept; before the room opens its doors.</summary>
    /// <exception cref="PolicyException">A kept text cannot be used any more.</exception>
    public static async Task LoadAsync(Database database, Policy policy, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(policy);
        foreach (var version in await database.ReadAsync(InForce, ct).ConfigureAwait(false))
        {
            policy.Adopt(version.Profile, version.Text);
        }
    }
}
