using System.Runtime.CompilerServices;

namespace Hufu.Crypto;

/// <summary>An element of GF(p) in five unsigned limbs of 52 bits, Montgomery form with R = 2²⁶⁰. Constant time throughout.</summary>
/// <remarks>
/// Bounds, in units of p: every tight element is below 1.54, its L0…L3 are below 2⁵² and L4 below 2⁴⁹. A product's first factor may be a plain difference, below 1.54 + 4 with limbs below 2⁵⁴:
/// the Montgomery product (ab + Mp)/R with M &lt; R is below ab/16 + 1 ≤ 5.54·1.54/16 + 1 &lt; 1.54. Sums and differences called Tight are folded to below 1 + 2⁻²⁵.
/// </remarks>
internal partial struct FieldElement : IField<FieldElement>
{
    internal ulong L0, L1, L2, L3, L4;

    internal const ulong Mask = (1UL << 52) - 1;

    internal FieldElement(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4) => (L0, L1, L2, L3, L4) = (l0, l1, l2, l3, l4);

    /// <summary>r = a·b/R.</summary>
    /// <remarks>
    /// Row by row: t += aᵢ·b, then one step of reduction. With b shifted left by 12 the high half of a 64-bit product is exactly ⌊ab/2⁵²⌋, and the low half, shifted back, the rest: no carries, and
    /// a column gathers at most ten values below 2⁵⁴ and four of the reduction, far from 2⁶³.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(in FieldElement a, in FieldElement b, out FieldElement r)
    {
        ulong b0 = b.L0 << 12, b1 = b.L1 << 12, b2 = b.L2 << 12, b3 = b.L3 << 12, b4 = b.L4 << 12;

        ulong x = a.L0;
        ulong t0 = (x * b0) >> 12;
        ulong t1 = WideProduct.High(x, b0) + ((x * b1) >> 12);
        ulong t2 = WideProduct.High(x, b1) + ((x * b2) >> 12);
        ulong t3 = WideProduct.High(x, b2) + ((x * b3) >> 12);
        ulong t4 = WideProduct.High(x, b3) + ((x * b4) >> 12);
        ulong t5 = WideProduct.High(x, b4);
        Reduce(t0, ref t1, ref t2, ref t4, ref t5);

        x = a.L1;
        t1 += (x * b0) >> 12;
        t2 += WideProduct.High(x, b0) + ((x * b1) >> 12);
        t3 += WideProduct.High(x, b1) + ((x * b2) >> 12);
        t4 += WideProduct.High(x, b2) + ((x * b3) >> 12);
        t5 += WideProduct.High(x, b3) + ((x * b4) >> 12);
        ulong t6 = WideProduct.High(x, b4);
        Reduce(t1, ref t2, ref t3, ref t5, ref t6);

        x = a.L2;
        t2 += (x * b0) >> 12;
        t3 += WideProduct.High(x, b0) + ((x * b1) >> 12);
        t4 += WideProduct.High(x, b1) + ((x * b2) >> 12);
        t5 += WideProduct.High(x, b2) + ((x * b3) >> 12);
        t6 += WideProduct.High(x, b3) + ((x * b4) >> 12);
        ulong t7 = WideProduct.High(x, b4);
        Reduce(t2, ref t3, ref t4, ref t6, ref t7);

        x = a.L3;
        t3 += (x * b0) >> 12;
        t4 += WideProduct.High(x, b0) + ((x * b1) >> 12);
        t5 += WideProduct.High(x, b1) + ((x * b2) >> 12);
        t6 += WideProduct.High(x, b2) + ((x * b3) >> 12);
        t7 += WideProduct.High(x, b3) + ((x * b4) >> 12);
        ulong t8 = WideProduct.High(x, b4);
        Reduce(t3, ref t4, ref t5, ref t7, ref t8);

        x = a.L4;
        t4 += (x * b0) >> 12;
        t5 += WideProduct.High(x, b0) + ((x * b1) >> 12);
        t6 += WideProduct.High(x, b1) + ((x * b2) >> 12);
        t7 += WideProduct.High(x, b2) + ((x * b3) >> 12);
        t8 += WideProduct.High(x, b3) + ((x * b4) >> 12);
        ulong t9 = WideProduct.High(x, b4);
        Reduce(t4, ref t5, ref t6, ref t8, ref t9);

        Carry(t5, t6, t7, t8, t9, out r);
    }

