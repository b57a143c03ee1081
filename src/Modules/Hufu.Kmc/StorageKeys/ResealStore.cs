using System.Text.Json;
using Hufu.Contracts;
using Hufu.Kmc.Initialisation;
using Hufu.Kmc.Stores;
using Hufu.Records;

namespace Hufu.Kmc.StorageKeys;

/// <summary>How far a change of the storage key is.</summary>
/// <param name="Generation">The new one.</param>
/// <param name="Leaves">The one that is being left.</param>
/// <param name="Store">spare, in-use, history: the store at work.</param>
/// <param name="Cursor">The last pair of it that was looked at.</param>
/// <param name="Resealed">Pairs done.</param>
/// <param name="Total">Pairs at the beginning.</param>
internal sealed record Reseal(long Generation, long Leaves, string Store, long Cursor, long Resealed, long Total);

/// <summary>Table kmc_storage_key, and the pairs that still lie under an older generation.</summary>
internal static class ResealStore
{
    /// <summary>A change begins.</summary>
    public static void Begin(Session session, long from, long to, string by, long now)
    {
        var counts = PairStores.Count(session);
        session.Execute(
            """
            INSERT INTO kmc_storage_key (generation, leaves, store, cursor, resealed, total, begun_at, changed_by) VALUES (@to, @from, 'spare', 0, 0, @total, @now, @by)
            """,
            new { from, to, by, now, total = counts.Spare + counts.InUse + counts.History });
    }

    /// <summary>The change that is under way, or null.</summary>
    public static Reseal? Unfinished(Session session) => session.QueryFirst<Reseal>(
        "SELECT generation, leaves, store, cursor, resealed, total FROM kmc_storage_key WHERE ended_at IS NULL ORDER BY generation LIMIT 1");

    /// <summary>Where it is, for people.</summary>
    public static StorageKeyState State(Session session)
    {
        var under = Unfinished(session);
        var last = under ?? session.QueryFirst<Reseal>("SELECT generation, leaves, store, cursor, resealed, total FROM kmc_storage_key ORDER BY generation DESC LIMIT 1");
        return new StorageKeyState(
            CentreStore.Find(session)?.Generation ?? 0, under?.Leaves, last?.Resealed ?? 0, last?.Total ?? 0,
            session.Query<long>("SELECT leaves FROM kmc_storage_key WHERE ended_at IS NOT NULL ORDER BY leaves LIMIT 1000"));
    }

    /// <summary>The changes so far, newest first; at most 100.</summary>
    public static IReadOnlyList<StorageKeyStep> Changes(Session session) =>
    [
        .. session.Query<ChangeRow>("SELECT leaves, generation, changed_by, begun_at, ended_at, resealed, total FROM kmc_storage_key ORDER BY generation DESC LIMIT 100").Select(row => new StorageKeyStep(
            row.Leaves, row.Generation, row.ChangedBy, DateTimeOffset.FromUnixTimeMilliseconds(row.BegunAt), row.EndedAt is { } end ? DateTimeOffset.FromUnixTimeMilliseconds(end) : null,
            row.Resealed, row.Total)),
    ];

    /// <summary>Pairs of the store at work that lie under an older generation, after the cursor.</summary>
    public static IReadOnlyList<SparePair> Next(Session session, Reseal at, int most) => session.Query<SparePair>(
        at.Store switch
        {
            "spare" => "SELECT pair, generation, made_at, public_key, sealed FROM kmc_spare WHERE pair > @Cursor AND generation < @Generation ORDER BY pair LIMIT @most",
            "in-use" => "SELECT pair, generation, made_at, public_key, sealed FROM kmc_in_use WHERE pair > @Cursor AND generation < @Generation ORDER BY pair LIMIT @most",
            _ => "SELECT pair, generation, made_at, public_key, sealed FROM kmc_history WHERE pair > @Cursor AND generation < @Generation ORDER BY pair LIMIT @most",
        },
        new { at.Cursor, at.Generation, most });

    /// <summary>Puts a re-encrypted pair back, if it still lies there under the old generation.</summary>
    /// <returns>1, or 0 when it has moved to the next store meanwhile.</returns>
    public static int Put(Session session, string store, SparePair old, long generation, byte[] resealed) => session.Execute(
        store switch
        {
            "spare" => "UPDATE kmc_spare SET sealed = @resealed, generation = @to WHERE pair = @Pair AND generation = @Generation",
            "in-use" => "UPDATE kmc_in_use SET sealed = @resealed, generation = @to WHERE pair = @Pair AND generation = @Generation",
            _ => "UPDATE kmc_history SET sealed = @resealed, generation = @to WHERE pair = @Pair AND generation = @Generation",
        },
        new { old.Pair, old.Generation, to = generation, resealed });

    /// <summary>Remembers how far it is.</summary>
    public static void Advance(Session session, Reseal at) => session.Execute(
        "UPDATE kmc_storage_key SET store = @Store, cursor = @Cursor, resealed = @Resealed WHERE generation = @Generation", at);

    /// <summary>Pairs that still lie under an older generation, in all stores; reads every row.</summary>
    public static long Left(Session session, long generation) => session.Scalar<long>(
        """
        SELECT (SELECT COUNT(*) FROM kmc_spare WHERE generation < @generation) + (SELECT COUNT(*) FROM kmc_in_use WHERE generation < @generation)
          + (SELECT COUNT(*) FROM kmc_history WHERE generation < @generation)
        """,
        new { generation });

    /// <summary>Keeps the answer of a change, instead of that of the one before.</summary>
    public static void KeepReply(Session session, StorageKeyChanged reply, string requestDigest)
    {
        session.Execute("DELETE FROM kmc_storage_key_reply");
        session.Execute(
            "INSERT INTO kmc_storage_key_reply (generation, request_digest, reply) VALUES (@To, @requestDigest, @reply)",
            new { reply.To, requestDigest, reply = JsonSerializer.SerializeToUtf8Bytes(reply, ContractJson.Options) });
    }

    /// <summary>The answer of the last change, if this was its request.</summary>
    public static StorageKeyChanged? Reply(Session session, string requestDigest) =>
        session.QueryFirst<byte[]>("SELECT reply FROM kmc_storage_key_reply WHERE request_digest = @requestDigest", new { requestDigest }) is { } reply
            ? JsonSerializer.Deserialize<StorageKeyChanged>(reply, ContractJson.Options)
            : null;

    /// <summary>It is finished.</summary>
    public static void End(Session session, long generation, long now) => session.Execute("UPDATE kmc_storage_key SET ended_at = @now WHERE generation = @generation", new { generation, now });

    private sealed record ChangeRow(long Leaves, long Generation, string? ChangedBy, long BegunAt, long? EndedAt, long Resealed, long Total);
}
