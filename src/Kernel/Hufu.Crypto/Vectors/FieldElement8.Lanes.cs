using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Hufu.Crypto;

/// <content>Lanes in and out.</content>
internal partial struct FieldElement8
{
    internal const int Lanes = 8;

    /// <summary>The same element in every lane.</summary>
    internal static FieldElement8 Broadcast(in FieldElement a)
    {
        Span<double> limbs = stackalloc double[5];
        ToDoubles(a, limbs);
        return new FieldElement8
        {
            L0 = Vector512.Create(limbs[0]),
            L1 = Vector512.Create(limbs[1]),
            L2 = Vector512.Create(limbs[2]),
            L3 = Vector512.Create(limbs[3]),
            L4 = Vector512.Create(limbs[4]),
        };
    }

    /// <summary>Puts an element into a lane.</summary>
    internal void Set(int lane, in FieldElement a)
    {
        Span<double> limbs = stackalloc double[5];
        ToDoubles(a, limbs);
        Span<double> all = Doubles();
        for (int i = 0; i < 5; i++)
        {
            all[(Lanes * i) + lane] = limbs[i];
        }
    }

    /// <summary>Takes the element of a lane.</summary>
    internal void Get(int lane, out FieldElement a)
    {
        Span<double> all = Doubles();
        FromDoubles(all[lane], all[Lanes + lane], all[(2 * Lanes) + lane], all[(3 * Lanes) + lane], all[(4 * Lanes) + lane], out a);
    }

    /// <summary>a where the mask is all ones, r unchanged where it is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Select(Vector512<ulong> mask, in FieldElement8 a, ref FieldElement8 r)
    {
        Vector512<double> m = mask.AsDouble();
        r.L0 = Vector512.ConditionalSelect(m, a.L0, r.L0);
        r.L1 = Vector512.ConditionalSelect(m, a.L1, r.L1);
        r.L2 = Vector512.ConditionalSelect(m, a.L2, r.L2);
        r.L3 = Vector512.ConditionalSelect(m, a.L3, r.L3);
        r.L4 = Vector512.ConditionalSelect(m, a.L4, r.L4);
    }

    /// <summary>Changes the sign in the lanes whose mask is all ones: the sign bits of the limbs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void NegateIf(Vector512<ulong> mask, ref FieldElement8 a)
    {
        Vector512<double> sign = (mask & Vector512.Create(1UL << 63)).AsDouble();
        a.L0 ^= sign;
        a.L1 ^= sign;
        a.L2 ^= sign;
        a.L3 ^= sign;
        a.L4 ^= sign;
    }

    /// <summary>Each lane takes the element of the lane that <paramref name="from"/> names; public.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Permute(in FieldElement8 a, Vector512<long> from, out FieldElement8 r)
    {
        r.L0 = Vector512.Shuffle(a.L0, from);
        r.L1 = Vector512.Shuffle(a.L1, from);
        r.L2 = Vector512.Shuffle(a.L2, from);
        r.L3 = Vector512.Shuffle(a.L3, from);
        r.L4 = Vector512.Shuffle(a.L4, from);
    }

    /// <summary>Five signed limbs, |limb| ≤ 2⁵¹, of an element.</summary>
    internal static void ToDoubles(in FieldElement a, Span<double> limbs)
    {
        const long half = 1L << 51;
        long t = (long)a.L0 + half;
        limbs[0] = (t & (long)Mask) - half;
        t = (long)a.L1 + half + (t >> 52);
        limbs[1] = (t & (long)Mask) - half;
        t = (long)a.L2 + half + (t >> 52);
        limbs[2] = (t & (long)Mask) - half;
        t = (long)a.L3 + half + (t >> 52);
        limbs[3] = (t & (long)Mask) - half;
        limbs[4] = (long)a.L4 + (t >> 52);
    }

    /// <summary>The element of five signed limbs whose value is above −2p and below 2p.</summary>
    private static void FromDoubles(double l0, double l1, double l2, double l3, double l4, out FieldElement a) =>
        FieldElement.FromSigned((long)l0, (long)l1, (long)l2, (long)l3, (long)l4, out a);

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    private Span<double> Doubles() => MemoryMarshal.CreateSpan(ref Unsafe.As<FieldElement8, double>(ref this), 5 * Lanes);
}
