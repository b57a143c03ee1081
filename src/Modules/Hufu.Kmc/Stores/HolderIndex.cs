using System.Buffers.Binary;
using System.Text;
using Hufu.Crypto;
using Hufu.Records;

namespace Hufu.Kmc.Stores;

/// <summary>Table kmc_holder: which pair a certificate got, under numbers of 63 bits instead of texts, so that its tree stays small beside many millions of pairs.</summary>
internal static class HolderIndex
{
    // Numbers that meet by chance or by intent lie one after the other; nobody makes sixteen meet.
    private const int MostProbes = 16;
    private const int Page = 200_000;
    private const int MadePage = 10_000;

    /// <summary>The pairs that may be a certificate's, the likely one first; which it is, the stores tell.</summary>
    public static IEnumerable<long> Candidates(Session session, string ca, string userCertNo)
    {
        var slot = SlotOf(ca, userCertNo);
        for (var probe = 0; probe < MostProbes; probe++)
        {
            var pair = session.Scalar<long>("SELECT pair FROM kmc_holder WHERE slot = @slot", new { slot });
            if (pair == 0)
            {
                yield break;
            }

            yield return pair;
            slot = Next(slot);
        }
    }

    /// <summary>Enters pairs that lie in the in-use store already, so that two for one certificate meet here.</summary>
    /// <returns>False when a certificate has another pair, of before or among these: the caller rolls back.</returns>
    public static bool Enter(Session session, IReadOnlyList<GivenPair> given) =>
        session.ExecuteMany("INSERT INTO kmc_holder (slot, pair) VALUES (@Slot, @Pair) ON CONFLICT (slot) DO NOTHING", given) == given.Count
        || given.All(one => session.Scalar<long>("SELECT pair FROM kmc_holder WHERE slot = @Slot", new { one.Slot }) == one.Pair || Enter(session, one.Ca, one.UserCertNo, one.Pair));

    /// <summary>Enters a certificate's pair; the caller knows that it has none.</summary>
    /// <returns>False when somebody has entered this certificate meanwhile.</returns>
    public static bool Enter(Session session, string ca, string userCertNo, long pair)
    {
        var slot = SlotOf(ca, userCertNo);
        for (var probe = 0; probe < MostProbes; probe++)
        {
            if (session.Execute("INSERT INTO kmc_holder (slot, pair) VALUES (@slot, @pair) ON CONFLICT (slot) DO NOTHING", new { slot, pair }) == 1)
            {
                return true;
            }

            if (PairStores.HasGiven(session, session.Scalar<long>("SELECT pair FROM kmc_holder WHERE slot = @slot", new { slot }), ca, userCertNo))
            {
                return false;
            }

            slot = Next(slot);
        }

        return false;
    }

    /// <summary>Enters what lay in the stores before these tables were there; goes on where it was stopped. Nothing when it is done.</summary>
    /// <param name="database">The key centre's database.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <param name="ct">Stops between pages.</param>
    public static async Task CompleteAsync(Database database, long now, CancellationToken ct)
    {
        if (await database.ReadAsync(session => session.Scalar<long>("SELECT COUNT(*) FROM kmc_indexed"), ct) != 0)
        {
            return;
        }

        foreach (var (keys, holders) in Sources)
        {
            for (long after = 0; ;)
            {
                var start = after;
                var rows = await database.ReadAsync(session => session.Query<KeyRow>(keys, new { after = start, most = Page }), ct);
                if (rows.Count == 0)
                {
                    break;
                }

                after = rows[^1].Pair;
                var given = holders is null ? [] : await database.ReadAsync(session => session.Query<HolderRow>(holders, new { after = start, most = Page }), ct);
                await database.WriteAsync(
                    session =>
                    {
                        foreach (var page in rows.Chunk(MadePage))
                        {
                            EscrowedKeys.Enter(session, page[0].Pair, [.. page.SelectMany(row => row.PublicKey)]);
                        }

                        foreach (var (slot, row) in given.Select(row => (SlotOf(row.Ca, row.UserCertNo), row)).OrderBy(one => one.Item1))
                        {
                            if (session.Execute("INSERT INTO kmc_holder (slot, pair) VALUES (@slot, @Pair) ON CONFLICT (slot) DO NOTHING", new { slot, row.Pair }) != 1)
                            {
                                Enter(session, row.Ca, row.UserCertNo, row.Pair);
                            }
                        }
                    },
                    ct);
            }
        }

        await database.WriteAsync(session => session.Execute("INSERT INTO kmc_indexed (id, at) VALUES (1, @now)", new { now }), ct);
    }

    private static readonly (string Keys, string? Holders)[] Sources =
    [
        ("SELECT pair, public_key FROM kmc_spare WHERE pair > @after ORDER BY pair LIMIT @most", null),
        ("SELECT pair, public_key FROM kmc_in_use WHERE pair > @after ORDER BY pair LIMIT @most",
            "SELECT pair, ca, user_cert_no FROM kmc_in_use WHERE pair > @after ORDER BY pair LIMIT @most"),
        ("SELECT pair, public_key FROM kmc_history WHERE pair > @after ORDER BY pair LIMIT @most",
            "SELECT pair, ca, user_cert_no FROM kmc_history WHERE pair > @after ORDER BY pair LIMIT @most"),
        ("SELECT pair, public_key FROM kmc_destroyed WHERE pair > @after ORDER BY pair LIMIT @most",
            "SELECT pair, ca, user_cert_no FROM kmc_destroyed WHERE pair > @after ORDER BY pair LIMIT @most"),
    ];

    // Never 0, so that no row and no pair are told apart by their numbers; the last number's next is the first.
    private static long Next(long slot) => slot == long.MaxValue ? 1 : slot + 1;

    internal static long SlotOf(string ca, string userCertNo) =>
        Math.Max(1, BinaryPrimitives.ReadInt64BigEndian(Sm3.HashData(Encoding.UTF8.GetBytes($"hufu kmc holder 1\n{ca}\n{userCertNo}"))) & long.MaxValue);

    private sealed record KeyRow(long Pair, byte[] PublicKey);

    private sealed record HolderRow(long Pair, string Ca, string UserCertNo);
}
