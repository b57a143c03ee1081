using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Ca.Rules;

/// <summary>Possession of the private key is proven by the request's own signature, SM2 with SM3 over Z and the default user id (6.1.3.2-a).</summary>
internal static class PossessionIsProven
{
    /// <exception cref="RefusedException">PossessionNotProven, KeyWeak (another algorithm, or a point off the curve).</exception>
    [Clause("6.1.3.2-a")]
    public static void Demand(CertificationRequest request)
    {
        Possession possession;
        try
        {
            possession = request.CheckPossession();
        }
        catch (PkiException exception)
        {
            throw new RefusedException(RefusalCode.KeyWeak, exception.Message, "request");
        }

        if (possession != Possession.Proven)
        {
            throw new RefusedException(RefusalCode.PossessionNotProven, Evidence(possession), "request");
        }
    }

    /// <summary>The same of many at once, several times faster; what is wrong with one that is not proven, <see cref="Demand"/> tells.</summary>
    /// <param name="requests">The requests.</param>
    /// <param name="proven">Receives the answer for each.</param>
    [Clause("6.1.3.2-a")]
    public static void Verify(IReadOnlyList<CertificationRequest> requests, Span<bool> proven)
    {
        proven.Clear();
        List<int> places = [];
        for (var i = 0; i < requests.Count; i++)
        {
            if (requests[i] is { PublicKey: { IsSm2: true, Sm2: not null }, SignatureAlgorithm: { Oid: Oids.Sm2WithSm3, HasNoParameters: true } })
            {
                places.Add(i);
            }
        }

        var keys = new Sm2PublicKey[places.Count];
        byte[] digests = new byte[places.Count * Sm3.HashSizeInBytes], signatures = new byte[places.Count * Sm2.SignatureSize];
        var valid = new bool[places.Count];
        for (var i = 0; i < places.Count; i++)
        {
            var request = requests[places[i]];
            keys[i] = request.PublicKey.Sm2!;
            keys[i].ComputeDigest(Sm2.DefaultId, request.InfoData.Span, digests.AsSpan(i * Sm3.HashSizeInBytes, Sm3.HashSizeInBytes));

            // What is no signature stays zeros, and zeros verify nothing.
            if (!Sm2SignatureValue.TryDecode(request.Signature.Span, signatures.AsSpan(i * Sm2.SignatureSize, Sm2.SignatureSize)))
            {
                signatures.AsSpan(i * Sm2.SignatureSize, Sm2.SignatureSize).Clear();
            }
        }

        Sm2Batch.VerifyDigests(keys, digests, signatures, valid);
        for (var i = 0; i < places.Count; i++)
        {
            proven[places[i]] = valid[i];
        }
    }

    private static string Evidence(Possession possession) => possession switch
    {
        Possession.WithoutZ => "The signature was made without Z.",
        Possession.EmptyId => "Z was computed with an empty user id.",
        _ => "Another key signed the request, or it was changed.",
    };
}
