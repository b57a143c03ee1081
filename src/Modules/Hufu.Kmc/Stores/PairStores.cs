using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Kmc.Stores;

/// <summary>The three stores as tables. Every move counts both stores in the same transaction; a count never scans.</summary>
internal static class PairStores
{
    /// <summary>The three counts.</summary>
    public static KeyStores Count(Session session)
    {
        long Of(string store) => session.Scalar<long>("SELECT pairs FROM kmc_count WHERE store = @store", new { store });
        return new KeyStores(Of("spare"), Of("in-use"), Of("history"));
    }

    /// <summary>The highest number that any pair has; 0 when there is none.</summary>
    public static long LastNumber(Session session) => session.Scalar<long>(
        """
        SELECT MAX(last) FROM (
          SELECT COALESCE(MAX(pair), 0) AS last FROM kmc_spare UNION ALL
          SELECT COALESCE(MAX(pair), 0) FROM kmc_in_use UNION ALL
          SELECT COALESCE(MAX(pair), 0) FROM kmc_destroyed UNION ALL
          SELECT COALESCE(MAX(pair), 0) FROM kmc_history) AS stores
        """);

    /// <summary>Puts new pairs into the spare store.</summary>
    public static void AddSpares(Session session, IReadOnlyList<SparePair> pairs)
    {
        foreach (var pair in pairs)
        {
            session.Execute(
                "INSERT INTO kmc_spare (pair, generation, made_at, public_key, sealed) VALUES (@Pair, @Generation, @MadeAt, @PublicKey, @Sealed)", pair);
        }

        Recount(session, "spare", pairs.Count);
    }

    /// <summary>Spare pairs in the order of their numbers, beginning after one.</summary>
    public static IReadOnlyList<SparePair> Spares(Session session, long after, int most) => session.Query<SparePair>(
        "SELECT pair, generation, made_at, public_key, sealed FROM kmc_spare WHERE pair > @after ORDER BY pair LIMIT @most", new { after, most });

    /// <summary>Moves a pair from spare to in-use.</summary>
    /// <returns>False when it is no longer spare, or has been re-encrypted meanwhile: nothing was changed.</returns>
    public static bool Give(Session session, SparePair pair, Holder holder, long now)
    {
        if (session.Execute("DELETE FROM kmc_spare WHERE pair = @Pair AND generation = @Generation", new { pair.Pair, pair.Generation }) != 1)
        {
            return false;
        }

        session.Execute(
            """
            INSERT INTO kmc_in_use (pair, generation, made_at, public_key, sealed, ca, user_cert_no, holder_key, not_before, not_after, user_name, ds_code, extend_info, given_at)
            VALUES (@Pair, @Generation, @MadeAt, @PublicKey, @Sealed, @Ca, @UserCertNo, @HolderKey, @NotBefore, @NotAfter, @UserName, @DsCode, @ExtendInfo, @now)
            """,
            new
            {
                pair.Pair, pair.Generation, pair.MadeAt, pair.PublicKey, pair.Sealed,
                holder.Ca, holder.UserCertNo, holder.HolderKey, holder.NotBefore, holder.NotAfter, holder.UserName, holder.DsCode, holder.ExtendInfo, now,
            });
        Recount(session, "spare", -1);
        Recount(session, "in-use", 1);
        return true;
    }

    /// <summary>Moves a pair from in-use to history.</summary>
    /// <returns>False when it is not in use: nothing was changed.</returns>
    public static bool Retire(Session session, long pair, long now)
    {
        var moved = session.Execute(
            """
            INSERT INTO kmc_history (pair, generation, made_at, public_key, sealed, ca, user_cert_no, holder_key, not_before, not_after, user_name, ds_code, extend_info, given_at, retired_at)
            SELECT pair, generation, made_at, public_key, sealed, ca, user_cert_no, holder_key, not_before, not_after, user_name, ds_code, extend_info, given_at, @now
            FROM kmc_in_use WHERE pair = @pair
            """,
            new { pair, now });
        if (moved != 1)
        {
            return false;
        }

        session.Execute("DELETE FROM kmc_in_use WHERE pair = @pair", new { pair });
        Recount(session, "in-use", -1);
        Recount(session, "history", 1);
        return true;
    }

    /// <summary>The pair of a CA's encryption certificate, in use or in the history.</summary>
    public static HeldPair? Find(Session session, string ca, string userCertNo) =>
        session.QueryFirst<HeldPair>(
            "SELECT pair, generation, made_at, public_key, sealed, holder_key, 0 AS retired FROM kmc_in_use WHERE ca = @ca AND user_cert_no = @userCertNo", new { ca, userCertNo })
        ?? session.QueryFirst<HeldPair>(
            "SELECT pair, generation, made_at, public_key, sealed, holder_key, 1 AS retired FROM kmc_history WHERE ca = @ca AND user_cert_no = @userCertNo", new { ca, userCertNo });

    /// <summary>Whether a public key is that of a pair which this key centre has given out to anybody (R16).</summary>
    public static bool IsEscrowed(Session session, byte[] publicKey) => session.Scalar<long>(
        """
        SELECT (SELECT COUNT(*) FROM kmc_in_use WHERE public_key = @publicKey) + (SELECT COUNT(*) FROM kmc_history WHERE public_key = @publicKey)
          + (SELECT COUNT(*) FROM kmc_destroyed WHERE public_key = @publicKey)
        """,
        new { publicKey }) != 0;

    /// <summary>Counts a change of a store.</summary>
    internal static void Recount(Session session, string store, long change) =>
        session.Execute("UPDATE kmc_count SET pairs = pairs + @change WHERE store = @store", new { store, change });
}
