using System.Runtime.CompilerServices;

namespace Hufu.Crypto;

/// <summary>Up to eight verifications in lanes. Everything is public.</summary>
internal static class Sm2BatchVerification
{
    /// <summary>Verifies keys.Length ≤ 8 signatures.</summary>
    internal static void Verify(ReadOnlySpan<Sm2PublicKey> keys, ReadOnlySpan<byte> digests, ReadOnlySpan<byte> signatures, Span<bool> valid)
    {
        Span<U256> s = stackalloc U256[FieldElement8.Lanes], t = stackalloc U256[FieldElement8.Lanes], x = stackalloc U256[FieldElement8.Lanes];
        Unsafe.SkipInit(out Affine<FieldElement8> points);
        Affine<FieldElement> generator = CurveParameters.Generator;
        for (int lane = 0; lane < FieldElement8.Lanes; lane++)
        {
            bool used = lane < keys.Length;
            Sm2Verification v = default;
            bool open = used && Sm2Verification.TryOpen(digests.Slice(32 * lane, 32), signatures.Slice(Sm2.SignatureSize * lane, Sm2.SignatureSize), out v);
            if (used)
            {
                valid[lane] = open;
            }

            // A lane without work, or with a signature refused already, computes 1·G + 1·G.
            s[lane] = open ? v.S : new U256(0, 0, 0, 1);
            t[lane] = open ? v.T : new U256(0, 0, 0, 1);
            x[lane] = v.X;
            LanePoints.Set(ref points, lane, used ? keys[lane].Point : generator);
        }

        BatchComb.Multiply(s, out Extended<FieldElement8> extended);
        CurveFormulas<FieldElement8>.Convert(extended, out Jacobian<FieldElement8> sg);
        BatchWindows.Multiply(points, t, out Jacobian<FieldElement8> tp);

        // The last additions may meet any case, so they are made one by one with every test.
        for (int lane = 0; lane < keys.Length; lane++)
        {
            LanePoints.Get(sg, lane, out Jacobian<FieldElement> sum);
            LanePoints.Get(tp, lane, out Jacobian<FieldElement> other);
            CurveFormulas<FieldElement>.Cache(other, out Cached<FieldElement> cached);
            DoubleScalar.Add(ref sum, cached);
            valid[lane] &= DoubleScalar.HasX(sum, x[lane]);
        }
    }
}
