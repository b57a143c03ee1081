using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Devices;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Kmc.Cases;
using Hufu.Kmc.Stores;
using Hufu.Records;

namespace Hufu.Kmc.Drill;

/// <summary>The quarterly recovery drill: <c>POST /api/kmc/drills</c>. For pairs all over the stores the device encrypts a test vector to the public half and opens it with what is escrowed.</summary>
internal sealed class RunDrill(RoomContext context, Func<IEscrowDevice> escrow)
{
    private const int MostPairs = 1000;
    private const int MostNamed = 100;

    /// <summary>Runs it; a drill that fails is reported, not refused.</summary>
    /// <exception cref="RefusedException">FieldInvalid, UnknownObject (no pair at all), and what the gate refuses.</exception>
    [Clause("6.2.8-a")]
    public async Task<DrillReport> RunAsync(ActRequest request, CancellationToken ct)
    {
        var (actor, pairs) = await context.Acts.RunAsync<RecoveryDrill, (string, List<SparePair>)>(
            request,
            ActNames.KmcDrillRun,
            static drill => drill.Pairs is < 1 or > MostPairs
                ? throw new RefusedException(RefusalCode.FieldInvalid, $"1 to {MostPairs} pairs.", "pairs")
                : new ExpectedAct(ActNames.KmcDrillRun, "store/escrow"),
            (session, act, drill) =>
            {
                var chosen = Choose(session, drill.Pairs);
                act.Detail["pairs"] = chosen.Count;
                return chosen.Count > 0 ? (act.Person.ToString(), chosen) : throw new RefusedException(RefusalCode.UnknownObject, "There is no pair yet.", "pairs");
            },
            ct);

        var (failed, evidence) = await Task.Run(() => Try(pairs), ct);
        return await context.Database.WriteAsync(
            session =>
            {
                var now = context.Clock.GetUtcNow();
                var number = session.Scalar<long>("SELECT COALESCE(MAX(number), 0) + 1 FROM kmc_drill");
                var report = new DrillReport(number, now, pairs.Count, pairs.Count - failed.Count, [.. failed.Take(MostNamed)], evidence);
                session.Execute(
                    "INSERT INTO kmc_drill (number, at, tried, opened) VALUES (@number, @at, @tried, @opened)",
                    new { number, at = now.ToUnixTimeMilliseconds(), tried = (long)report.Tried, opened = (long)report.Opened });
                context.Ledger.Append(session, new LedgerRecord
                {
                    Actor = actor,
                    Act = "kmc.drill.report",
                    Object = $"drill/{number}",
                    Outcome = failed.Count == 0 ? LedgerOutcome.Done : LedgerOutcome.Failed,
                    Detail = new JsonObject
                    {
                        ["tried"] = report.Tried, ["opened"] = report.Opened, ["failed"] = new JsonArray([.. report.Failed.Select(pair => JsonValue.Create(pair))]), ["evidence"] = evidence,
                    },
                });
                return report;
            },
            CancellationToken.None);
    }

    /// <summary>Since when no drill has opened everything; null before the first initialisation.</summary>
    public static long? LastGood(Session session) => session.QueryFirst<Moment>(
        """
        SELECT COALESCE((SELECT MAX(at) FROM kmc_drill WHERE opened = tried), initialised_at) AS at FROM kmc_centre
        """)?.At;

    // Evenly over all three stores by number, from a random start: whatever generation and store a pair is in, it can be met.
    private static List<SparePair> Choose(Session session, int count)
    {
        var last = PairStores.LastNumber(session);
        var step = Math.Max(1, last / count);
        var start = 1 + (long)(BinaryPrimitives.ReadUInt64LittleEndian(SecureRandom.GetBytes(8)) % (ulong)step);
        var chosen = new List<SparePair>();
        for (var at = start; at <= last && chosen.Count < count; at += step)
        {
            var pair = session.QueryFirst<SparePair>(
                """
                SELECT pair, generation, made_at, public_key, sealed FROM (
                  SELECT pair, generation, made_at, public_key, sealed FROM kmc_spare WHERE pair = @at UNION ALL
                  SELECT pair, generation, made_at, public_key, sealed FROM kmc_in_use WHERE pair = @at UNION ALL
                  SELECT pair, generation, made_at, public_key, sealed FROM kmc_history WHERE pair = @at) AS stores
                """,
                new { at });
            if (pair is not null)
            {
                chosen.Add(pair);
            }
        }

        return chosen;
    }

    private (List<long> Failed, string Evidence) Try(List<SparePair> pairs)
    {
        var failed = new List<long>();
        using var evidence = new Sm3Hash();
        foreach (var pair in pairs)
        {
            try
            {
                var trial = escrow().TryEscrowed(
                    PairMetadata.StorageKeyLabel(pair.Generation), pair.Sealed, PairMetadata.AssociatedData(pair.Pair, pair.Generation, pair.MadeAt), CaseScope.PublicKeyOf(pair.PublicKey));
                evidence.AppendData(trial.Ciphertext);
                if (!trial.Opened)
                {
                    failed.Add(pair.Pair);
                }
            }
            catch (DeviceException damaged) when (damaged.Error is DeviceError.Damaged or DeviceError.KeyMissing)
            {
                failed.Add(pair.Pair);
            }
        }

        var digest = new byte[Sm3.HashSizeInBytes];
        evidence.GetHashAndReset(digest);
        return (failed, Convert.ToHexStringLower(digest));
    }

    private sealed record Moment(long At);
}
