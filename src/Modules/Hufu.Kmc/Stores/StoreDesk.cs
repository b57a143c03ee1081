using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Kmc.Initialisation;
using Hufu.Records;

namespace Hufu.Kmc.Stores;

/// <summary>The stores for people: <c>GET /api/kmc/stores</c> and <c>POST /api/kmc/refills</c>, a signed act.</summary>
internal sealed class StoreDesk(RoomContext context, PairMaker maker)
{
    private const int MostPairs = 10_000;

    /// <summary>The three counts.</summary>
    public Task<KeyStores> CountAsync(CancellationToken ct) => context.Database.ReadAsync(PairStores.Count, ct);

    /// <summary>Makes pairs ahead.</summary>
    /// <exception cref="RefusedException">FieldInvalid, NotInitialised, and what the gate refuses.</exception>
    [Clause("6.2.8-a")]
    public async Task<KeyStores> RefillAsync(ActRequest request, CancellationToken ct)
    {
        var (actor, generation, pairs) = await context.Acts.RunAsync<KeyRefill, (string, long, int)>(
            request,
            ActNames.KmcRefill,
            static refill => refill.Pairs is < 1 or > MostPairs
                ? throw new RefusedException(RefusalCode.FieldInvalid, $"1 to {MostPairs} pairs.", "pairs")
                : new ExpectedAct(ActNames.KmcRefill, "store/spare"),
            (session, act, refill) =>
            {
                RestoreMark.Demand(context.DataDirectory);
                var centre = CentreStore.Find(session) ?? throw new RefusedException(RefusalCode.NotInitialised, "");
                act.Detail["pairs"] = refill.Pairs;
                return (act.Person.ToString(), centre.Generation, refill.Pairs);
            },
            ct);

        // Ordered and on record; what is made before an interruption stays, and the refill job makes up the rest.
        await maker.MakeAsync(pairs, actor, generation, ct);
        return await CountAsync(ct);
    }
}