    /// <summary>r = a²/R: fifteen products instead of twenty-five, those off the diagonal with one factor doubled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Square(in FieldElement a, out FieldElement r)
    {
        ulong a0 = a.L0, a1 = a.L1, a2 = a.L2, a3 = a.L3, a4 = a.L4;
        ulong d1 = a1 << 1, d2 = a2 << 1, d3 = a3 << 1, d4 = a4 << 1;

        ulong s = a0 << 12;
        ulong t0 = (a0 * s) >> 12;
        ulong t1 = WideProduct.High(a0, s) + ((d1 * s) >> 12);
        ulong t2 = WideProduct.High(d1, s) + ((d2 * s) >> 12);
        ulong t3 = WideProduct.High(d2, s) + ((d3 * s) >> 12);
        ulong t4 = WideProduct.High(d3, s) + ((d4 * s) >> 12);
        ulong t5 = WideProduct.High(d4, s);
        Reduce(t0, ref t1, ref t2, ref t4, ref t5);

        s = a1 << 12;
        t2 += (a1 * s) >> 12;
        t3 += WideProduct.High(a1, s) + ((d2 * s) >> 12);
        t4 += WideProduct.High(d2, s) + ((d3 * s) >> 12);
        t5 += WideProduct.High(d3, s) + ((d4 * s) >> 12);
        ulong t6 = WideProduct.High(d4, s);
        Reduce(t1, ref t2, ref t3, ref t5, ref t6);

        s = a2 << 12;
        t4 += (a2 * s) >> 12;
        t5 += WideProduct.High(a2, s) + ((d3 * s) >> 12);
        t6 += WideProduct.High(d3, s) + ((d4 * s) >> 12);
        ulong t7 = WideProduct.High(d4, s);
        Reduce(t2, ref t3, ref t4, ref t6, ref t7);

        s = a3 << 12;
        t6 += (a3 * s) >> 12;
        t7 += WideProduct.High(a3, s) + ((d4 * s) >> 12);
        ulong t8 = WideProduct.High(d4, s);
        Reduce(t3, ref t4, ref t5, ref t7, ref t8);

        s = a4 << 12;
        t8 += (a4 * s) >> 12;
        ulong t9 = WideProduct.High(a4, s);
        Reduce(t4, ref t5, ref t6, ref t8, ref t9);

        Carry(t5, t6, t7, t8, t9, out r);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddTight(in FieldElement a, in FieldElement b, out FieldElement r) =>
        Fold(a.L0 + b.L0, a.L1 + b.L1, a.L2 + b.L2, a.L3 + b.L3, a.L4 + b.L4, out r);

    /// <summary>r = a − b + 2p: never negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SubtractTight(in FieldElement a, in FieldElement b, out FieldElement r) => Fold(
        a.L0 - b.L0 + 0xFFFFFFFFFFFFE,
        a.L1 - b.L1 + 0xFE00000001FFF,
        a.L2 - b.L2 + 0xFFFFFFFFFFFFF,
        a.L3 - b.L3 + 0xFFFFFFFFFFFFF,
        a.L4 - b.L4 + 0x1FFFFFFFDFFFF,
        out r);

