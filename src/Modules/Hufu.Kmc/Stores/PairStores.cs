using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Kmc.Stores;

/// <summary>The three stores as tables. Every move counts both stores in the same transaction; a count never scans.</summary>
internal static class PairStores
{
    private const string InsertInUse =
        """
        INSERT INTO kmc_in_use (pair, generation, made_at, public_key, sealed, ca, user_cert_no, holder_key, not_before, not_after, user_name, ds_code, extend_info, given_at)
        VALUES (@Pair, @Generation, @MadeAt, @PublicKey, @Sealed, @Ca, @UserCertNo, @HolderKey, @NotBefore, @NotAfter, @UserName, @DsCode, @ExtendInfo, @GivenAt)
        """;

    /// <summary>The three counts.</summary>
    public static KeyStores Count(Session session) => session.QueryFirst<KeyStores>(
        """
        SELECT MAX(CASE store WHEN 'spare' THEN pairs END) AS spare, MAX(CASE store WHEN 'in-use' THEN pairs END) AS in_use, MAX(CASE store WHEN 'history' THEN pairs END) AS history
        FROM kmc_count
        """)!;

    /// <summary>The highest number that any pair has; 0 when there is none.</summary>
    public static long LastNumber(Session session) => session.Scalar<long>(
        """
        SELECT MAX(last) FROM (
          SELECT COALESCE(MAX(pair), 0) AS last FROM kmc_spare UNION ALL
          SELECT COALESCE(MAX(pair), 0) FROM kmc_in_use UNION ALL
          SELECT COALESCE(MAX(pair), 0) FROM kmc_destroyed UNION ALL
          SELECT COALESCE(MAX(pair), 0) FROM kmc_history) AS stores
        """);

    /// <summary>Puts new pairs into the spare store, and their public keys among those that no holder may have.</summary>
    public static void AddSpares(Session session, SpareBatch batch)
    {
        session.Execute(
            """
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < @Count - 1)
            INSERT INTO kmc_spare (pair, generation, made_at, public_key, sealed)
            SELECT @First + i, @Generation, @MadeAt, substr(@PublicKeys, 65 * i + 1, 65), substr(@SealedKeys, CAST(@SealedSize * i + 1 AS INTEGER), CAST(@SealedSize AS INTEGER)) FROM n
            """,
            batch);
        EscrowedKeys.Enter(session, batch.First, batch.PublicKeys);
        Recount(session, new StoreChange(batch.Count, 0, 0));
    }

    /// <summary>Spare pairs in the order of their numbers, beginning after one.</summary>
    public static IReadOnlyList<SparePair> Spares(Session session, long after, int most) => session.Query<SparePair>(
        "SELECT pair, generation, made_at, public_key, sealed FROM kmc_spare WHERE pair > @after ORDER BY pair LIMIT @most", new { after, most });

    /// <summary>Whether a pair is still spare, and as it was read.</summary>
    public static bool IsSpare(Session session, SparePair pair) =>
        session.Scalar<long>("SELECT COUNT(*) FROM kmc_spare WHERE pair = @Pair AND generation = @Generation", new { pair.Pair, pair.Generation }) != 0;

    /// <summary>Moves pairs from spare to in-use, one statement a table; the caller counts them.</summary>
    /// <returns>False when one is no longer spare, has been re-encrypted, or its certificate has got one meanwhile: the caller rolls back.</returns>
    public static bool Give(Session session, IReadOnlyList<GivenPair> given) =>
        session.ExecuteMany("DELETE FROM kmc_spare WHERE pair = @Pair AND generation = @Generation", given) == given.Count
        && session.ExecuteMany(InsertInUse, given) == given.Count
        && HolderIndex.Enter(session, given);

    /// <summary>Moves a pair from in-use to history; the caller counts it.</summary>
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
        return true;
    }

    /// <summary>The pair of a CA's encryption certificate, in use or in the history; null when it got none, or when that was destroyed.</summary>
    public static HeldPair? Find(Session session, string ca, string userCertNo) => Find(session, ca, userCertNo, out _);

    /// <summary>The pair of a CA's encryption certificate, in use or in the history.</summary>
    /// <param name="session">A snapshot, or the transaction.</param>
    /// <param name="ca">The CA.</param>
    /// <param name="userCertNo">Serial of the encryption certificate, hex.</param>
    /// <param name="destroyed">True when it got one that has been destroyed since.</param>
    public static HeldPair? Find(Session session, string ca, string userCertNo, out bool destroyed)
    {
        destroyed = false;
        foreach (var pair in HolderIndex.Candidates(session, ca, userCertNo))
        {
            var key = new { pair, ca, userCertNo };
            if ((session.QueryFirst<HeldPair>(
                    "SELECT pair, generation, made_at, public_key, sealed, holder_key, CAST(0 AS BIGINT) AS retired FROM kmc_in_use WHERE pair = @pair AND ca = @ca AND user_cert_no = @userCertNo", key)
                ?? session.QueryFirst<HeldPair>(
                    "SELECT pair, generation, made_at, public_key, sealed, holder_key, CAST(1 AS BIGINT) AS retired FROM kmc_history WHERE pair = @pair AND ca = @ca AND user_cert_no = @userCertNo", key)) is { } held)
            {
                return held;
            }

            if (HasGiven(session, pair, ca, userCertNo))
            {
                destroyed = true;
                return null;
            }
        }

        return null;
    }

    /// <summary>Whether a pair was given for a certificate, whatever became of it.</summary>
    internal static bool HasGiven(Session session, long pair, string ca, string userCertNo) => session.Scalar<long>(
        """
        SELECT (SELECT COUNT(*) FROM kmc_in_use WHERE pair = @pair AND ca = @ca AND user_cert_no = @userCertNo)
          + (SELECT COUNT(*) FROM kmc_history WHERE pair = @pair AND ca = @ca AND user_cert_no = @userCertNo)
          + (SELECT COUNT(*) FROM kmc_destroyed WHERE pair = @pair AND ca = @ca AND user_cert_no = @userCertNo)
        """,
        new { pair, ca, userCertNo }) != 0;

    /// <summary>Counts a change of the stores.</summary>
    internal static void Recount(Session session, StoreChange change)
    {
        if (change != default)
        {
            session.Execute(
                "UPDATE kmc_count SET pairs = pairs + CASE store WHEN 'spare' THEN @Spare WHEN 'in-use' THEN @InUse ELSE @History END", change);
        }
    }
}

/// <summary>A pair and whom it is given to: a row of kmc_in_use, with its place in kmc_holder.</summary>
internal sealed class GivenPair(SparePair pair, Holder holder, long now)
{
    // Its first number among the holders.
    public long Slot { get; } = HolderIndex.SlotOf(holder.Ca, holder.UserCertNo);

    public long Pair => pair.Pair;

    public long Generation => pair.Generation;

    public long MadeAt => pair.MadeAt;

    public byte[] PublicKey => pair.PublicKey;

    public byte[] Sealed => pair.Sealed;

    public string Ca => holder.Ca;

    public string UserCertNo => holder.UserCertNo;

    public byte[] HolderKey => holder.HolderKey;

    public long NotBefore => holder.NotBefore;

    public long NotAfter => holder.NotAfter;

    public string? UserName => holder.UserName;

    public string? DsCode => holder.DsCode;

    public string? ExtendInfo => holder.ExtendInfo;

    public long GivenAt => now;
}
