using Hufu.Records;

namespace Hufu.Kmc.Recovery;

/// <summary>The registration authority that has opened a recovery by a sealed order (table kmc_recovery_origin).</summary>
/// <param name="Room">Its name among the peers.</param>
/// <param name="RaCase">Its number of the case.</param>
internal sealed record RecoveryOrigin(string Room, string RaCase)
{
    /// <summary>Whose a recovery is; null for one that was entered or asked for here.</summary>
    public static RecoveryOrigin? Find(Session session, string id) =>
        session.QueryFirst<RecoveryOrigin>("SELECT room, ra_case FROM kmc_recovery_origin WHERE id = @id", new { id });

    /// <summary>Notes it.</summary>
    public void Add(Session session, string id) =>
        session.Execute("INSERT INTO kmc_recovery_origin (id, room, ra_case) VALUES (@id, @Room, @RaCase)", new { id, Room, RaCase });

    /// <summary>Until when the one-time code of a recovery opens the download; null when none is out.</summary>
    public static DateTimeOffset? CodeUntil(Session session, string id) =>
        session.Scalar<long>("SELECT until FROM kmc_recovery_code WHERE id = @id", new { id }) is not 0 and var until ? DateTimeOffset.FromUnixTimeMilliseconds(until) : null;
}