    /// <summary>r = a − 2b + 4p: never negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SubtractTwiceTight(in FieldElement a, in FieldElement b, out FieldElement r) => Fold(
        a.L0 - (b.L0 << 1) + 0x1FFFFFFFFFFFFC,
        a.L1 - (b.L1 << 1) + 0x1FC00000003FFE,
        a.L2 - (b.L2 << 1) + 0x1FFFFFFFFFFFFE,
        a.L3 - (b.L3 << 1) + 0x1FFFFFFFFFFFFE,
        a.L4 - (b.L4 << 1) + 0x3FFFFFFFBFFFE,
        out r);

    /// <summary>r = a − b − c + 4p: never negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SubtractBothTight(in FieldElement a, in FieldElement b, in FieldElement c, out FieldElement r) => Fold(
        a.L0 - b.L0 - c.L0 + 0x1FFFFFFFFFFFFC,
        a.L1 - b.L1 - c.L1 + 0x1FC00000003FFE,
        a.L2 - b.L2 - c.L2 + 0x1FFFFFFFFFFFFE,
        a.L3 - b.L3 - c.L3 + 0x1FFFFFFFFFFFFE,
        a.L4 - b.L4 - c.L4 + 0x3FFFFFFFBFFFE,
        out r);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TimesTight(in FieldElement a, int k, out FieldElement r) =>
        Fold(a.L0 * (ulong)k, a.L1 * (ulong)k, a.L2 * (ulong)k, a.L3 * (ulong)k, a.L4 * (ulong)k, out r);

    /// <summary>r = a − b + 4p, not carried: limbs below 2⁵⁴. Goes only into a product, as its first factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Subtract(in FieldElement a, in FieldElement b, out FieldElement r)
    {
        r.L0 = a.L0 - b.L0 + 0x1FFFFFFFFFFFFC;
        r.L1 = a.L1 - b.L1 + 0x1FC00000003FFE;
        r.L2 = a.L2 - b.L2 + 0x1FFFFFFFFFFFFE;
        r.L3 = a.L3 - b.L3 + 0x1FFFFFFFFFFFFE;
        r.L4 = a.L4 - b.L4 + 0x3FFFFFFFBFFFE;
    }

    /// <summary>r = 2a, not carried: limbs below 2⁵³. Goes only into a product, as its first factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Twice(in FieldElement a, out FieldElement r)
    {
        r.L0 = a.L0 << 1;
        r.L1 = a.L1 << 1;
        r.L2 = a.L2 << 1;
        r.L3 = a.L3 << 1;
        r.L4 = a.L4 << 1;
    }

    /// <summary>Takes five signed limbs, each within ±2⁵³, of a value above −4p and below 4p: 4p is added.</summary>
    internal static void FromSigned(long l0, long l1, long l2, long l3, long l4, out FieldElement r) => Fold(
        (ulong)l0 + 0x1FFFFFFFFFFFFC,
        (ulong)l1 + 0x1FC00000003FFE,
        (ulong)l2 + 0x1FFFFFFFFFFFFE,
        (ulong)l3 + 0x1FFFFFFFFFFFFE,
        (ulong)l4 + 0x3FFFFFFFBFFFE,
        out r);

    /// <summary>One step of Montgomery reduction: adds m·p·2⁵²ⁱ, which clears the column t0.</summary>
    /// <remarks>
    /// p ≡ −1 mod 2⁵², so m is the column's low 52 bits itself, and t0 − m + m(p + 1) is left, with p + 1 = (2⁶⁴ − 2⁹⁶)(1 − 2¹⁶⁰). Let x + 2⁵²y = m·(2⁴⁴ − 2¹²): the first factor puts −x and −y into the next two columns,
    /// the second 16x and 16y three columns on. Columns may be negative here; their carries are arithmetic shifts.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reduce(ulong t0, ref ulong t1, ref ulong t2, ref ulong t4, ref ulong t5)
    {
        const ulong factor = (1UL << 44) - (1UL << 12);
        ulong m = t0 & Mask;
        ulong x = ((m << 44) - (m << 12)) & Mask, y = WideProduct.High(m, factor << 12);
        t1 += (ulong)((long)t0 >> 52);
        t1 -= x;
        t2 -= y;
        t4 += x << 4;
        t5 += y << 4;
    }

    /// <summary>Carries from limb to limb; the top one takes what is left and is not negative because the value is not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Carry(ulong t0, ulong t1, ulong t2, ulong t3, ulong t4, out FieldElement r)
    {
        t1 += (ulong)((long)t0 >> 52);
        t2 += (ulong)((long)t1 >> 52);
        t3 += (ulong)((long)t2 >> 52);
        r.L4 = t4 + (ulong)((long)t3 >> 52);
        r.L3 = t3 & Mask;
        r.L2 = t2 & Mask;
        r.L1 = t1 & Mask;
        r.L0 = t0 & Mask;
    }

    /// <summary>Takes q·2²⁵⁶ off the top and puts q·(2²²⁴ + 2⁹⁶ − 2⁶⁴ + 1), the same mod p, back: below 2²⁵⁶ + 9·2²²⁴.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fold(ulong t0, ulong t1, ulong t2, ulong t3, ulong t4, out FieldElement r)
    {
        ulong q = t4 >> 48;
        Carry(t0 + q, t1 + (q << 44) - (q << 12), t2, t3, (t4 & ((1UL << 48) - 1)) + (q << 16), out r);
    }
}
