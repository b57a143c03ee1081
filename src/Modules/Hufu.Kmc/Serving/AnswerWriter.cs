using Hufu.Crypto;
using Hufu.Devices;
using Hufu.Kmc.Stores;
using Hufu.Pki;
using Hufu.Pki.Gmt0014;

namespace Hufu.Kmc.Serving;

/// <summary>Makes the answers of a group: every private key goes from under the storage key to under its holder's signing key inside the device; what comes out opens with the holder's key alone (GM/T 0009 7.4).</summary>
internal sealed class AnswerWriter(Func<SoftwareDevice> signing, Func<IEscrowDevice> escrow, KmcOptions options)
{
    /// <summary>Signs the answers of requests to one centre.</summary>
    /// <exception cref="DeviceException">A pair does not open, or its storage key is gone.</exception>
    public void Write(List<ServingTask> group, DateTimeOffset now)
    {
        var centre = group[0].Centre;
        var returns = Envelop(centre, [.. group.SelectMany(task => task.Plans.Select(plan => Returned.Of(task, plan))).OfType<Returned>()]);
        var bodies = group.Select(task => new ReadOnlyMemory<byte>(KmRespond.EncodeBody(
            centre.Name(options.Gmt0014), [.. task.Plans.Select(plan => Result(plan, returns))], now, task.Request.TaskNumber, options.Gmt0014))).ToList();
        var signatures = signing().SignMany(centre.SignerLabel, bodies);
        for (var i = 0; i < group.Count; i++)
        {
            group[i].Answer = KmRespond.Assemble(bodies[i].Span, AlgorithmIdentifier.Sm2WithSm3, signatures[i]);
        }
    }

    private Dictionary<Plan, RetKeyRespond> Envelop(ServingCentre centre, List<Returned> all)
    {
        var results = new Dictionary<Plan, RetKeyRespond>(ReferenceEqualityComparer.Instance);
        var overContent = options.Gmt0014.PrivateKeySignature == PrivateKeySignatureInput.EncryptedContentInfo;
        foreach (var same in all.GroupBy(one => one.Generation))
        {
            List<Returned> pairs = [.. same];
            var parts = escrow().EnvelopManyEscrowed(PairMetadata.StorageKeyLabel(same.Key), [.. pairs.Select(pair => pair.HandOver)], overContent ? null : centre.SignerLabel);
            var enveloped = parts.Select((part, i) => Sm2EnvelopedKey.Assemble(part.EncryptedKey, pairs[i].PublicKey, part.EncryptedPrivateKey)).ToList();
            var signatures = overContent ? signing().SignMany(centre.SignerLabel, [.. enveloped.Select(RetKeyRespond.SignedContent)]) : [.. parts.Select(part => part.ContentSignature)];
            for (var i = 0; i < pairs.Count; i++)
            {
                results[pairs[i].Plan] = RetKeyRespond.Create(pairs[i].Plan.Number, enveloped[i], centre.Certificate, signatures[i]);
            }
        }

        return results;
    }

    private static KmResult Result(Plan plan, Dictionary<Plan, RetKeyRespond> returns) => plan switch
    {
        GivePair or GiveAgain => new ApplyKeyResult(returns[plan]),
        RestorePair => new RestoreKeyResult(returns[plan]),
        RetirePair => new RevokeKeyResult(plan.Number),
        RefuseRequest refuse => RequestServer.Error(refuse.Refusal),
        _ => throw new InvalidOperationException("A plan without a result."),
    };

    /// <summary>A pair that goes to a holder.</summary>
    private sealed record Returned(Plan Plan, long Generation, byte[] PublicKey, EscrowHandOver HandOver)
    {
        public static Returned? Of(ServingTask task, Plan plan) => plan switch
        {
            GivePair give when task.Lent[give] is var spare => Of(plan, spare.Pair, spare.Generation, spare.MadeAt, spare.PublicKey, spare.Sealed, Point(give.Holder.HolderKey)),
            GiveAgain { Pair: var pair } => Of(plan, pair.Pair, pair.Generation, pair.MadeAt, pair.PublicKey, pair.Sealed, Point(pair.HolderKey)),
            RestorePair { Pair: var pair } restore => Of(plan, pair.Pair, pair.Generation, pair.MadeAt, pair.PublicKey, pair.Sealed, restore.HolderKey),
            _ => null,
        };

        private static Returned Of(Plan plan, long pair, long generation, long madeAt, byte[] publicKey, byte[] sealedKey, Sm2PublicKey holder) =>
            new(plan, generation, publicKey, new EscrowHandOver(Point(publicKey), sealedKey, PairMetadata.AssociatedData(pair, generation, madeAt), holder));

        private static Sm2PublicKey Point(byte[] encoded) => Sm2PublicKey.TryDecode(encoded, out var key) ? key : throw new InvalidDataException("A stored public key is not on the curve.");
    }
}
