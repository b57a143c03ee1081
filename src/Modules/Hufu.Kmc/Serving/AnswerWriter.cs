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
        var frame = centre.Frame(options.Gmt0014);
        var entries = new byte[group.Count][][];
        var returned = new List<Returned>(group.Count);
        for (var i = 0; i < group.Count; i++)
        {
            var task = group[i];
            entries[i] = new byte[task.Plans.Count][];
            for (var at = 0; at < task.Plans.Count; at++)
            {
                if (Returned.Of(task.Plans[at], entries[i], at) is { } pair)
                {
                    returned.Add(pair);
                }
                else
                {
                    entries[i][at] = frame.Other(Result(task.Plans[at]));
                }
            }
        }

        Envelop(centre, frame, returned);
        var bodies = new ReadOnlyMemory<byte>[group.Count];
        for (var i = 0; i < group.Count; i++)
        {
            bodies[i] = frame.Body(entries[i], now, group[i].Request.TaskNumber);
        }

        var signatures = signing().SignMany(centre.SignerLabel, bodies);
        for (var i = 0; i < group.Count; i++)
        {
            group[i].Answer = KmRespond.Assemble(bodies[i].Span, AlgorithmIdentifier.Sm2WithSm3, signatures[i]);
        }
    }

    private void Envelop(ServingCentre centre, KmAnswerFrame frame, List<Returned> all)
    {
        var overContent = options.Gmt0014.PrivateKeySignature == PrivateKeySignatureInput.EncryptedContentInfo;
        foreach (var same in all.GroupBy(one => one.Generation))
        {
            Returned[] pairs = [.. same];
            var parts = escrow().EnvelopManyEscrowed(PairMetadata.StorageKeyLabel(same.Key), Array.ConvertAll(pairs, pair => pair.HandOver), overContent ? null : centre.SignerLabel);
            var signatures = overContent
                ? signing().SignMany(centre.SignerLabel, [.. parts.Select(part => new ReadOnlyMemory<byte>(KmAnswerFrame.SignedContent(part.EncryptedPrivateKey)))])
                : [.. parts.Select(part => part.ContentSignature)];
            for (var i = 0; i < pairs.Length; i++)
            {
                var pair = pairs[i];
                pair.Entries[pair.At] = frame.GivenKey(
                    pair.Plan is RestorePair, pair.Plan.Number, pair.PublicKey, parts[i].EncryptedKey, parts[i].EncryptedPrivateKey, signatures[i]);
            }
        }
    }

    private static KmResult Result(Plan plan) => plan switch
    {
        RetirePair => new RevokeKeyResult(plan.Number),
        RefuseRequest refuse => RequestServer.Error(refuse.Refusal),
        _ => throw new InvalidOperationException("A plan without a result."),
    };

    /// <summary>A pair that goes to a holder, and where its entry belongs.</summary>
    private sealed record Returned(Plan Plan, byte[][] Entries, int At, long Generation, byte[] PublicKey, EscrowHandOver HandOver)
    {
        public static Returned? Of(Plan plan, byte[][] entries, int at) => plan switch
        {
            GivePair { Lent: { } spare } give => Of(plan, entries, at, spare.Pair, spare.Generation, spare.MadeAt, spare.PublicKey, spare.Sealed, give.HolderKey),
            GiveAgain { Pair: var pair } => Of(plan, entries, at, pair.Pair, pair.Generation, pair.MadeAt, pair.PublicKey, pair.Sealed, Point(pair.HolderKey)),
            RestorePair { Pair: var pair } restore => Of(plan, entries, at, pair.Pair, pair.Generation, pair.MadeAt, pair.PublicKey, pair.Sealed, restore.HolderKey),
            _ => null,
        };

        private static Returned Of(Plan plan, byte[][] entries, int at, long pair, long generation, long madeAt, byte[] publicKey, byte[] sealedKey, Sm2PublicKey holder) =>
            new(plan, entries, at, generation, publicKey, new EscrowHandOver(Point(publicKey), sealedKey, PairMetadata.AssociatedData(pair, generation, madeAt), holder));

        private static Sm2PublicKey Point(byte[] encoded) => Sm2PublicKey.TryDecode(encoded, out var key) ? key : throw new InvalidDataException("A stored public key is not on the curve.");
    }
}
